"""The machine's part in a comment's life: what it thinks, and where the comment goes for now."""

from datetime import timedelta

from django.utils import timezone

from blog.models import Comment
from blog.spam import Outcome, Reason, SpamChecker
from blog.spam.local import LocalChecker

State = Comment.State
BELL_IS_LOST = timedelta(minutes=1)
SWEPT_AT_ONCE = 500


def judge_comment(pk: int, *, checker: SpamChecker | None = None) -> None:
    """Move one pending comment to held or spam, with the reasons; harmless when rung twice. Raises what checkers do."""
    comment = Comment.objects.pending().filter(pk=pk).first()
    if comment is None:
        return
    verdict = (checker or LocalChecker()).check(comment)
    # Words that were changed while they were judged stay pending: their own bell was rung.
    Comment.objects.pending().filter(pk=pk, version=comment.version).update(
        state=State.SPAM if verdict.outcome is Outcome.SPAM else State.HELD,
        verdict=verdict.outcome.value,
        reasons=[reason.as_json() for reason in verdict.reasons],
        judged_at=timezone.now(),
    )


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
