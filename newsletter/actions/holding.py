"""A person decides about readers of whom nobody can say whether they got the issue."""

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from letters.actions import is_sending_enabled
from letters.headers import one_line
from newsletter.actions.dispatching import ring
from newsletter.actions.suppressing import is_barred
from newsletter.errors import CannotSend, WrongState
from newsletter.models import Chunk, Delivery, Dispatch, Subscriber

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
    _run_again(dispatch)
    now = timezone.now()
    # Who was erased meanwhile cannot be mailed any more.
    _held(dispatch).filter(subscriber=None).update(state=State.SKIPPED, reply="no longer on the list", at=now)
    number = _held(dispatch).update(state=State.UNKNOWN, next_try_at=now, at=now)
    _open_chunks(dispatch)
    return _or_refuse(number)


@transaction.atomic
def take_one_as_received(delivery: Delivery, *, by: str) -> None:
    """The same as `take_held_as_received` for one reader."""
    words = one_line(f"taken as received by {by}")[:250]
    held = Delivery.objects.filter(pk=delivery.pk, state=State.HELD)
    _or_refuse(held.update(state=State.HANDED_OVER, reply=words, at=timezone.now()))


@transaction.atomic
def send_one_again(delivery: Delivery) -> None:
    """Send to one held or refused reader once more, with the same Message-ID. The gate looks at them as at anybody.

    Raises WrongState, or CannotSend with the reason for which this reader is not mailed.
    """
    reader = delivery.subscriber
    if reader is None or reader.state != Subscriber.State.CONFIRMED or is_barred(reader.mailbox):
        raise CannotSend("This reader has left the list, or must not be mailed any more.")
    _run_again(delivery.dispatch)
    now = timezone.now()
    own = Delivery.objects.filter(pk=delivery.pk)
    number = own.filter(state=State.HELD).update(state=State.UNKNOWN, next_try_at=now, at=now)
    # The waits between tries begin anew: somebody has looked at it.
    number += own.filter(state=State.REFUSED).update(state=State.DEFERRED, next_try_at=now, at=now, attempts=1)
    _open_chunks(delivery.dispatch)
    if not number:
        raise WrongState("This reader is neither held nor refused any more.")


def _run_again(dispatch: Dispatch) -> None:
    if not is_sending_enabled():
        raise CannotSend("This copy of the site may not send mail: SENDING_ENABLED_FOR does not name its host.")
    if dispatch.is_campaign:
        raise WrongState("A campaign goes out once, to all together: nobody can be sent it again by themselves.")
    running = Dispatch.objects.filter(pk=dispatch.pk, state__in=(Dispatch.State.RUNNING, Dispatch.State.DONE))
    if not running.update(state=Dispatch.State.RUNNING, finished_at=None):
        raise WrongState("This dispatch is paused or was cancelled, so nobody is sent anything.")


def _open_chunks(dispatch: Dispatch) -> None:
    """Those that were done and hold a reader who is due again."""
    theirs = Delivery.objects.filter(
        dispatch=dispatch,
        state__in=Delivery.OPEN_STATES,
        subscriber__gte=OuterRef("low"),
        subscriber__lte=OuterRef("high"),
    )
    rests = (Chunk.State.DONE, Chunk.State.WAITS)
    done = Chunk.objects.filter(Exists(theirs), dispatch=dispatch, state__in=rests)
    done.update(state=Chunk.State.OPEN, next_try_at=timezone.now())
    ring()


def _held(dispatch: Dispatch) -> QuerySet[Delivery]:
    return Delivery.objects.filter(dispatch=dispatch, state=State.HELD)


def _or_refuse(number: int) -> int:
    if not number:
        raise WrongState("Nobody is held any more.")
    return number
