"""One run: some connections, each handing over one message after the other until nothing is due."""

import logging
import os
import socket
import threading
import time
import uuid
from collections import Counter, deque

from django.conf import settings
from django.db import DatabaseError, connection

from letters.actions import is_sending_enabled
from newsletter.actions.breaker import Breaker
from newsletter.actions.gate import Errand, Verdict, pass_gate
from newsletter.actions.leases import (
    close_if_finished,
    extend_leases,
    leasable_chunks,
    lease_chunk,
    live_runs,
    reap_dead_leases,
    settle_chunk,
)
from newsletter.composing import Skeleton
from newsletter.models import Chunk, Dispatch, Slot
from newsletter.senders import Outcome, Result, Sender, Stage, open_sender

RUN_SECONDS = 600  # then a successor goes on, so that a worker's memory is given back
DATABASE_TRIES = 6

log = logging.getLogger(__name__)
stopping = threading.Event()  # set when this process was told to end


class Run:
    """One run of one dispatch: `go` works until nothing is due, the time is over, or it is told to stop."""

    def __init__(self, dispatch: Dispatch, *, seconds: float = RUN_SECONDS, breaker: Breaker | None = None) -> None:
        self.dispatch = dispatch
        self.owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
        self.skeleton = Skeleton(dispatch)
        self.breaker = breaker or Breaker(dispatch.pk)
        self._ends_at = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._queue: deque[Errand] = deque()
        self._left_in_chunk: Counter[int] = Counter()
        self.is_broken = False

    def go(self) -> None:
        """Work in rounds: whoever was in doubt or has become due meanwhile is in the next round."""
        while not self.is_broken and not self._is_over() and self.is_work_left:
            self._go_round()
        close_if_finished(self.dispatch)

    @property
    def is_work_left(self) -> bool:
        """Whether something is due now, and this copy of the site may mail people (a restored dump may not)."""
        return is_sending_enabled() and self._is_running() and leasable_chunks(self.dispatch, owner=self.owner).exists()

    def _go_round(self) -> None:
        numbers = range(settings.NEWSLETTER_CONNECTIONS)
        threads = [threading.Thread(target=self._work, args=(number,), daemon=True) for number in numbers]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(settings.NEWSLETTER_LEASE_SECONDS / 5)
                self._beat()
        held = Chunk.objects.filter(owner=self.owner, state=Chunk.State.LEASED)
        for pk in list(held.values_list("pk", flat=True)):
            settle_chunk(self.dispatch, pk, owner=self.owner)
        self._queue.clear()
        self._left_in_chunk.clear()
        Slot.objects.filter(owner=self.owner, subscriber_id=None).delete()

    def _beat(self) -> None:
        try:
            extend_leases(owner=self.owner)
        except DatabaseError:
            log.exception("The heartbeat of %s failed", self.owner)
            connection.close()

    def _work(self, number: int) -> None:
        """One connection. Never raises: whatever it leaves undone is found by settling or reaping."""
        sender = open_sender()
        try:
            self._keep_handing_over(sender, number)
        except Exception:
            self.is_broken = True  # the next run tries again, in a minute
            log.exception("Connection %s of %s ended", number, self.owner)
        finally:
            sender.close()
            connection.close()

    def _keep_handing_over(self, sender: Sender, number: int) -> None:
        slot, _ = Slot.objects.get_or_create(
            owner=self.owner, connection=number, defaults={"dispatch": self.dispatch, "subscriber_id": None}
        )
        before: tuple[Errand, Outcome] | None = None
        while True:
            errand = self._next_errand_or_none()
            verdict, passed = self._pass_gate(slot, before, errand)
            if before is not None:
                self._finish(*before)
            before = None
            if passed is not None:
                before = passed, self._hand_over(sender, passed)
                self.breaker.note(before[1])
            elif verdict is Verdict.STOP or errand is None:
                return
            else:
                self._tick_off(errand)

    def _pass_gate(
        self, slot: Slot, before: tuple[Errand, Outcome] | None, errand: Errand | None
    ) -> tuple[Verdict, Errand | None]:
        """The gate, tried again while the database is away: the outcome in hand must not be lost."""
        for attempt in range(DATABASE_TRIES):
            try:
                return pass_gate(slot, before=before, errand=errand)
            except DatabaseError:
                if attempt + 1 == DATABASE_TRIES:
                    raise
                log.warning("The gate of %s failed, trying again", self.owner, exc_info=True)
                connection.close()
                stopping.wait(0.2 * 2**attempt)
        raise AssertionError  # the loop returns or raises

    def _hand_over(self, sender: Sender, errand: Errand) -> Outcome:
        if errand.subscriber is None or errand.subscriber.pk != errand.subscriber_id:
            return Outcome(Result.REFUSED, Stage.COMPOSING, reply="compose: not the reader that was meant")
        try:
            message = self.skeleton.compose(errand.subscriber)
        except Exception as error:  # noqa: BLE001 - recorded: one reader's fault is one reader's fault
            return Outcome(Result.REFUSED, Stage.COMPOSING, reply=f"compose: {type(error).__name__}: {error}")
        return sender.send(message)

    def _next_errand_or_none(self) -> Errand | None:
        try:
            return self._next_errand()
        except DatabaseError:  # the outcome in hand must still be written down
            self.is_broken = True
            log.warning("No chunk could be leased by %s", self.owner, exc_info=True)
            connection.close()
            return None

    def _next_errand(self) -> Errand | None:
        """The next reader, from the queue or from a chunk that is leased now; None ends the connection."""
        if self._is_over():
            return None
        with self._lock:
            while not self._queue:
                leased = lease_chunk(self.dispatch, owner=self.owner)
                if leased is None:
                    return None
                chunk, ids = leased
                self._queue.extend(Errand(chunk.pk, pk) for pk in ids)
                self._left_in_chunk[chunk.pk] = len(ids)
                if not ids:
                    settle_chunk(self.dispatch, chunk.pk, owner=self.owner)
            return self._queue.popleft()

    def _finish(self, errand: Errand, outcome: Outcome) -> None:
        if outcome.is_ours:
            with self._lock:
                self._queue.append(Errand(errand.chunk_id, errand.subscriber_id))
            self.breaker.wait(stopping)
        else:
            self._tick_off(errand)

    def _tick_off(self, errand: Errand) -> None:
        with self._lock:
            self._left_in_chunk[errand.chunk_id] -= 1
            is_empty = self._left_in_chunk[errand.chunk_id] == 0
        if is_empty:
            settle_chunk(self.dispatch, errand.chunk_id, owner=self.owner)

    def _is_over(self) -> bool:
        return stopping.is_set() or self.breaker.is_tripped or time.monotonic() > self._ends_at

    def _is_running(self) -> bool:
        return Dispatch.objects.filter(pk=self.dispatch.pk, state=Dispatch.State.RUNNING).exists()


def wait_for_turn(dispatch: Dispatch) -> bool:
    """Whether no other run has this dispatch in hand. If one has, wait for as long as a dead one's lease may last.

    So a worker that starts after a crash goes on as soon as the lease of the killed one is over.
    """
    ends_at = time.monotonic() + settings.NEWSLETTER_LEASE_SECONDS + 2
    while live_runs(dispatch):
        if time.monotonic() > ends_at or stopping.wait(0.5):
            return False
    reap_dead_leases()
    return True
