"""Ordering a question to Akismet: a row, written in the transaction that found our own check to be unsure."""

from datetime import timedelta

from django.utils import timezone

from blog.actions.akismet_feedback import may_be_told
from blog.commenting.rules import settings_for
from blog.models import AkismetCheck, Comment
from blog.spam.akismet_values import akismet_values
from guard.bells import ring_after_commit

State = AkismetCheck.State


def is_asked_about(comment: Comment) -> bool:
    """Whether the site's editors want Akismet's opinion, and there is a key and a network address to ask with."""
    return bool(comment.ip) and may_be_told(comment)


def ask_about(comment: Comment) -> AkismetCheck | None:
    """Order a question about a held comment, in the caller's transaction, and ring after the commit.

    None where nobody wants it asked. An earlier order about older words is void.
    """
    if not is_asked_about(comment):
        return None
    earlier = AkismetCheck.objects.filter(comment=comment)
    why = "edit" if comment.version > 1 and earlier.exists() else ""
    earlier.filter(state=State.WAITING).update(
        state=State.GIVEN_UP, lease_until=None, fault="Its writer has changed the words."
    )
    values = akismet_values(comment, settings_for(comment.article), recheck_reason=why)
    return order_check(comment, values)


def order_check(comment: Comment, values: dict[str, str], *, after: timedelta = timedelta(0)) -> AkismetCheck:
    """Write the order down; the worker is rung, or the minute sweep finds it `after` so long."""
    from blog.tasks import ask_akismet as bell  # noqa: PLC0415 - the task calls this module

    check = AkismetCheck.objects.create(comment=comment, values=values, next_try_at=timezone.now() + after)
    if not after:
        ring_after_commit(bell, check.pk)
    return check
