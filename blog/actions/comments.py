"""What a person decides about a comment: its moderator, or its writer who takes it back.

With `blog.actions.judging` and `blog.actions.submitting` the only code that changes `Comment.state`.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.db.models import Exists
from django.utils import timezone
from wagtail.log_actions import registry as log_registry
from wagtail.models import ModelLogEntry

from blog.actions.akismet_feedback import report_decision
from blog.actions.history import write_down
from blog.actions.learning import learn_from_decision
from blog.actions.reports import reopen_reports, settle_reports
from blog.colleagues import name_of
from blog.commenting import letters
from blog.errors import CommentMovedError, ReasonMissingError
from blog.models import Comment, RefusalReason
from letters.actions import take_back_letters, was_posted
from pagecache.changes import mark_changed

State = Comment.State

# From which states a person may move a comment where.
ALLOWED = {
    State.PUBLISHED: {State.PENDING, State.HELD, State.REFUSED, State.SPAM},
    State.REFUSED: {State.PENDING, State.HELD, State.PUBLISHED, State.SPAM},
    State.SPAM: {State.PENDING, State.HELD, State.PUBLISHED, State.REFUSED},
    State.HELD: {State.PUBLISHED, State.REFUSED, State.SPAM},
    State.WITHDRAWN: set(State) - {State.WITHDRAWN},
}
WAITING = {State.PENDING, State.HELD}
# What a decision of the log made of a comment.
MADE = {
    "comment.approve": State.PUBLISHED,
    "comment.refuse": State.REFUSED,
    "comment.spam": State.SPAM,
    "comment.hold": State.HELD,
}
_MADE_BY = {state: action for action, state in MADE.items()} | {State.PENDING: "comment.hold"}
MOVES = (*MADE, "comment.undo", "comment.withdraw", "comment.edit", "comment.auto")  # entries of the log about a state
_NO_REFUSAL: dict[str, Any] = {"refusal_reason": "", "refused_for": None}


@dataclass(frozen=True, slots=True)
class Seen:
    """What the person was shown: the state, and the version of the words; empty and 0: what `comment` says."""

    state: str = ""
    version: int = 0
    place: str = "desk"  # where it was shown, for the log: desk | mail

    @classmethod
    def read(cls, mark: str) -> "Seen":
        """What `Comment.mark` said; nothing for anything else."""
        state, _, version = mark.partition(".")
        if state in State.values and version.isascii() and version.isdigit() and len(version) < 9:  # noqa: PLR2004
            return cls(state, int(version))
        return cls()


NOT_SAID = Seen()


def approve_comment(comment: Comment, *, by: AbstractUser, seen: Seen = NOT_SAID) -> Comment:
    """Publish. Raises CommentMovedError."""
    return _move(comment, to=State.PUBLISHED, by=by, seen=seen, action="comment.approve", **_NO_REFUSAL)


def refuse_comment(
    comment: Comment, *, by: AbstractUser, reason: str, usual: RefusalReason | None = None, seen: Seen = NOT_SAID
) -> Comment:
    """Keep it from readers and tell its writer why. `usual`: the reason as one that can be counted.

    Raises CommentMovedError, ReasonMissingError.
    """
    reason = " ".join(reason.split())[:250]
    if not reason:
        raise ReasonMissingError("Say why: the writer is told.")
    changes = {"refusal_reason": reason, "refused_for": usual}
    return _move(comment, to=State.REFUSED, by=by, seen=seen, action="comment.refuse", **changes)


def mark_comment_as_spam(comment: Comment, *, by: AbstractUser, seen: Seen = NOT_SAID) -> Comment:
    """Keep it from readers; its writer goes on seeing that it waits. Raises CommentMovedError."""
    return _move(comment, to=State.SPAM, by=by, seen=seen, action="comment.spam", **_NO_REFUSAL)


def hold_comment(comment: Comment, *, by: AbstractUser, seen: Seen = NOT_SAID) -> Comment:
    """Take a decision back: it waits for a person again. Raises CommentMovedError."""
    return _move(comment, to=State.HELD, by=by, seen=seen, action="comment.hold", **_NO_REFUSAL)


def withdraw_comment(comment: Comment) -> Comment:
    """Its writer takes it back. Raises CommentMovedError when that was done already."""
    return _move(comment, to=State.WITHDRAWN, by=None, seen=NOT_SAID, action="comment.withdraw")


def _move(comment: Comment, *, to: State, by: AbstractUser | None, seen: Seen, action: str, **changes: Any) -> Comment:
    """Move if the comment still is what the person saw; pending and held are the same to people."""
    was = State(seen.state or comment.state)
    expected = (WAITING if was in WAITING else {was}) & ALLOWED[to]
    is_open = to == State.HELD
    before = _before(comment)
    changes |= {"decided_at": None if is_open else timezone.now(), "decided_by": None if is_open else by}
    with transaction.atomic():
        rows = Comment.objects.filter(pk=comment.pk, state__in=expected)
        if by is not None:  # its writer may take back whatever it says by now
            rows = rows.filter(version=seen.version or comment.version)
        moved = rows.update(state=to, **changes)
        if moved:
            _read_again(comment)
            _follow_up(comment, was=was, action=action)
            facts = _for_the_log(comment, was, seen)
            write_down(comment, action, by=by, data={**facts, "version": comment.version, "before": before})
    if not moved:
        raise CommentMovedError(_what_it_is_now(comment, seen))
    return comment


def publish_unread(comment: Comment) -> bool:
    """Publish a held comment that may appear without a person's look; False if it has moved meanwhile.

    Whether it may is for `blog.commenting.trust` to say.
    """
    held = Comment.objects.filter(pk=comment.pk, version=comment.version, state=State.HELD, decided_at=None)
    with transaction.atomic():
        if not held.update(state=State.PUBLISHED, decided_at=timezone.now()):
            return False
        comment.refresh_from_db()
        _follow_up(comment, was=State.HELD, action="comment.auto")
        write_down(comment, "comment.auto", by=None, data={"was": State.HELD.value, "version": comment.version})
    return True


def put_back_comment(comment: Comment, *, by: AbstractUser, undone: ModelLogEntry) -> bool:
    """Make it again what it was before the decision that `undone` logged; False if anything happened to it since.

    What follows is what would follow from deciding so: a letter that still waits is taken back, for one.
    """
    data, made = undone.data, MADE[undone.action]
    if not {"was", "before", "version"} <= data.keys():  # erased, or logged by an earlier release
        return False
    was = State(data["was"])
    to = State.HELD if was == State.PENDING and comment.judged_at else was  # judged after it was shown
    later = log_registry.get_logs_for_instance(comment).filter(action__in=MOVES, pk__gt=undone.pk)
    with transaction.atomic():
        rows = Comment.objects.filter(~Exists(later), pk=comment.pk, state=made, version=data["version"])
        if not rows.update(state=to, **_still_there(data["before"])):
            return False
        decided_at = comment.decided_at
        _read_again(comment)
        _follow_up(comment, was=made, action=_MADE_BY[to])
        if decided_at:
            reopen_reports(comment, settled_at=decided_at)
        write_down(comment, "comment.undo", by=by, data={"was": made, "undid": undone.action, "place": "desk"})
    return True


def _read_again(comment: Comment) -> None:
    """What every consequence looks at, by one query; the article, a row of many columns, is as it was a moment ago."""
    article = comment.article
    people = Comment.objects.select_related("commenter", "decided_by", "refused_for")
    comment.refresh_from_db(from_queryset=people)
    comment.article = article


def _still_there(before: dict[str, Any]) -> dict[str, Any]:
    """Without a reason or a colleague that was deleted meanwhile."""
    for field, rows in (("refused_for_id", RefusalReason.objects), ("decided_by_id", get_user_model().objects)):
        if before[field] is not None and not rows.filter(pk=before[field]).exists():
            before = {**before, field: None}
    return before


def _before(comment: Comment) -> dict[str, Any]:
    """What a decision overwrites, for whoever takes it back."""
    return {
        "refusal_reason": comment.refusal_reason,
        "refused_for_id": comment.refused_for_id,
        "decided_at": comment.decided_at,
        "decided_by_id": comment.decided_by_id,
    }


def _for_the_log(comment: Comment, was: State, seen: Seen) -> dict[str, Any]:
    """What the history tells and statistics count; `waited` in seconds, where it was a first decision."""
    usual = comment.refused_for.title if comment.refused_for else ""
    data = {"was": was.value, "reason": comment.refusal_reason, "usual": usual, "place": seen.place}
    waited = int((timezone.now() - comment.created_at).total_seconds())
    return {**data, "waited": waited} if was in WAITING else data


def _follow_up(comment: Comment, *, was: State, action: str) -> None:
    """Whatever follows from a decision, in the same transaction: rows only, nothing that asks another machine."""
    _tell_the_writer(comment, action, was)
    report_decision(comment)
    settle_reports(comment)
    learn_from_decision(comment)
    if State.PUBLISHED in {was, State(comment.state)}:
        mark_changed()


def _tell_the_writer(comment: Comment, action: str, was: State) -> None:
    """One letter of a kind a comment. It waits a little: a decision that is taken back at once is told to nobody."""
    about = letters.about(comment)
    take_back_letters(about, *letters.DECISIONS, "comment_reply")
    if comment.is_public:
        letters.post_reply_letter(comment)
    if action in {"comment.approve", "comment.auto"} and not was_posted(about, "comment_published"):
        letters.post_comment_published(comment)
    elif action == "comment.refuse" and not was_posted(about, "comment_refused"):
        was_told = was_posted(about, "comment_published")
        letters.post_comment_refused(comment, was_published=was == State.PUBLISHED or was_told)


def _what_it_is_now(comment: Comment, seen: Seen) -> str:
    """For the moderator who came second: who did what."""
    now = Comment.objects.filter(pk=comment.pk).select_related("decided_by").first()
    if now is None:
        return "Nothing was changed: this comment has been deleted meanwhile."
    if now.version != (seen.version or comment.version):
        return "Nothing was changed: its writer has changed the words meanwhile. Read them once more."
    if now.state in WAITING:
        holds = log_registry.get_logs_for_instance(now).filter(action="comment.hold").select_related("user")
        last = holds.order_by("-timestamp", "-pk").first()
        if last is None:
            return "Nothing was changed: this comment waits for a decision already."
        return f"Nothing was changed: {_name_of(last.user)} has put this comment back among those that wait."
    who = _name_of(now.decided_by)
    happened = {
        State.PUBLISHED: f"{who} has published this comment",
        State.REFUSED: f"{who} has refused this comment",
        State.SPAM: f"{who if now.decided_by else 'the check'} has put this comment with the spam",
        State.WITHDRAWN: "its writer has taken this comment back",
    }
    return f"Nothing was changed: {happened[State(now.state)]} meanwhile."


def _name_of(person: AbstractUser | None) -> str:
    return name_of(person) or "somebody"
