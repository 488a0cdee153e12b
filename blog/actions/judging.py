"""The machine's part in a comment's life: what it thinks, and where the comment goes for now."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import registry as log_registry

from blog.actions.akismet_orders import ask_about
from blog.actions.commenters import ask_for_proof
from blog.actions.comments import publish_unread
from blog.commenting.letters import about
from blog.commenting.trust import may_appear_unread
from blog.models import Comment
from blog.spam import Outcome, Reason, SpamChecker
from blog.spam.local import LocalChecker
from letters.actions import was_posted

State = Comment.State
BELL_IS_LOST = timedelta(minutes=1)
SWEPT_AT_ONCE = 500


def judge_comment(pk: int, *, checker: SpamChecker | None = None) -> None:
    """Move one pending comment to held or spam, or publish it where the rules say so; harmless when rung twice.

    Raises what checkers do.
    """
    comment = Comment.objects.pending().select_related("article", "commenter").filter(pk=pk).first()
    if comment is None:
        return
    verdict = (checker or LocalChecker()).check(comment)
    judgement: dict[str, Any] = {
        "verdict": verdict.outcome.value,
        "score": verdict.score,
        "reasons": [reason.as_json() for reason in verdict.reasons],
        "judged_at": timezone.now(),
    }
    with transaction.atomic():
        if _settle(comment, judgement) and comment.state == State.HELD and verdict.outcome is Outcome.UNSURE:
            ask_about(comment)


def refine_judgement(pk: int, *, version: int, outcome: Outcome, reason: Reason) -> bool:
    """Take a later answer about a comment into account; False where a person was faster or the words are others.

    Spam: it goes there. Clear: it may appear unread after all. Unsure: only the moderator is told.
    """
    with transaction.atomic():
        comment = _still_held(pk)
        if comment is None or comment.version != version:
            return False
        reasons = [*(known for known in comment.reasons if known["code"] != reason.code), reason.as_json()]
        verdict = comment.verdict if outcome is Outcome.UNSURE else outcome.value
        return _settle(comment, {"verdict": verdict, "reasons": reasons})


def reconsider(pk: int) -> bool:
    """Whether a held comment may appear now: to be called when its writer has proven the address."""
    with transaction.atomic():
        comment = _still_held(pk)
        return comment is not None and may_appear_unread(comment) and publish_unread(comment)


def hold_unjudged_comment(pk: int) -> None:
    """What could not be judged waits for a person."""
    fault = Reason("fault", "Could not be checked: look at it with care")
    Comment.objects.pending().filter(pk=pk).update(
        state=State.HELD, verdict=Outcome.UNSURE.value, reasons=[fault.as_json()], judged_at=timezone.now()
    )


def find_unjudged_comments() -> list[int]:
    """Keys of comments that have been pending for longer than any bell takes."""
    late = Comment.objects.pending().filter(created_at__lt=timezone.now() - BELL_IS_LOST)
    return list(late.order_by("created_at").values_list("pk", flat=True)[:SWEPT_AT_ONCE])


def _still_held(pk: int) -> Comment | None:
    """Locked; None when it is decided already, or a person has put it back though it was."""
    held = Comment.objects.held().filter(pk=pk, decided_at=None).select_related("article", "commenter")
    comment = held.select_for_update(of=("self",)).first()
    return None if comment is None or _is_with_people(comment) else comment


def _is_with_people(comment: Comment) -> bool:
    """Whether a moderator has done anything about it: what one held, no machine publishes."""
    return log_registry.get_logs_for_instance(comment).filter(user__isnull=False).exists()


@transaction.atomic
def _settle(comment: Comment, judgement: dict[str, Any]) -> bool:
    """Write the judgement down and move the comment where it belongs; False when it has moved meanwhile.

    Words that were changed while they were judged stay pending: their own bell was rung.
    """
    same = Comment.objects.filter(pk=comment.pk, version=comment.version, state=comment.state, decided_at=None)
    is_spam = judgement["verdict"] == Outcome.SPAM.value
    if not same.update(state=State.SPAM if is_spam else State.HELD, **judgement):
        return False
    comment.refresh_from_db()
    if comment.state == State.HELD:
        if may_appear_unread(comment) and not _is_with_people(comment):
            publish_unread(comment)
        elif not was_posted(about(comment), "prove_address"):
            ask_for_proof(comment)  # not before the check: spam would have us write to addresses that it made up
    return True
