"""A person decides about readers of whom nobody can say whether they got the issue."""

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from letters.actions import is_sending_enabled
from letters.headers import one_line
from newsletter.actions.dispatching import ring
from newsletter.errors import CannotSend, WrongState
from newsletter.models import Chunk, Delivery, Dispatch

State = Delivery.State


@transaction.atomic
def take_held_as_received(dispatch: Dispatch, *, by: str) -> int:
    """Count every held reader as handed over, with the name of who decided; returns how many."""
    words = one_line(f"taken as received by {by}")[:250]
    number = _held(dispatch).update(state=State.HANDED_OVER, reply=words, at=timezone.now())
    return _or_refuse(number)


@transaction.atomic
def send_held_again(dispatch: Dispatch) -> int:
    """Send to every held reader once more, with the same Message-ID; returns how many. They may get it twice.

    A dispatch that is over runs again for them. Raises WrongState when nobody is held or the dispatch was cancelled,
    CannotSend when this copy of the site may not send.
    """
    if not is_sending_enabled():
        raise CannotSend("This copy of the site may not send mail: SENDING_ENABLED_FOR does not name its host.")
    running = Dispatch.objects.filter(pk=dispatch.pk, state__in=(Dispatch.State.RUNNING, Dispatch.State.DONE))
    if not running.update(state=Dispatch.State.RUNNING, finished_at=None):
        raise WrongState("This dispatch is paused or was cancelled, so nobody is sent anything.")
    now = timezone.now()
    # Who was erased meanwhile cannot be mailed any more.
    _held(dispatch).filter(subscriber=None).update(state=State.SKIPPED, reply="no longer on the list", at=now)
    number = _held(dispatch).update(state=State.UNKNOWN, next_try_at=now, at=now)
    theirs = Delivery.objects.filter(
        dispatch=dispatch,
        state=State.UNKNOWN,
        subscriber__gte=OuterRef("low"),
        subscriber__lte=OuterRef("high"),
    )
    done = Chunk.objects.filter(Exists(theirs), dispatch=dispatch, state=Chunk.State.DONE)
    done.update(state=Chunk.State.OPEN, next_try_at=now)
    ring()
    return _or_refuse(number)


def _held(dispatch: Dispatch) -> QuerySet[Delivery]:
    return Delivery.objects.filter(dispatch=dispatch, state=State.HELD)


def _or_refuse(number: int) -> int:
    if not number:
        raise WrongState("Nobody is held any more.")
    return number
