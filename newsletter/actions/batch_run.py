"""One run by a sender that takes many readers a call: same gate, leases and ledger; a call holds a slot a reader."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any, cast

from django.conf import settings
from django.db import connection

from newsletter.actions.campaigning import CampaignRun
from newsletter.actions.clicks import links_to_count
from newsletter.actions.dispatching import pause_after_faults, pause_in_doubt
from newsletter.actions.gate import Settled, Verdict, Wanted
from newsletter.actions.leased_run import LeasedRun
from newsletter.actions.leases import Errand
from newsletter.actions.sending import Run
from newsletter.actions.stopping import stopping
from newsletter.composing import Skeleton
from newsletter.models import Dispatch, Slot
from newsletter.senders import BatchSender, Outcome, Personal, Result, Stage, find_kind

CALL_SECONDS = 240  # then nobody waits for the answer any more; a provider that drips bytes would take for ever
MOST_CALLS = 4  # at once
DOUBTS = 2  # calls in a row without a clear answer, then a person looks

log = logging.getLogger(__name__)


@dataclass(eq=False)
class Call:
    """Some readers who passed the gate together: their errands, and the slot of each."""

    held: list[tuple[int, Errand]]
    begun: float = field(default_factory=time.monotonic)


class BatchRun(LeasedRun):
    """A run by calls of a provider's API, each in a thread of its own."""

    def __init__(self, dispatch: Dispatch, kind: Callable[[], BatchSender], **options: Any) -> None:
        super().__init__(dispatch, Skeleton(dispatch, links=links_to_count(dispatch)), **options)
        self._kind = kind
        self._most = kind().most
        self._rests_until = 0.0
        self._doubts = 0
        self._free_slots: list[int] = []
        self._slots_made = 0
        self._calls: set[Call] = set()
        self._reports: SimpleQueue[tuple[Call, list[Outcome]]] = SimpleQueue()

    def _go_round(self) -> None:
        settled: list[Settled] = []
        has_more = True
        while has_more or self._calls or settled:
            has_more = self._begin_calls(settled)
            settled = self._collect()

    def _end_round(self) -> None:
        super()._end_round()
        self._free_slots = []
        if not Slot.objects.filter(owner=self.owner).exists():
            self._slots_made = 0

    def _begin_calls(self, settled: list[Settled]) -> bool:
        """Write down what is settled and begin as many calls as there may be; whether there may be more later."""
        most = min(settings.NEWSLETTER_CONNECTIONS, MOST_CALLS)
        while True:
            is_resting = time.monotonic() < self._rests_until
            errands = [] if len(self._calls) >= most or is_resting else self._next_errands()
            if not errands and not settled:
                return time.monotonic() < self._rests_until and not self._is_over()
            held = list(zip(self._slots(len(errands)), errands, strict=True))
            answers = self._pass_gate(settled, [Wanted(pk, errand) for pk, errand in held])
            self._tick_off([one.errand for one in settled if not one.outcome.is_ours])
            self._free_slots += [one.slot_id for one in settled]
            settled = []
            went = [(pk, answer) for (pk, _), answer in zip(held, answers, strict=True)]
            self._tick_off([answer.errand for _, answer in went if answer.verdict is Verdict.PASS_OVER])
            self._free_slots += [pk for pk, answer in went if answer.verdict is not Verdict.GO]
            if going := [(pk, answer.errand) for pk, answer in went if answer.verdict is Verdict.GO]:
                self._begin(Call(going))
            if any(answer.verdict is Verdict.STOP for _, answer in went):
                return False

    def _begin(self, call: Call) -> None:
        self._calls.add(call)
        threading.Thread(target=self._make, args=(call,), daemon=True).start()

    def _make(self, call: Call) -> None:
        """In a thread of its own: one call, or two, for links are counted for those alone who allowed it.

        Never raises: what it leaves unsaid is in doubt.
        """
        outcomes: dict[int, Outcome] = {}
        able: dict[bool, list[tuple[int, Personal]]] = {False: [], True: []}  # by whether their links are counted
        try:
            for pk, errand in call.held:
                try:
                    able[errand.reader.may_count].append(
                        (pk, self.skeleton.personal(errand.reader, errand.codes, lot=errand.lot))
                    )
                except Exception as error:  # noqa: BLE001 - recorded: one reader's fault is one reader's fault
                    words = f"compose: {type(error).__name__}: {error}"
                    outcomes[pk] = Outcome(Result.REFUSED, Stage.COMPOSING, reply=words)
            for may_count, part in able.items():
                if part:
                    pattern = self.skeleton.pattern(call.held[0][1].lot, is_counted=may_count)
                    said = self._kind().send_batch(pattern, [personal for _, personal in part])
                    outcomes |= {pk: outcome for (pk, _), outcome in zip(part, said, strict=True)}
        except Exception as error:
            log.exception("A call ended")
            lost = Outcome(Result.UNKNOWN, reply=f"{type(error).__name__}: {error}")
            outcomes = {pk: outcomes.get(pk, lost) for pk, _ in call.held}
        finally:
            connection.close()
        self._reports.put((call, [outcomes[pk] for pk, _ in call.held]))

    def _collect(self) -> list[Settled]:
        """What the calls that ended have left, after one did, the heart has to beat or a rest is over."""
        self._beat()
        if not self._calls:
            if not self._is_over():
                stopping.wait(min(1.0, max(0.0, self._rests_until - time.monotonic())))
            return []
        settled: list[Settled] = []
        for call in [call for call in self._calls if time.monotonic() > call.begun + CALL_SECONDS]:
            late = Outcome(Result.UNKNOWN, reply=f"no answer within {CALL_SECONDS} seconds")
            settled += self._take_in(call, [late] * len(call.held))
        try:
            reports = [] if settled else [self._reports.get(timeout=settings.NEWSLETTER_LEASE_SECONDS / 5)]
        except Empty:
            return settled
        while not self._reports.empty():
            reports.append(self._reports.get_nowait())
        for call, outcomes in reports:
            if call in self._calls:  # else nobody waits for it any more: its readers are in doubt
                settled += self._take_in(call, outcomes)
        return settled

    def _take_in(self, call: Call, outcomes: Sequence[Outcome]) -> list[Settled]:
        self._calls.discard(call)
        self._note(outcomes)
        held = zip(call.held, outcomes, strict=True)
        settled = [Settled(pk, errand, outcome) for (pk, errand), outcome in held]
        self._queue.extendleft(one.errand for one in settled if one.outcome.is_ours)
        return settled

    def _note(self, outcomes: Sequence[Outcome]) -> None:
        """For the circuit breaker: a call in which anybody was taken is good; one of our own faults is one fault."""
        taken = next((one for one in outcomes if one.result is Result.HANDED_OVER), None)
        ours = next((one for one in outcomes if one.is_ours), None)
        doubt = next((one for one in outcomes if one.result is Result.UNKNOWN), None)
        for one in [taken] if taken else [ours] if ours else outcomes:
            self.breaker.note(one)
        if ours and ours.stage is Stage.SENDER:
            pause_after_faults(self.dispatch.pk, words=ours.reply, times=len(outcomes))
        if ours:
            self._rests_until = time.monotonic() + self.breaker.rest
        self._doubts = self._doubts + 1 if doubt and not taken else 0
        if doubt and self._doubts >= DOUBTS:
            pause_in_doubt(self.dispatch.pk, words=doubt.reply, calls=self._doubts)

    def _next_errands(self) -> list[Errand]:
        """Up to one call's worth of readers of one subject, no more than may leave now."""
        errands: list[Errand] = []
        while len(errands) < self._most and self._lease():
            if errands and self._queue[0].lot != errands[0].lot:
                break
            errands.append(self._queue.popleft())
        allowed = self.throttle.take(len(errands))
        self._queue.extendleft(reversed(errands[allowed:]))
        if errands and not allowed:
            self._rests_until = self.throttle.ready_at
        return errands[:allowed]

    def _slots(self, number: int) -> list[int]:
        """So many empty slots, made where there are too few."""
        if (missing := number - len(self._free_slots)) > 0:
            numbers = range(self._slots_made, self._slots_made + missing)
            new = [Slot(dispatch=self.dispatch, owner=self.owner, connection=n, subscriber_id=None) for n in numbers]
            self._free_slots += [slot.pk for slot in Slot.objects.bulk_create(new, batch_size=500)]
            self._slots_made += missing
        taken, self._free_slots = self._free_slots[:number], self._free_slots[number:]
        return taken


def make_run(dispatch: Dispatch, **options: Any) -> Run | BatchRun | CampaignRun:
    """The run for the kind of sender that the dispatch began with. Raises ImportError: that kind is gone."""
    kind = find_kind(dispatch.backend)
    if dispatch.is_campaign:
        return CampaignRun(dispatch)
    if hasattr(kind, "send_batch"):
        return BatchRun(dispatch, cast("Callable[[], BatchSender]", kind), **options)
    return Run(dispatch, **options)
