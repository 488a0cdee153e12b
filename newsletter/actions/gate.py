"""The gate: one short transaction before each message. What has not passed it cannot have left.

All connections of a run that wait at the same moment pass in one transaction, so that its cost is shared.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from django.db import transaction
from django.utils import timezone

from letters.headers import one_line
from newsletter.actions import statements
from newsletter.actions.leases import Errand, held_chunks, lease_end
from newsletter.actions.outcomes import record_evidence, record_outcome, record_skipped
from newsletter.actions.statements import OF_THIS_DISPATCH, Accepted, Now, Slots
from newsletter.models import Delivery, Dispatch, Subscriber
from newsletter.senders import Outcome, Result


class Verdict(Enum):
    """What the gate says about the reader who is next."""

    GO = "go"  # the slot names this reader: hand the message over
    PASS_OVER = "pass over"  # noqa: S105 - no password: has an outcome already, or must not be mailed: take the next
    STOP = "stop"  # paused, cancelled, or the chunk is no longer ours


@dataclass(frozen=True)
class Settled:
    """A message that a connection has tried to hand over, and what became of it."""

    slot_id: int
    errand: Errand
    outcome: Outcome


@dataclass(frozen=True)
class Wanted:
    """A connection that is free, and the reader who would be next on it."""

    slot_id: int
    errand: Errand


@dataclass(frozen=True)
class Answer:
    """The verdict, and the errand with the reader as the row stands now: whoever passes is mailed as they are."""

    verdict: Verdict
    errand: Errand


@transaction.atomic
def pass_gate(
    dispatch_id: int, *, owner: str, settled: Sequence[Settled] = (), wanted: Sequence[Wanted] = ()
) -> list[Answer]:
    """Write down the outcomes of the messages before, and let the next ones through; one answer for each of `wanted`.

    In one transaction: the outcomes (a fault of ours marks no reader), the fence (the dispatch runs, the chunks are
    leased by this run), the readers' state at this last moment, the slots.
    """
    slots = statements.lock_slots(owner)
    readers = statements.read_now(dispatch_id, _readers_of(settled) | _readers_of(wanted))
    _write_down(dispatch_id, slots, settled, known=readers.keys())
    contents: dict[int, tuple[int | None, int]] = {
        one.slot_id: (None, 1) for one in settled if slots.get(one.slot_id) == one.errand.reader.pk
    }
    held = _held(dispatch_id, owner=owner, wanted=wanted)
    answers = _judge(dispatch_id, wanted, slots=slots, held=held, readers=readers)
    for want, answer in zip(wanted, answers, strict=True):
        if answer.verdict is Verdict.GO:
            contents[want.slot_id] = (answer.errand.reader.pk, answer.errand.attempts)
    statements.fill_slots(contents, now=timezone.now())
    return answers


def _readers_of(given: Sequence[Settled | Wanted]) -> set[int]:
    return {one.errand.reader.pk for one in given}


def _held(dispatch_id: int, *, owner: str, wanted: Sequence[Wanted]) -> set[int]:
    """The chunks of these readers that are still ours to send; none when the dispatch does not run."""
    chunks = {want.errand.chunk_id for want in wanted}
    if not chunks:
        return chunks
    now = timezone.now()
    extended = statements.extend_running(dispatch_id, owner=owner, chunks=chunks, now=now, until=lease_end())
    if extended == len(chunks):
        return chunks
    is_running = Dispatch.objects.running().filter(pk=dispatch_id).exists()
    return held_chunks(owner=owner, chunks=chunks) if is_running else set()


def _judge(
    dispatch_id: int, wanted: Sequence[Wanted], *, slots: Slots, held: Collection[int], readers: Mapping[int, Now]
) -> list[Answer]:
    settled = _with_outcome(dispatch_id, wanted)
    answers = []
    for want in wanted:
        errand, now = want.errand, readers.get(want.errand.reader.pk)
        # Without a slot nobody would know that this message was under way.
        if errand.chunk_id not in held or want.slot_id not in slots:
            verdict = Verdict.STOP
        elif now is None or now.pk in settled:  # erased: the closing of the dispatch counts them
            verdict = Verdict.PASS_OVER
        elif why_not := _why_not(now):
            record_skipped(dispatch_id, now.pk, why=why_not)
            verdict = Verdict.PASS_OVER
        else:
            verdict, errand = Verdict.GO, _as_now(errand, now)
        answers.append(Answer(verdict, errand))
    return answers


def _as_now(errand: Errand, now: Now) -> Errand:
    own = len(now) - OF_THIS_DISPATCH
    if errand.reader[:own] == now[:own]:
        return errand
    told: dict[str, Any] = dict(zip(Now._fields[:own], now, strict=False))
    return replace(errand, reader=errand.reader._replace(**told))


def _with_outcome(dispatch_id: int, wanted: Sequence[Wanted]) -> set[int]:
    """Readers in doubt of whom the good news came late. Who is tried for the first time has no row yet."""
    again = [want.errand.reader.pk for want in wanted if want.errand.attempts > 1]
    if not again:
        return set()
    rows = Delivery.objects.filter(dispatch=dispatch_id, subscriber__in=again).exclude(state__in=Delivery.OPEN_STATES)
    return set(rows.values_list("subscriber", flat=True))


def _write_down(dispatch_id: int, slots: Slots, settled: Sequence[Settled], *, known: Collection[int]) -> None:
    accepted = []
    for one in settled:
        pk, outcome, attempts = one.errand.reader.pk, one.outcome, one.errand.attempts
        is_mine = slots.get(one.slot_id) == pk
        if is_mine and outcome.result is Result.HANDED_OVER and pk in known:
            accepted.append(Accepted(pk, attempts, outcome.code, one_line(outcome.reply)[:250], one.errand.lot))
        elif is_mine and not outcome.is_ours:
            record_outcome(dispatch_id, pk, outcome, attempts=attempts)
        elif not is_mine and outcome.result is Result.HANDED_OVER:
            # We were taken for dead and our slot was reaped: only the good news still counts.
            record_evidence(dispatch_id, pk)
    statements.write_handed_over(dispatch_id, accepted, now=timezone.now())


def _why_not(reader: Now) -> str:
    if reader.state != Subscriber.State.CONFIRMED:
        return "left after the dispatch began"
    if reader.is_suppressed:
        return "on the suppression list"
    if reader.is_declined:
        return "asked for big news only"
    return "paused" if reader.paused_until and reader.paused_until > timezone.localdate() else ""
