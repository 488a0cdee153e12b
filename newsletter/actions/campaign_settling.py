"""The end of a campaign in our ledger: a row for each reader, from what Mailchimp tells of them."""

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from newsletter.actions.leased_rows import give_back, note, try_later
from newsletter.actions.leases import close_if_finished
from newsletter.audience import unpack_keys
from newsletter.errors import MailchimpRefused
from newsletter.models import Campaign, Chunk, Delivery, Dispatch, Subscriber
from newsletter.senders.campaign_calls import DELETED, GONE, STOPPED, receipts
from newsletter.senders.mailchimp import Mailchimp

State = Delivery.State
NAMES_COME_WITHIN = timedelta(minutes=30)  # of the end: then nobody waits for more names
LOOK_AGAIN = timedelta(seconds=20)
NOT_THERE = "Mailchimp did not send to this address: not in the audience, or it left there"
LOST = (
    "The campaign is not at Mailchimp any more: nobody here can say to whom it went. "
    "Resume to look again, or cancel the rest: then its readers wait for your decision."
)
NOT_KNOWN = "The campaign was deleted at Mailchimp: nobody can say whether this reader got it"
NOT_NAMED = "Mailchimp sent more mails than it names addresses"


def settle_campaign(row: Campaign, port: Mailchimp) -> bool:
    """Write down what became of each reader, and close the dispatch. False: there is nothing more to do now."""
    try:
        told = dict(receipts(port, row.campaign_id))
    except MailchimpRefused as error:
        if error.status != GONE:
            raise
        told = {}  # the report is not there yet
    is_complete = len(told) >= row.emails_sent
    is_known = is_complete and (told or row.status == STOPPED)
    if not is_known and timezone.now() - (row.sent_at or row.told_at or timezone.now()) < NAMES_COME_WITHIN:
        try_later(row, "Mailchimp does not name everybody yet to whom it went.", wait=LOOK_AGAIN)
        return False
    for chunk in row.dispatch.chunks.exclude(state=Chunk.State.DONE).order_by("pk"):
        _settle_chunk(row, chunk, told, is_complete=is_complete)
        if not note(row):
            return False
    _close(row)
    give_back(row, settled_at=timezone.now(), tries=0, fault="", next_try_at=timezone.now())
    return False


@transaction.atomic
def settle_lost(row: Campaign) -> bool:
    """A person has ended what was deleted at Mailchimp after it may have gone out: its readers are held."""
    if not note(row):
        return False
    for chunk in row.dispatch.chunks.exclude(state=Chunk.State.DONE).order_by("pk"):
        known = Subscriber.objects.filter(pk__in=unpack_keys(chunk.members)).values_list("pk", flat=True)
        held = [
            Delivery(dispatch_id=row.dispatch_id, subscriber_id=pk, state=State.HELD, attempts=0, reply=NOT_KNOWN)
            for pk in known
        ]
        Delivery.objects.bulk_create(held, ignore_conflicts=True)
        Chunk.objects.filter(pk=chunk.pk).update(state=Chunk.State.DONE)
    _cancel(row)
    give_back(row, settled_at=timezone.now(), stop_asked_at=None, status=DELETED, tries=0, fault=NOT_KNOWN)
    return False


@transaction.atomic
def _settle_chunk(row: Campaign, chunk: Chunk, told: Mapping[str, str], *, is_complete: bool) -> None:
    readers = Subscriber.objects.filter(pk__in=unpack_keys(chunk.members)).values_list("pk", "email", "mailbox")
    handed_over = [pk for pk, email, mailbox in readers if email.lower() in told or mailbox in told]
    at, is_stopped = row.sent_at or timezone.now(), row.status == STOPPED
    # Whoever was left out before and is named all the same got it.
    Delivery.objects.filter(dispatch=row.dispatch_id, subscriber__in=handed_over).update(
        state=State.HANDED_OVER, attempts=1, reply_code=None, reply=_reply(row), at=at
    )
    rows = [
        Delivery(dispatch_id=row.dispatch_id, subscriber_id=pk, state=State.HANDED_OVER, reply=_reply(row), at=at)
        for pk in handed_over
    ]
    if not is_stopped:
        state, reply = (State.SKIPPED, NOT_THERE) if is_complete else (State.HELD, NOT_NAMED)
        over = set(handed_over)
        rows += [
            Delivery(dispatch_id=row.dispatch_id, subscriber_id=pk, state=state, attempts=0, reply=reply)
            for pk, _, _ in readers
            if pk not in over
        ]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    Chunk.objects.filter(pk=chunk.pk).update(state=Chunk.State.DONE)


def _close(row: Campaign) -> None:
    """Sent: done. Stopped at Mailchimp: cancelled, and whoever got it has got it."""
    if row.status == STOPPED:
        _cancel(row)
        return
    paused = Dispatch.objects.filter(pk=row.dispatch_id, state=Dispatch.State.PAUSED)
    paused.update(state=Dispatch.State.RUNNING, pause_reason="")
    close_if_finished(row.dispatch)


def _cancel(row: Campaign) -> None:
    moving = Dispatch.objects.filter(pk=row.dispatch_id, state__in=(Dispatch.State.RUNNING, Dispatch.State.PAUSED))
    moving.update(state=Dispatch.State.CANCELLED, finished_at=timezone.now(), pause_reason="")


def _reply(row: Campaign) -> str:
    return f"sent by Mailchimp as campaign {row.campaign_id}"
