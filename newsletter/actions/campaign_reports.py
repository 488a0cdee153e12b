"""What Mailchimp goes on to tell of a campaign that is over: bounces, who left through it, its own numbers."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from newsletter.actions.leased_rows import claim, give_back, is_free, note, try_later
from newsletter.actions.mail_events import take_mail_event
from newsletter.errors import MailchimpError
from newsletter.models import Campaign, Delivery, Departure, MailEvent
from newsletter.senders.campaign_calls import CALLS, DELETED, leavers, read_numbers, receipts
from newsletter.senders.mailchimp import Mailchimp

TOLD_FOR = timedelta(days=8)
_AGAIN = ((timedelta(hours=1), timedelta(minutes=5)), (timedelta(days=1), timedelta(hours=1)))  # (age, wait)
RARELY = timedelta(hours=12)
TOGETHER = 200
_KINDS = {"hard": MailEvent.Kind.HARD, "soft": MailEvent.Kind.SOFT}


def due_reports() -> QuerySet[Campaign]:
    """Campaigns whose numbers may have changed since they were last read."""
    now = timezone.now()
    young = Q(dispatch__finished_at__gt=now - TOLD_FOR) | Q(report_at=None)
    return Campaign.objects.filter(is_free(now), young, settled_at__isnull=False).exclude(status=DELETED)


def read_report(pk: int) -> None:
    """Read one report, if it is due; harmless when rung twice, for each piece of news is taken once."""
    row = claim(due_reports(), pk)
    if row is None:
        return
    port = Mailchimp(tries=CALLS)
    try:
        numbers = read_numbers(port, row.campaign_id)
        bounced = [(address, status) for address, status in receipts(port, row.campaign_id) if status in _KINDS]
        _take_bounces(row, bounced)
        _take_leavers(row, list(leavers(port, row.campaign_id)))
    except MailchimpError as error:
        try_later(row, str(error))
        return
    now = timezone.now()
    give_back(row, report=numbers, report_at=now, next_try_at=now + _wait(row, now), tries=0, fault="")


def _wait(row: Campaign, now: datetime) -> timedelta:
    age = now - (row.sent_at or now)
    return next((wait for limit, wait in _AGAIN if age < limit), RARELY)


def _take_bounces(row: Campaign, bounced: list[tuple[str, str]]) -> None:
    for address, status in bounced:
        delivery = _delivery_to(row, address)
        if delivery is None or delivery.subscriber is None:
            continue
        take_mail_event(
            provider="mailchimp",
            event_id=f"{row.campaign_id}.{delivery.subscriber_id}.{status}",
            kind=_KINDS[status],
            subscriber=delivery.subscriber,
            delivery=delivery,
            diagnostic=f"Mailchimp says: {status} bounce",
        )
        note(row)


def _take_leavers(row: Campaign, left: list[tuple[str, datetime | None]]) -> None:
    """For the report alone: that somebody left is the sync's matter."""
    for start in range(0, len(left), TOGETHER):
        with transaction.atomic():
            for address, at in left[start : start + TOGETHER]:
                delivery = _delivery_to(row, address)
                if delivery is not None and delivery.subscriber_id is not None:
                    Departure.objects.get_or_create(
                        dispatch_id=row.dispatch_id,
                        subscriber_id=delivery.subscriber_id,
                        defaults={"at": at or timezone.now()},
                    )
        note(row)


def _delivery_to(row: Campaign, address: str) -> Delivery | None:
    own = Q(subscriber__mailbox=address) | Q(subscriber__email__iexact=address)
    return Delivery.objects.filter(own, dispatch=row.dispatch_id).select_related("subscriber").first()
