"""The gate: one short transaction before each message. What has not passed it cannot have left."""

from dataclasses import dataclass
from enum import Enum

from django.db import transaction
from django.utils import timezone

from newsletter.actions.leases import holds_lease
from newsletter.actions.outcomes import record_evidence, record_outcome, record_skipped
from newsletter.addresses import fingerprint
from newsletter.models import Delivery, Dispatch, Slot, Subscriber, Suppression
from newsletter.senders import Outcome, Result


class Verdict(Enum):
    """What the gate says about the reader who is next."""

    GO = "go"  # the slot names this reader: hand the message over
    PASS_OVER = "pass over"  # noqa: S105 - no password: has an outcome already, or must not be mailed: take the next
    STOP = "stop"  # paused, cancelled, or the chunk is no longer ours


@dataclass(frozen=True)
class Errand:
    """One reader of one chunk, and how often their message was tried, this time included."""

    chunk_id: int
    subscriber_id: int
    subscriber: Subscriber | None = None
    attempts: int = 1


@transaction.atomic
def pass_gate(
    slot: Slot, *, before: tuple[Errand, Outcome] | None, errand: Errand | None
) -> tuple[Verdict, Errand | None]:
    """Write down the outcome of the message before, and let the next one through.

    In one transaction: the outcome (a fault of ours marks no reader), the fence (the dispatch runs, the chunk is
    leased by this run), the reader's state at this last moment, the slot. Without an errand it only writes down.
    """
    if before is not None:
        _write_down(slot, *before)
    if errand is None or not _is_running(slot.dispatch_id):
        return Verdict.STOP, None
    if not holds_lease(chunk_id=errand.chunk_id, owner=slot.owner):
        return Verdict.STOP, None
    return _let_through(slot, errand)


def _let_through(slot: Slot, errand: Errand) -> tuple[Verdict, Errand | None]:
    earlier = Delivery.objects.filter(dispatch=slot.dispatch_id, subscriber=errand.subscriber_id).first()
    if earlier is not None and earlier.state not in Delivery.OPEN_STATES:
        return Verdict.PASS_OVER, None
    subscriber = Subscriber.objects.filter(pk=errand.subscriber_id).first()
    if subscriber is None:
        return Verdict.PASS_OVER, None  # erased: the closing of the dispatch counts them
    if reason := _why_not(subscriber):
        record_skipped(slot.dispatch_id, subscriber.pk, why=reason)
        return Verdict.PASS_OVER, None
    attempts = 1 if earlier is None else earlier.attempts + 1
    slots = Slot.objects.filter(pk=slot.pk)
    if not slots.update(subscriber_id=subscriber.pk, attempts=attempts, since=timezone.now()):
        return Verdict.STOP, None  # without a slot nobody would know that this message was under way
    return Verdict.GO, Errand(errand.chunk_id, subscriber.pk, subscriber, attempts)


def _write_down(slot: Slot, errand: Errand, outcome: Outcome) -> None:
    mine = Slot.objects.filter(pk=slot.pk, subscriber_id=errand.subscriber_id).update(subscriber_id=None)
    if mine and not outcome.is_ours:
        record_outcome(slot.dispatch_id, errand.subscriber_id, outcome, attempts=errand.attempts)
    elif not mine and outcome.result is Result.HANDED_OVER:
        # We were taken for dead and our slot was reaped: only the good news still counts.
        record_evidence(slot.dispatch_id, errand.subscriber_id)


def _is_running(dispatch_id: int) -> bool:
    return Dispatch.objects.filter(pk=dispatch_id, state=Dispatch.State.RUNNING).exists()


def _why_not(subscriber: Subscriber) -> str:
    if subscriber.state != Subscriber.State.CONFIRMED:
        return "left after the dispatch began"
    if Suppression.objects.filter(fingerprint=fingerprint(subscriber.mailbox)).exists():
        return "on the suppression list"
    return ""
