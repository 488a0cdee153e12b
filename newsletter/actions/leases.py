"""Chunks of readers, leased to one run at a time; what a dead run leaves behind is found here."""

import logging
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, F, Min, Q, QuerySet
from django.utils import timezone

from newsletter.actions.outcomes import close_open_deliveries, record_outcome
from newsletter.actions.stopping import stopping
from newsletter.audience import Reader, read_readers, resting, waiting
from newsletter.models import Chunk, Delivery, Dispatch, Slot, Subscriber
from newsletter.senders import Outcome, Result
from newsletter.sending_hours import rests_until

LONG_AGO = timedelta(minutes=2)  # longer than from one tick to the next
log = logging.getLogger(__name__)

LOST = Outcome(Result.UNKNOWN, reply="the worker was lost in the middle of this message")


def lease_end() -> datetime:
    """Until when a lease holds that is taken or extended now."""
    return timezone.now() + timedelta(seconds=settings.NEWSLETTER_LEASE_SECONDS)


def leasable_chunks(dispatch: Dispatch, *, owner: str = "") -> QuerySet[Chunk]:
    """Open chunks with something to do now, fresh ones first: doubtful readers come last.

    None outside of the sending hours, and none while as many other runs than `owner` as NEWSLETTER_PROCESSES allows
    have the dispatch in hand, so that a bell that rings twice does not double the connections to the mail server. (On
    PostgreSQL one more may slip in at the same instant: harmless, each has its chunks.)
    """
    if rests_until(dispatch):
        return Chunk.objects.none()
    due = Q(next_try_at__isnull=True) | Q(next_try_at__lte=timezone.now())
    others = _live_leases(dispatch).exclude(owner=owner)
    chunks = Chunk.objects.filter(due, dispatch=dispatch, state=Chunk.State.OPEN)
    if settings.NEWSLETTER_PROCESSES == 1:
        chunks = chunks.filter(~Exists(others))
    elif others.values("owner").distinct().count() >= settings.NEWSLETTER_PROCESSES:
        return chunks.none()
    return chunks.order_by(F("next_try_at").asc(nulls_first=True), "low")


@dataclass(frozen=True)
class Errand:
    """One reader of one leased chunk, and how often their message was tried, this time included."""

    chunk_id: int
    reader: Reader
    attempts: int = 1
    codes: tuple[tuple[int, str], ...] = ()  # of the offers in the issue: (key, code as it is shown)
    is_suspect: bool = False  # a worker was lost with it in hand: nobody else is to be in hand if it happens again
    lot: str = ""  # of the test of two subjects, if there is one


def lease_chunk(dispatch: Dispatch, *, owner: str) -> tuple[Chunk, list[Errand]] | None:
    """Take one chunk: the chunk, and its readers who are to be mailed now. None when there is none."""
    while (chunk := (chunks := leasable_chunks(dispatch, owner=owner)).first()) is not None:
        taken = chunks.filter(pk=chunk.pk).update(
            state=Chunk.State.LEASED, owner=owner, lease_until=lease_end(), next_try_at=None
        )
        if taken:
            fresh = [Errand(chunk.pk, reader) for reader in read_readers(waiting(dispatch, chunk))]
            return chunk, with_lots(dispatch, fresh or _due_again(dispatch, chunk))
    return None


def with_lots(dispatch: Dispatch, errands: list[Errand]) -> list[Errand]:
    """The same with each reader's lot, those of one lot together: a call to a provider takes one subject."""
    test = dispatch.test
    if test is None:
        return errands
    drawn = [replace(errand, lot=test.lot_of(errand.reader.pk)) for errand in errands]
    return sorted(drawn, key=lambda errand: errand.lot)


def extend_leases(*, owner: str) -> int:
    """The run's heartbeat; returns how many chunks it still holds."""
    return _held_by(owner).update(lease_until=lease_end())


def held_chunks(*, owner: str, chunks: set[int]) -> set[int]:
    """Extend the run's leases; which of the chunks it still holds. Part of the gate's transaction."""
    extended = _held_by(owner).filter(pk__in=chunks).update(lease_until=lease_end())
    if extended == len(chunks):
        return chunks
    return set(_held_by(owner).filter(pk__in=chunks).values_list("pk", flat=True))


@transaction.atomic
def settle_chunk(dispatch: Dispatch, chunk_id: int, *, owner: str) -> None:
    """Give a chunk back: done when every reader in it has a final outcome, else open again, at once or later."""
    chunk = Chunk.objects.filter(pk=chunk_id, owner=owner, state=Chunk.State.LEASED).first()
    if chunk is not None:
        _give_back(dispatch, chunk)


def settle_or_leave(dispatch: Dispatch, chunk_id: int, *, owner: str) -> None:
    """The same in the middle of a run: if the database is away, the end of the round settles it, or the reaper."""
    try:
        settle_chunk(dispatch, chunk_id, owner=owner)
    except DatabaseError:
        log.warning("Chunk %s could not be settled by %s", chunk_id, owner, exc_info=True)
        connection.close()


def reap_dead_leases() -> int:
    """Open the chunks of runs whose lease ran out; the message in each of their connections is unknown.

    Returns how many chunks. Two clocks at once are harmless: the chunk is claimed by a conditional update.
    """
    _mend_after_jump()
    late = Chunk.objects.filter(state=Chunk.State.LEASED, lease_until__lt=timezone.now())
    return sum(_reap(chunk) for chunk in late.select_related("dispatch"))


def live_runs(dispatch: Dispatch) -> int:
    """How many runs hold a lease of this dispatch that has not run out."""
    return _live_leases(dispatch).values("owner").distinct().count()


def wait_for_turn(dispatch: Dispatch) -> bool:
    """Whether fewer runs than allowed have this dispatch in hand; if not, wait for as long as a dead one's lease lasts.

    So a worker that starts after a crash goes on as soon as the lease of the killed one is over.
    """
    ends_at = time.monotonic() + settings.NEWSLETTER_LEASE_SECONDS + 2
    while live_runs(dispatch) >= settings.NEWSLETTER_PROCESSES:
        if time.monotonic() > ends_at or stopping.wait(0.5):
            return False
    reap_dead_leases()
    return True


@transaction.atomic
def close_if_finished(dispatch: Dispatch) -> bool:
    """End a running dispatch whose chunks are all done. Readers who were erased meanwhile are counted as skipped."""
    if dispatch.chunks.exclude(state=Chunk.State.DONE).exists():
        return False
    closed = Dispatch.objects.filter(pk=dispatch.pk, state=Dispatch.State.RUNNING).update(
        state=Dispatch.State.DONE, finished_at=timezone.now()
    )
    if closed:
        gone = dispatch.candidates - dispatch.deliveries.count()
        nobody = [
            Delivery(dispatch=dispatch, state=Delivery.State.SKIPPED, attempts=0, reply="no longer on the list")
            for _ in range(gone)
        ]
        Delivery.objects.bulk_create(nobody, batch_size=500)
    return bool(closed)


def close_cancelled() -> None:
    """Sweep what was written down after a cancellation was committed."""
    open_rows = Delivery.objects.filter(dispatch__state=Dispatch.State.CANCELLED, state__in=Delivery.OPEN_STATES)
    for pk in set(open_rows.values_list("dispatch", flat=True)):
        close_open_deliveries(pk)


def _mend_after_jump() -> None:
    """A lease that ends long ago or far ahead was written before the clock jumped: it begins anew, once.

    Whoever is alive extends it within seconds, whoever is dead does not: neither is a living run taken for dead, with
    its message sent twice, nor do a dead one's readers wait until the clock has caught up.
    """
    now = timezone.now()
    jumped = Q(lease_until__lt=now - LONG_AGO) | Q(lease_until__gt=lease_end() + LONG_AGO)
    Chunk.objects.filter(jumped, state=Chunk.State.LEASED).update(lease_until=lease_end())


@transaction.atomic
def _reap(chunk: Chunk) -> bool:
    still_late = Chunk.objects.filter(
        pk=chunk.pk, owner=chunk.owner, state=Chunk.State.LEASED, lease_until__lt=timezone.now()
    )
    if not still_late.update(owner=f"reaped from {chunk.owner}"[:80]):
        return False
    _mark_lost(chunk, owner=chunk.owner)
    _give_back(chunk.dispatch, chunk)
    return True


def _give_back(dispatch: Dispatch, chunk: Chunk) -> None:
    _mark_lost(chunk, owner=chunk.owner)
    in_chunk = Delivery.objects.filter(
        dispatch=dispatch, subscriber__gte=chunk.low, subscriber__lte=chunk.high, state__in=Delivery.OPEN_STATES
    )
    is_fresh = waiting(dispatch, chunk).exists()
    again_at = None if is_fresh else in_chunk.aggregate(first=Min("next_try_at"))["first"]
    state = Chunk.State.OPEN if is_fresh or again_at else _rest_state(dispatch, chunk)
    Chunk.objects.filter(pk=chunk.pk).update(state=state, owner="", lease_until=None, next_try_at=again_at)


def _rest_state(dispatch: Dispatch, chunk: Chunk) -> str:
    return Chunk.State.WAITS if resting(dispatch, chunk).exists() else Chunk.State.DONE


def _mark_lost(chunk: Chunk, *, owner: str) -> None:
    in_hand = Slot.objects.filter(dispatch=chunk.dispatch_id, owner=owner, subscriber_id__range=(chunk.low, chunk.high))
    for slot in in_hand:
        if slot.subscriber_id is not None:
            record_outcome(chunk.dispatch_id, slot.subscriber_id, LOST, attempts=slot.attempts)
    in_hand.delete()


def _due_again(dispatch: Dispatch, chunk: Chunk) -> list[Errand]:
    rows = Delivery.objects.filter(
        dispatch=dispatch,
        subscriber__gte=chunk.low,
        subscriber__lte=chunk.high,
        state__in=Delivery.OPEN_STATES,
        next_try_at__lte=timezone.now(),
    )
    tried = {pk: (attempts, reply) for pk, attempts, reply in rows.values_list("subscriber", "attempts", "reply")}
    readers = read_readers(Subscriber.objects.filter(pk__in=tried).order_by("pk"))
    again = [(reader, *tried[reader.pk]) for reader in readers]
    return [Errand(chunk.pk, reader, attempts + 1, is_suspect=reply == LOST.reply) for reader, attempts, reply in again]


def _live_leases(dispatch: Dispatch) -> QuerySet[Chunk]:
    return Chunk.objects.filter(dispatch=dispatch, state=Chunk.State.LEASED, lease_until__gte=timezone.now())


def _held_by(owner: str) -> QuerySet[Chunk]:
    return Chunk.objects.filter(owner=owner, state=Chunk.State.LEASED, lease_until__gte=timezone.now())
