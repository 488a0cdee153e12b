"""What is kept of comments and for how long: the one table. `blog.actions.retention` applies it once an hour."""

from blog.models import CommentSettings
from guard.keeping import Rule


def _default_of(setting: str) -> int:
    return int(CommentSettings._meta.get_field(setting).get_default())  # noqa: SLF001 - Django's documented name


ORIGINS = Rule("origins", 30, "The network address and the browser of whoever wrote", "the sending")
REPORT_ORIGINS = Rule("report origins", 30, "The network address of whoever reported a comment", "the report")
AKISMET_VALUES = Rule("akismet values", 30, "What was sent to Akismet, where it was asked", "the question")
REFUSED = Rule("refused", 90, "A refused comment, with its reason and its writer’s address", "the refusal")
WITHDRAWN = Rule("withdrawn", 30, "A comment that its writer took back, with the address", "the taking back")
SPAM = Rule(
    "spam", _default_of("spam_days"), "Spam, which moderators can restore until then", "the judgement", "spam_days"
)
ORIGINALS = Rule(
    "originals",
    _default_of("original_days"),
    "The whole of a comment of which a moderator blanked a part",
    "the blanking",
    "original_days",
)
VOTES = Rule("votes", 30, "The mark of who found a comment helpful; the number stays", "the vote")
REPORTS = Rule("reports", 90, "A report that was decided on, with its words", "the decision")
BANS = Rule("bans", 30, "A ban that is over", "its end")
COMMENTERS = Rule(
    "commenters",
    30,
    "The address of a mailbox from which no comment is left, and whether it was proven",
    "the first comment from it",
)

RULES: tuple[Rule, ...] = (
    ORIGINS,
    REPORT_ORIGINS,
    AKISMET_VALUES,
    REFUSED,
    WITHDRAWN,
    SPAM,
    ORIGINALS,
    VOTES,
    REPORTS,
    BANS,
    COMMENTERS,
)
