"""What a reader is told before sending a comment: who reads it, what is kept, for how long, and who else sees it."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import dateformat

from blog.commenting.keeping import AKISMET_VALUES, COMMENTERS, ORIGINALS, ORIGINS, REFUSED, SPAM, WITHDRAWN
from blog.commenting.rules import Rules, rules_for
from blog.models import ArticlePage, CommentSettings, Mode
from guard.keeping import Rule

_FIRST = (
    "A moderator reads your first comment before it appears. Later ones may appear at once, if you have shown that the "
    "email address is yours"
)
_READING = {
    Mode.HOLD_ALL: "A moderator reads every comment before it appears.",
    Mode.HOLD_FIRST: f"{_FIRST}.",
    Mode.HOLD_LINKS: f"{_FIRST} and there is no link in them.",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """Sentences for the form of one article. `akismet`: empty where Akismet is not asked."""

    reading: str
    is_read_first: bool
    last_day: date | None
    kept: tuple[str, ...]
    akismet: str
    shares_email: bool


def notice_for(article: ArticlePage) -> Notice:
    """By the rules of the article and of its site."""
    rules = rules_for(article)
    asks_akismet = rules.site.use_akismet and bool(settings.AKISMET_API_KEY)
    told = [ORIGINS, *([AKISMET_VALUES] if asks_akismet else []), REFUSED, WITHDRAWN, SPAM, ORIGINALS, COMMENTERS]
    return Notice(
        reading=_READING.get(rules.mode, _READING[Mode.HOLD_ALL]),
        is_read_first=rules.mode not in {Mode.HOLD_FIRST, Mode.HOLD_LINKS},
        last_day=rules.last_day,
        kept=tuple(_say(rule, rules.site) for rule in told),
        akismet=_say_akismet(rules.site) if asks_akismet else "",
        shares_email=asks_akismet and rules.site.akismet_gets_email,
    )


def closed_words(article: ArticlePage) -> str:
    """Why there is no form under an article that readers see."""
    rules: Rules = rules_for(article)
    if rules.mode == Mode.CLOSED or rules.last_day is None:
        return "Comments on this article are closed."
    day = dateformat.format(rules.last_day, "j F Y")
    return f"Comments on this article are closed. They were open until {day}. Thank you to everybody who wrote."


def _say(rule: Rule, site: CommentSettings) -> str:
    days = getattr(site, rule.setting) if rule.setting else rule.days
    return f"{rule.words}: {days} day{'' if days == 1 else 's'} after {rule.since}."


def _say_akismet(site: CommentSettings) -> str:
    """Names all that `blog.spam.akismet_values` sends of a reader."""
    email = "your email address, " if site.akismet_gets_email else ""
    rest = "" if email else " Your email address does not go there."
    return (
        "Where our own check is unsure, we ask Akismet, a service of the company Automattic, whether a comment is "
        f"spam. It gets your comment, the name to show, {email}your network address and what your browser says of "
        f"itself, and keeps them by rules of its own.{rest}"
    )
