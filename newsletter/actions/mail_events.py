"""Taking news about mails that had left, and what follows for the reader: the rules of bounces and complaints."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from newsletter.actions.consents import record_consent
from newsletter.actions.mail_alarms import watch_dispatch, watch_domain
from newsletter.actions.suppressing import suppress_mailbox
from newsletter.bounce_rules import judge_refusal, status_of_reply, without_addresses
from newsletter.models import Consent, Delivery, MailEvent, Subscriber, Suppression
from newsletter.senders import Outcome, Stage

SOFT_LIMIT = 5  # days with a soft bounce in a row, one a day counted
SOFT_SPAN = timedelta(days=21)  # between the first and the last of them
BOUNCES_COME_WITHIN = timedelta(days=5)  # so long a mail server tries; then a handed-over mail has arrived

Kind = MailEvent.Kind


@transaction.atomic
def take_mail_event(
    *,
    provider: str,
    event_id: str,
    kind: MailEvent.Kind,
    subscriber: Subscriber | None,
    delivery: Delivery | None = None,
    status: str = "",
    diagnostic: str = "",
    at: datetime | None = None,
    written_at: datetime | None = None,
) -> bool:
    """Store one piece of news and act on it; False if it is known. Joins the caller's transaction.

    `provider` and `event_id` name the news: the same twice, at any time, in any order with others, has one effect.
    `written_at` is when the mail left: news of a mail to an address that the reader has changed since concerns nobody.
    """
    _, is_new = MailEvent.objects.get_or_create(
        provider=provider,
        event_id=event_id[:200],
        defaults={
            "kind": kind,
            "subscriber": subscriber,
            "delivery": delivery,
            "status": status[:12],
            # Of somebody who is erased, not even a server's words are kept.
            "diagnostic": without_addresses(diagnostic) if subscriber else "",
            "at": at or timezone.now(),
        },
    )
    if not is_new:
        return False
    if subscriber is not None and not _has_moved(subscriber, written_at or (delivery.at if delivery else None)):
        _conclude(subscriber, kind, detail=without_addresses(f"{status} {diagnostic}".strip()))
    if delivery is not None:
        watch_dispatch(delivery.dispatch_id, kind)
    if subscriber is not None and kind == Kind.COMPLAINT:
        watch_domain(subscriber)
    return True


def take_refusal(delivery: Delivery, outcome: Outcome) -> None:
    """A dispatch's message that a mail server refused for good; joins the caller's transaction."""
    if outcome.stage is Stage.COMPOSING or delivery.subscriber is None:
        return
    status = status_of_reply(outcome.reply)
    take_mail_event(
        provider="smtp",
        event_id=f"dispatch.{delivery.dispatch_id}.{delivery.subscriber_id}",
        kind=judge_refusal(status, words=outcome.reply),
        subscriber=delivery.subscriber,
        delivery=delivery,
        status=status,
        diagnostic=f"{outcome.code or ''} {outcome.reply}".strip(),
    )


def _conclude(subscriber: Subscriber, kind: MailEvent.Kind, *, detail: str) -> None:
    if kind in MailEvent.BOUNCES:
        record_consent(subscriber, Consent.Act.RETURNED_MAIL, form="mail", detail=detail)
    if kind == Kind.COMPLAINT:
        suppress_mailbox(subscriber.mailbox, reason=Suppression.Reason.COMPLAINED)
    elif kind == Kind.HARD:
        suppress_mailbox(subscriber.mailbox, reason=Suppression.Reason.BOUNCED, detail=detail)
    elif kind == Kind.SOFT and _is_given_up(subscriber):
        suppress_mailbox(subscriber.mailbox, reason=Suppression.Reason.BOUNCED, detail=f"again and again: {detail}")


def _is_given_up(subscriber: Subscriber) -> bool:
    """Whether soft bounces came on so many days in a row, over so long, without any sign that a mail arrived."""
    softs = subscriber.mail_events.filter(kind=Kind.SOFT)
    if good := _last_good_sign(subscriber):
        softs = softs.filter(at__gt=good)
    days = sorted({timezone.localdate(at) for at in softs.values_list("at", flat=True)})
    return len(days) >= SOFT_LIMIT and days[-1] - days[0] >= SOFT_SPAN


def _last_good_sign(subscriber: Subscriber) -> datetime | None:
    """When something last showed that the mailbox works: the reader acted, or a mail got there and stayed."""
    clean = subscriber.deliveries.exclude(mail_events__kind__in=(*MailEvent.BOUNCES, Kind.BLOCKED))
    stayed = clean.filter(state=Delivery.State.HANDED_OVER, at__lt=timezone.now() - BOUNCES_COME_WITHIN)
    told = subscriber.mail_events.filter(kind=Kind.DELIVERED)
    signs = [subscriber.last_sign_at, *(rows.aggregate(at=Max("at"))["at"] for rows in (stayed, told))]
    return max((sign for sign in signs if sign), default=None)


def _has_moved(subscriber: Subscriber, written_at: datetime | None) -> bool:
    if written_at is None:
        return False
    return subscriber.consents.filter(act=Consent.Act.ADDRESS, at__gt=written_at).exists()
