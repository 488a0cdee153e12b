"""What every run of a dispatch does, whatever its sender: lease chunks, pass the gate, beat, know when it is over."""

import logging
import os
import socket
import time
import uuid
from collections import Counter, deque
from collections.abc import Iterable

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from letters.actions import is_sending_enabled
from newsletter.actions.breaker import Breaker
from newsletter.actions.dispatching import newsletter_of
from newsletter.actions.errand_codes import with_codes
from newsletter.actions.gate import Answer, Settled, Wanted, pass_gate
from newsletter.actions.leases import (
    Errand,
    close_if_finished,
    extend_leases,
    leasable_chunks,
    lease_chunk,
    settle_chunk,
    settle_or_leave,
)
from newsletter.actions.stopping import stopping
from newsletter.actions.throttle import Throttle
from newsletter.composing import Skeleton
from newsletter.models import Chunk, Dispatch, Slot
from newsletter.sending_hours import hours_of

RUN_SECONDS = 600  # then a successor goes on, so that a worker's memory is given back
DATABASE_TRIES = 6

log = logging.getLogger(__name__)


class LeasedRun:
    """One run of one dispatch: `go` works until nothing is due, the time is over, or it is told to stop.

    The thread that calls `go` alone reads and writes rows, for all threads that hand over.
    """

    def __init__(
        self, dispatch: Dispatch, skeleton: Skeleton, *, seconds: float = RUN_SECONDS, breaker: Breaker | None = None
    ) -> None:
        newsletter = newsletter_of(dispatch.issue)
        self.dispatch = dispatch
        self.owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
        self.skeleton = skeleton
        self.breaker = breaker or Breaker(dispatch.pk)
        self.throttle = Throttle(newsletter.per_hour)
        self.hours = hours_of(newsletter)
        self.is_broken = False
        self._ends_at = time.monotonic() + seconds
        self._queue: deque[Errand] = deque()
        self._left_in_chunk: Counter[int] = Counter()
        self._beat_at = 0.0  # time.monotonic

    def go(self) -> None:
        """Work in rounds: whoever was in doubt or has become due meanwhile is in the next round."""
        while not self._is_over() and self.is_work_left:
            self._go_round()
            self._end_round()
        close_if_finished(self.dispatch)

    @property
    def is_work_left(self) -> bool:
        """Whether something is due now, and this copy of the site may mail people (a restored dump may not)."""
        is_running = Dispatch.objects.running().filter(pk=self.dispatch.pk).exists()
        return is_sending_enabled() and is_running and leasable_chunks(self.dispatch, owner=self.owner).exists()

    def _go_round(self) -> None:
        """Hand over until there is nobody left who is due."""
        raise NotImplementedError

    def _end_round(self) -> None:
        """Give back what is leased, and the slots that are empty."""
        held = Chunk.objects.filter(owner=self.owner, state=Chunk.State.LEASED)
        for pk in list(held.values_list("pk", flat=True)):
            settle_chunk(self.dispatch, pk, owner=self.owner)
        self._queue.clear()
        self._left_in_chunk.clear()
        Slot.objects.filter(owner=self.owner, subscriber_id=None).delete()

    def _lease(self) -> bool:
        """Fill the queue from chunks that are leased now; whether there is anybody in it, and time for them."""
        try:
            while not self._queue and not self._is_over():
                leased = lease_chunk(self.dispatch, owner=self.owner)
                if leased is None:
                    return False
                chunk, errands = leased[0], with_codes(self.skeleton.offers, leased[1])
                self._queue.extend(errands)
                self._left_in_chunk[chunk.pk] = len(errands)
                if not errands:
                    settle_chunk(self.dispatch, chunk.pk, owner=self.owner)
        except DatabaseError:  # the outcomes in hand must still be written down
            self.is_broken = True
            log.warning("No chunk could be leased by %s", self.owner, exc_info=True)
            connection.close()
            return False
        return not self._is_over()

    def _pass_gate(self, settled: list[Settled], wanted: list[Wanted]) -> list[Answer]:
        """The gate, tried again while the database is away: the outcomes in hand must not be lost."""
        for attempt in range(DATABASE_TRIES):
            try:
                return pass_gate(self.dispatch.pk, owner=self.owner, settled=settled, wanted=wanted)
            except DatabaseError:
                if attempt + 1 == DATABASE_TRIES:
                    self.is_broken = True
                    raise
                log.warning("The gate of %s failed, trying again", self.owner, exc_info=True)
                connection.close()
                stopping.wait(0.2 * 2**attempt)
        raise AssertionError  # the loop returns or raises

    def _tick_off(self, errands: Iterable[Errand]) -> None:
        """Who has an outcome or needs none; the chunk of the last of them is settled."""
        for chunk_id, number in Counter(errand.chunk_id for errand in errands).items():
            self._left_in_chunk[chunk_id] -= number
            if self._left_in_chunk[chunk_id] == 0:
                settle_or_leave(self.dispatch, chunk_id, owner=self.owner)

    def _beat(self) -> None:
        """The heartbeat, for as long as a slow mail server makes everybody wait."""
        if time.monotonic() < self._beat_at:
            return
        self._beat_at = time.monotonic() + settings.NEWSLETTER_LEASE_SECONDS / 5
        try:
            extend_leases(owner=self.owner)
        except DatabaseError:
            log.exception("The heartbeat of %s failed", self.owner)
            connection.close()

    def _is_over(self) -> bool:
        is_late = time.monotonic() > self._ends_at or not self.hours.is_open(timezone.now())
        return self.is_broken or stopping.is_set() or self.breaker.is_tripped or is_late
