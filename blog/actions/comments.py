"""The life of a comment: what its writer, the machine and a moderator can do. Nothing else changes `Comment.state`."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.log_actions import registry as log_registry

from blog import letters
from blog.colleagues import name_of
from blog.errors import CommentMovedError, CommentsClosedError, ReasonMissingError
from blog.models import ArticlePage, Comment
from blog.spam import Outcome, Reason, SpamChecker
from blog.spam.local import TRAP, LocalChecker
from pagecache.changes import mark_changed

State = Comment.State
DOUBLE_POST = timedelta(minutes=1)
BELL_IS_LOST = timedelta(minutes=1)
SWEPT_AT_ONCE = 500

# From which states a person may move a comment where.
ALLOWED = {
    State.PUBLISHED: {State.PENDING, State.HELD, State.REFUSED, State.SPAM},
    State.REFUSED: {State.PENDING, State.HELD, State.PUBLISHED, State.SPAM},
    State.SPAM: {State.PENDING, State.HELD, State.PUBLISHED, State.REFUSED},
    State.HELD: {State.PUBLISHED, State.REFUSED, State.SPAM},
    State.WITHDRAWN: set(State) - {State.WITHDRAWN},
}
WAITING = {State.PENDING, State.HELD}


def submit_comment(
    article: ArticlePage,
    *,
    text: str,
    name: str,
    email: str,
    parent: Comment | None = None,
    trapped: bool = False,
    ip: str | None = None,
    user_agent: str = "",
) -> Comment:
    """Keep a comment as pending and ring for its judgement. `parent` is one that answers the article itself.

    The same words by the same person within a minute are one comment: its row is returned. `trapped`: a robot gave
    itself away. Raises CommentsClosedError.
    """
    with transaction.atomic():
        # The row of the article is the door: two clicks on the button come through one after the other.
        locked = ArticlePage.objects.select_for_update(of=("self",)).get(pk=article.pk)
        if not locked.takes_comments:
            raise CommentsClosedError("This article takes no comments any more.")
        same = locked.comments.filter(text=text, email__iexact=email, parent=parent)
        since = timezone.now() - DOUBLE_POST
        if twin := same.filter(created_at__gt=since).exclude(state=State.WITHDRAWN).first():
            return twin
        comment = Comment.objects.create(
            article=locked,
            parent=parent,
            author_name=name,
            email=email,
            text=text,
            reasons=[TRAP.as_json()] if trapped else [],
            ip=ip,
            user_agent=user_agent[:250],
        )
        _ring(comment.pk)
    return comment


def judge_comment(pk: int, *, checker: SpamChecker | None = None) -> None:
    """Move one pending comment to held or spam, with the reasons; harmless when rung twice. Raises what checkers do."""
    comment = Comment.objects.pending().filter(pk=pk).first()
    if comment is None:
        return
    verdict = (checker or LocalChecker()).check(comment)
    Comment.objects.pending().filter(pk=pk).update(
        state=State.SPAM if verdict.outcome is Outcome.SPAM else State.HELD,
        reasons=[reason.as_json() for reason in verdict.reasons],
        judged_at=timezone.now(),
    )


def hold_unjudged_comment(pk: int) -> None:
    """What could not be judged waits for a person."""
    fault = Reason("fault", "Could not be checked: look at it with care")
    Comment.objects.pending().filter(pk=pk).update(
        state=State.HELD, reasons=[fault.as_json()], judged_at=timezone.now()
    )


def find_unjudged_comments() -> list[int]:
    """Keys of comments that have been pending for longer than any bell takes."""
    late = Comment.objects.pending().filter(created_at__lt=timezone.now() - BELL_IS_LOST)
    return list(late.order_by("created_at").values_list("pk", flat=True)[:SWEPT_AT_ONCE])


def approve_comment(comment: Comment, *, by: AbstractUser, seen: str = "") -> Comment:
    """Publish. `seen`: the state the moderator was shown (default: that of `comment`). Raises CommentMovedError."""
    return _move(comment, to=State.PUBLISHED, by=by, seen=seen, action="comment.approve", refusal_reason="")


def refuse_comment(comment: Comment, *, by: AbstractUser, reason: str, seen: str = "") -> Comment:
    """Keep it from readers and tell its writer why. Raises CommentMovedError, ReasonMissingError."""
    reason = " ".join(reason.split())[:250]
    if not reason:
        raise ReasonMissingError("Say why: the writer is told.")
    return _move(comment, to=State.REFUSED, by=by, seen=seen, action="comment.refuse", refusal_reason=reason)


def mark_comment_as_spam(comment: Comment, *, by: AbstractUser, seen: str = "") -> Comment:
    """Keep it from readers; its writer goes on seeing that it waits. Raises CommentMovedError."""
    return _move(comment, to=State.SPAM, by=by, seen=seen, action="comment.spam", refusal_reason="")


def hold_comment(comment: Comment, *, by: AbstractUser, seen: str = "") -> Comment:
    """Take a decision back: it waits for a person again. Raises CommentMovedError."""
    return _move(comment, to=State.HELD, by=by, seen=seen, action="comment.hold", refusal_reason="")


def withdraw_comment(comment: Comment) -> Comment:
    """Its writer takes it back. Raises CommentMovedError when that was done already."""
    return _move(comment, to=State.WITHDRAWN, by=None, seen="", action="comment.withdraw")


def _move(comment: Comment, *, to: State, by: AbstractUser | None, seen: str, action: str, **changes: Any) -> Comment:
    """Move if the comment still is what the person saw; pending and held are the same to people."""
    was = State(seen or comment.state)
    expected = (WAITING if was in WAITING else {was}) & ALLOWED[to]
    is_open = to == State.HELD
    changes |= {"decided_at": None if is_open else timezone.now(), "decided_by": None if is_open else by}
    with transaction.atomic():
        rows = Comment.objects.filter(pk=comment.pk, state__in=expected)
        moved = rows.update(state=to, **changes)
        if moved:
            comment.refresh_from_db()
            _tell_the_writer(comment, action, was)
            if State.PUBLISHED in expected | {to}:
                mark_changed()
            log(comment, action, user=by, data={"was": was, "reason": changes.get("refusal_reason", "")})
    if not moved:
        raise CommentMovedError(_what_it_is_now(comment))
    return comment


def _tell_the_writer(comment: Comment, action: str, was: State) -> None:
    """One letter of a kind a comment, however often a moderator thinks again; the log knows what was told."""
    earlier = set(log_registry.get_logs_for_instance(comment).values_list("action", flat=True))
    if action in earlier:
        return
    if action == "comment.approve":
        letters.post_comment_published(comment)
    elif action == "comment.refuse":
        letters.post_comment_refused(comment, was_published=was == State.PUBLISHED or "comment.approve" in earlier)


def _what_it_is_now(comment: Comment) -> str:
    """For the moderator who came second: who did what."""
    now = Comment.objects.filter(pk=comment.pk).select_related("decided_by").first()
    if now is None:
        return "Nothing was changed: this comment has been deleted meanwhile."
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


def _ring(pk: int) -> None:
    """Ring after the commit. A broker that is down costs the reader nothing: the sweep rings again."""
    from blog.tasks import judge_comment as bell  # noqa: PLC0415 - the task calls this module

    def ring() -> None:
        bell.delay(pk)

    transaction.on_commit(ring, robust=True)
