"""The gate: one short transaction before each message. What has not passed it cannot have left.

All connections of a run that wait at the same moment pass in one transaction, so that its cost is shared.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from django.db import transaction

from newsletter.actions.leases import Errand, held_chunks
from newsletter.actions.outcomes import record_evidence, record_handed_over, record_outcome, record_skipped
from newsletter.actions.slots import fill_slots, locked_slots
from newsletter.addresses import fingerprint
from newsletter.audience import Reader, read_readers
from newsletter.models import Delivery, Dispatch, Subscriber, Suppression
from newsletter.senders import Outcome, Result

Slots = dict[int, int | None]  # the subscriber in hand, by the key of the row


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
    slots = locked_slots(owner)
    pks = {one.errand.reader.pk for one in settled} | {one.errand.reader.pk for one in wanted}
    now = {reader.pk: reader for reader in read_readers(Subscriber.objects.filter(pk__in=pks))}
    _write_down(dispatch_id, slots, settled, known=now.keys())
    freed = [one.slot_id for one in settled if slots.get(one.slot_id) == one.errand.reader.pk]
    answers = _judge(dispatch_id, owner, slots, wanted, now=now)
    passed = {
        want.slot_id: answer.errand
        for want, answer in zip(wanted, answers, strict=True)
        if answer.verdict is Verdict.GO
    }
    fill_slots({**dict.fromkeys(freed), **passed})
    return answers


def _judge(
    dispatch_id: int, owner: str, slots: Slots, wanted: Sequence[Wanted], *, now: Mapping[int, Reader]
) -> list[Answer]:
    if not wanted or not Dispatch.objects.running().filter(pk=dispatch_id).exists():
        return [Answer(Verdict.STOP, want.errand) for want in wanted]
    held = held_chunks(owner=owner, chunks={want.errand.chunk_id for want in wanted})
    suppressed = _suppressed(now.values())
    settled = _with_outcome(dispatch_id, wanted)
    answers = []
    for want in wanted:
        errand, reader = want.errand, now.get(want.errand.reader.pk)
        # Without a slot nobody would know that this message was under way.
        if errand.chunk_id not in held or want.slot_id not in slots:
            verdict = Verdict.STOP
        elif reader is None or reader.pk in settled:  # erased: the closing of the dispatch counts them
            verdict = Verdict.PASS_OVER
        elif why_not := _why_not(reader, suppressed):
            record_skipped(dispatch_id, reader.pk, why=why_not)
            verdict = Verdict.PASS_OVER
        else:
            verdict, errand = Verdict.GO, Errand(errand.chunk_id, reader, errand.attempts)
        answers.append(Answer(verdict, errand))
    return answers


def _suppressed(readers: Iterable[Reader]) -> set[int]:
    by_hash = {fingerprint(reader.mailbox): reader.pk for reader in readers}
    found = Suppression.objects.filter(fingerprint__in=list(by_hash)).values_list("fingerprint", flat=True)
    return {by_hash[one] for one in found}


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
        mine, pk = slots.get(one.slot_id) == one.errand.reader.pk, one.errand.reader.pk
        if mine and one.outcome.result is Result.HANDED_OVER and pk in known:
            accepted.append((pk, one.outcome, one.errand.attempts))
        elif mine and not one.outcome.is_ours:
            record_outcome(dispatch_id, pk, one.outcome, attempts=one.errand.attempts)
        elif not mine and one.outcome.result is Result.HANDED_OVER:
            # We were taken for dead and our slot was reaped: only the good news still counts.
            record_evidence(dispatch_id, pk)
    record_handed_over(dispatch_id, accepted)


def _why_not(reader: Reader, suppressed: set[int]) -> str:
    if reader.state != Subscriber.State.CONFIRMED:
        return "left after the dispatch began"
    return "on the suppression list" if reader.pk in suppressed else ""
