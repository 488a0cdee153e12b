"""The tabs of the queue: which comments each holds, and how many."""

from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from blog.models import Comment, CommentReport

State, Verdict = Comment.State, Comment.Verdict
_UNDECIDED = Q(state__in=[State.PENDING, State.HELD])
_QUIET = Q(crisis=False, personal_data=False, verdict=Verdict.CLEAR)
_REPORTED = Exists(CommentReport.objects.filter(comment=OuterRef("pk"), state=CommentReport.State.OPEN))


@dataclass(frozen=True, slots=True)
class Tab:
    """`is_open`: its comments want a decision, the longest waiting first. `nothing`: said when it is empty."""

    label: str
    holds: Q
    is_open: bool = True
    nothing: str = "There are none of these."


WAITING = "waiting"
DANGER = "danger"
# “Waiting” holds all that is undecided, so that nothing can hide between two tabs; those after it narrow it.
TABS: dict[str, Tab] = {
    DANGER: Tab("Danger to life", _UNDECIDED & Q(crisis=True), nothing="Nobody writes of danger to life."),
    WAITING: Tab("Waiting", _UNDECIDED, nothing="Nothing waits. Every comment has been decided on."),
    "clear": Tab("Nothing found", _UNDECIDED & _QUIET),
    "unsure": Tab("Unsure", _UNDECIDED & Q(verdict=Verdict.UNSURE)),
    "personal": Tab("Personal data", _UNDECIDED & Q(personal_data=True)),
    "reported": Tab("Reported", Q(state=State.PUBLISHED) & Q(_REPORTED), nothing="No reader has reported anything."),
    "spam": Tab("Spam", Q(state=State.SPAM), is_open=False),
    "published": Tab("Published", Q(state=State.PUBLISHED), is_open=False),
    "refused": Tab("Refused", Q(state=State.REFUSED), is_open=False),
    "withdrawn": Tab("Taken back", Q(state=State.WITHDRAWN), is_open=False),
    "all": Tab("All", Q(), is_open=False),
}


def count_tabs(comments: QuerySet[Comment] | None = None) -> dict[str, int]:
    """How many of the comments (of all, if none are given) each tab holds, by one query."""
    rows = Comment.objects.all() if comments is None else comments
    return rows.order_by().aggregate(**{key: Count("pk", filter=tab.holds or None) for key, tab in TABS.items()})
