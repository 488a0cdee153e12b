"""One run: some connections, each handing over one message after the other until nothing is due.

One thread serves them all and waits for all of them at once: with a thread each, handing the interpreter from one to
the other would cost more than the messages.
"""

import time
from collections.abc import Collection
from typing import Any

from django.conf import settings

from newsletter.actions.clicks import links_to_count
from newsletter.actions.gate import Settled, Verdict, Wanted
from newsletter.actions.lanes import Lane, hear
from newsletter.actions.leased_run import LeasedRun
from newsletter.actions.leases import Errand
from newsletter.actions.stopping import stopping
from newsletter.actions.width import Width, asks_for_less
from newsletter.composing import Skeleton
from newsletter.models import Dispatch, Slot
from newsletter.senders import Outcome, find_kind

LINGER = 0.003  # seconds
LET_GO = 1.0  # seconds: before a connection that the server did not want is tried once more


class Run(LeasedRun):
    """A run over open connections. Raises ImportError: the dispatch's kind of sender is gone."""

    def __init__(self, dispatch: Dispatch, **options: Any) -> None:
        super().__init__(dispatch, Skeleton(dispatch, links=links_to_count(dispatch)), **options)
        self.width = Width(settings.NEWSLETTER_CONNECTIONS)
        self._open_sender = find_kind(dispatch.backend)
        self._lanes: set[Lane] = set()
        self._has_suspects = False  # in this round
        self._told: list[tuple[Lane, Outcome | None]] = []  # outcomes, None of a lane that broke
        self._opens_at = 0.0  # time.monotonic

    def _go_round(self) -> None:
        slots = self._open_slots()
        self._lanes = lanes = {Lane(pk, self.skeleton, self._open_sender) for pk in slots}
        self._has_suspects = False
        self._told = []
        try:
            self._serve_all(set(lanes))
        finally:
            for lane in lanes:
                lane.end()
            for lane in lanes:
                lane.join()

    def _open_slots(self) -> list[int]:
        """A row for each connection that is about to be opened; their keys."""
        numbers = range(settings.NEWSLETTER_CONNECTIONS)
        empty = [Slot(dispatch=self.dispatch, owner=self.owner, connection=n, subscriber_id=None) for n in numbers]
        Slot.objects.bulk_create(empty, ignore_conflicts=True)
        return list(Slot.objects.filter(owner=self.owner).values_list("pk", flat=True))

    def _serve_all(self, lanes: set[Lane]) -> None:
        """Until each lane found nothing more to do, or broke."""
        settled: list[Settled] = []
        while lanes:
            for lane in self._serve(self._free(lanes), settled):
                lane.end()  # at once: the server may let in fewer than we have, and others may still need to come in
                lanes.discard(lane)
            settled = []
            for lane, outcome in self._collect(lanes):
                errand, lane.errand = lane.errand, None
                if errand is None or outcome is None:
                    self.is_broken = True  # the next run tries again, in a minute
                    lanes.discard(lane)
                else:
                    settled.append(self._take_in(lane, errand, outcome))

    def _free(self, lanes: set[Lane]) -> list[Lane]:
        """Those that may be given somebody now: open connections first, then as many new ones as there is room for."""
        now = time.monotonic()
        free = [lane for lane in lanes if lane.errand is None and (lane.rests_until <= now or self._is_over())]
        if self._is_over():
            return free
        at_work = sum(lane.is_open for lane in lanes)
        opening = sum(lane.errand is not None and not lane.is_open for lane in lanes)
        room = self.width.room(at_work=at_work, opening=opening) if now >= self._opens_at else 0
        closed = [lane for lane in free if not lane.is_open]
        return [lane for lane in free if lane.is_open] + closed[:room]

    def _take_in(self, lane: Lane, errand: Errand, outcome: Outcome) -> Settled:
        lane.has_worked = not outcome.is_ours
        others = sum(other.is_open for other in self._lanes) if outcome.is_ours else 0
        if self.width.note(outcome, others_open=others):
            self._opens_at = time.monotonic() + LET_GO
        else:
            self.breaker.note(outcome)
            if asks_for_less(outcome):
                self.throttle.slow_down()
            if outcome.is_ours:
                self._opens_at = time.monotonic() + self.breaker.rest
        if outcome.is_ours:
            self._queue.append(errand)
        return Settled(lane.slot_id, errand, outcome)

    def _serve(self, free: list[Lane], settled: list[Settled]) -> set[Lane]:
        """Write down what is settled and give each free lane its next reader; returns the lanes that have none."""
        wanting = {lane.slot_id: lane for lane in self._choose_all(free)}
        while settled or wanting:
            asked = [Wanted(pk, lane.upcoming) for pk, lane in wanting.items() if lane.upcoming]
            answers = self._pass_gate(settled, asked)
            self._tick_off(one.errand for one in settled if not one.outcome.is_ours)
            settled = []
            for want, answer in zip(asked, answers, strict=True):
                lane = wanting.pop(want.slot_id)
                lane.upcoming = None
                if answer.verdict is Verdict.GO:
                    self._give(lane, answer.errand)
                elif answer.verdict is Verdict.PASS_OVER:
                    self._tick_off([answer.errand])
                    if self._choose(lane, beside=wanting.values()):
                        wanting[lane.slot_id] = lane
                        continue
                    self.throttle.give_back(1)
        return {lane for lane in free if lane.errand is None and lane.upcoming is None}

    def _choose_all(self, free: list[Lane]) -> list[Lane]:
        """Those that found somebody, as many as the rate allows; the others rest."""
        chosen: list[Lane] = []
        for lane in free:
            if self._choose(lane, beside=chosen):
                chosen.append(lane)
        allowed = self.throttle.take(len(chosen))
        for lane in chosen[allowed:]:
            lane.rests_until = self.throttle.ready_at
        return chosen[:allowed]

    def _choose(self, lane: Lane, *, beside: Collection[Lane]) -> bool:
        """Find the lane somebody who may go now, beside those who are in hand and those chosen already."""
        if self._is_over():
            lane.upcoming = None  # settling its chunk opens it for the next run
            return False
        lane.upcoming = lane.upcoming or self._next_errand()
        if lane.upcoming is None or not self._has_suspects:
            return lane.upcoming is not None
        others = [one.errand for one in self._lanes if one.errand] + [one.upcoming for one in beside if one.upcoming]
        return not others or not any(errand.is_suspect for errand in (lane.upcoming, *others))

    def _give(self, lane: Lane, errand: Errand) -> None:
        # A server is not kept waiting for content that may not leave yet.
        lane.errand, lane.upcoming = errand, None if self.throttle.is_limited else self._next_errand()
        outcome = lane.hand_over(errand, lane.upcoming)
        if outcome is not None or lane.is_broken:
            self._told.append((lane, outcome))

    def _collect(self, lanes: set[Lane]) -> list[tuple[Lane, Outcome | None]]:
        """Every outcome there is, after at least one came, a resting lane woke up or the heart has to beat."""
        if not lanes:
            return []
        self._beat()
        told, self._told = self._told, []
        done = {lane for lane, _ in told}
        busy = {lane for lane in lanes if lane.errand is not None and lane not in done}
        if not busy:
            if not told:
                stopping.wait(self._patience(lanes, else_=0))
            return told
        told += hear(busy, seconds=0 if told else self._patience(lanes, else_=settings.NEWSLETTER_LEASE_SECONDS / 5))
        # The gate costs about the same for one as for many: wait a moment for others that are nearly there.
        ends_at = time.monotonic() + LINGER
        while told and len(told) < len(lanes) // 2 and (left := ends_at - time.monotonic()) > 0:
            busy -= {lane for lane, _ in told}
            if not busy:
                break
            told += hear(busy, seconds=left)
        return told

    def _patience(self, lanes: set[Lane], *, else_: float) -> float:
        """Seconds until a lane that rests may go on, the heart has to beat, or `else_`."""
        now = time.monotonic()
        # Who is idle and does not rest waits for an outcome: the width, or somebody who goes alone, keeps it back.
        wakes_at = [lane.rests_until for lane in lanes if lane.errand is None]
        resting = [moment - now for moment in (*wakes_at, self._opens_at) if moment > now]
        return min(settings.NEWSLETTER_LEASE_SECONDS / 5, min(resting, default=else_))

    def _next_errand(self) -> Errand | None:
        """The next reader, from the queue or from a chunk that is leased now; None ends the connection."""
        was_empty = not self._queue
        if not self._lease():
            return None
        if was_empty:
            self._has_suspects = self._has_suspects or any(errand.is_suspect for errand in self._queue)
        return self._queue.popleft()
