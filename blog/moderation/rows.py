"""What a moderator reads beside a comment: its flags, what readers say, and how its writer did before."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.safestring import SafeString

from blog.models import Comment, CommentReport

from .decisions import Decision, decisions_for
from .marking import mark_findings

State = Comment.State


@dataclass(frozen=True, slots=True)
class History:
    """How many other comments from the same mailbox are in which state."""

    published: int = 0
    refused: int = 0
    spam: int = 0
    waiting: int = 0

    @classmethod
    def read(cls, states: Counter[str], *, without: str = "") -> "History":
        """From the counts of a mailbox, less the comment in the state `without`."""
        rest = Counter(states)
        rest[without] -= 1
        return cls(
            published=max(0, rest[State.PUBLISHED]),
            refused=max(0, rest[State.REFUSED]),
            spam=max(0, rest[State.SPAM]),
            waiting=max(0, rest[State.PENDING] + rest[State.HELD]),
        )

    def __str__(self) -> str:
        """In words; empty where there is nothing else."""
        counts = [(self.published, "published"), (self.refused, "refused"), (self.spam, "spam")]
        parts = [f"{number} {word}" for number, word in [*counts, (self.waiting, "waiting")] if number]
        return ", ".join(parts)


@dataclass
class Row:
    """One comment of the queue with all that is needed to decide on it without opening it."""

    comment: Comment
    text: SafeString
    decisions: list[Decision]
    history: History
    reports: list[CommentReport] = field(default_factory=list)

    @property
    def is_proven(self) -> bool:
        """Whether its writer has shown that the address is theirs."""
        return self.comment.proven_at is not None

    @property
    def is_long(self) -> bool:
        """Whether the text gets a frame of its own that scrolls."""
        return len(self.comment.text) > 1500  # noqa: PLR2004 - about a screen


def with_surroundings(comments: QuerySet[Comment]) -> QuerySet[Comment]:
    """With what every row names."""
    return comments.select_related("article", "answers", "commenter", "decided_by", "staff")


def prepare_rows(comments: Iterable[Comment], *, may_decide: bool) -> list[Row]:
    """The rows of one page of the queue, by two queries more however many they are."""
    shown = list(comments)
    reports, states = _open_reports(shown), _states_of_mailboxes(shown)
    return [
        Row(
            comment,
            mark_findings(comment.text),
            decisions_for(comment) if may_decide else [],
            History.read(states[comment.commenter_id], without=comment.state),
            reports[comment.pk],
        )
        for comment in shown
    ]


def _open_reports(comments: list[Comment]) -> dict[int, list[CommentReport]]:
    found: dict[int, list[CommentReport]] = defaultdict(list)
    keys = [comment.pk for comment in comments if comment.state == State.PUBLISHED]
    if keys:
        for report in CommentReport.objects.filter(comment__in=keys, state=CommentReport.State.OPEN):
            found[report.comment_id].append(report)
    return found


def _states_of_mailboxes(comments: list[Comment]) -> dict[Any, Counter[str]]:
    found: dict[Any, Counter[str]] = defaultdict(Counter)
    keys = {comment.commenter_id for comment in comments if comment.commenter_id}
    counted = Comment.objects.filter(commenter__in=keys).order_by().values_list("commenter", "state")
    for commenter, state, number in counted.annotate(Count("pk")):
        found[commenter][state] = number
    return found
