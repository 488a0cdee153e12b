"""News by webhook: stored before the 200, and then only a bell. How the contact stands is read over the API.

So it matters neither in which order news comes, nor how often, nor who else might know the address of the webhook.
"""

import hashlib
import hmac
import logging
import time
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from guard.addresses import InvalidAddressError, as_written, normalise
from guard.bells import ring_after_commit
from newsletter.actions.address_changes import follow_to_address
from newsletter.actions.stopping import stopping
from newsletter.errors import MailchimpError, MailchimpRefused
from newsletter.mailchimp.changing import NOT_THERE
from newsletter.mailchimp.members import connected
from newsletter.mailchimp.pull import note_missing, reader_at, take_states
from newsletter.models import MailchimpConnection, MailchimpEvent, MailchimpMember, Subscriber
from newsletter.senders.mailchimp import Mailchimp, hash_of
from newsletter.senders.mailchimp.shapes import Member

log = logging.getLogger(__name__)

KINDS = {"subscribe", "unsubscribe", "profile", "cleaned", "upemail"}
WINDOW = 300  # seconds of a signed time
OLDEST = timedelta(days=7)  # news that says it is older is taken for as old
AT_ONCE = 500
_MANY = 20  # events that wait: then a page of what changed lately is cheaper than a call for each
_LOOK_BACK = timedelta(minutes=5)


def is_signed(raw: bytes, header: str, secret: str) -> bool:
    """Whether `t=<unix>,v1=<hex>` is Mailchimp's signature of this body, made within five minutes."""
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    at = parts.get("t", "")
    if not at.isdecimal() or len(at) > 12 or abs(time.time() - int(at)) > WINDOW:  # noqa: PLR2004
        return False
    own = hmac.new(secret.encode(), f"{at}.".encode() + raw, hashlib.sha256).hexdigest()
    return hmac.compare_digest(own.encode(), parts.get("v1", "").encode())


@transaction.atomic
def store_event(fields: QueryDict, *, audience: str) -> bool:
    """Write one down and ring; False if it is known, or about nothing that matters here."""
    from newsletter.mailchimp.tasks import take_mailchimp_news  # noqa: PLC0415 - the task calls this module

    kind = fields.get("type", "")
    email = fields.get("data[new_email]") or fields.get("data[email]") or ""
    if kind not in KINDS or fields.get("data[list_id]") != audience or not email or len(email) > 320:  # noqa: PLR2004
        return False
    fired = fields.get("fired_at", "")
    name = f"{kind}\0{fields.get('data[id]') or email}\0{fired}\0{fields.get('data[old_email]', '')}"
    _, is_new = MailchimpEvent.objects.get_or_create(
        key=hashlib.sha256(name.encode()).hexdigest(),
        defaults={
            "kind": kind,
            "email": email.replace("\0", ""),
            "old_email": (fields.get("data[old_email]") or "")[:320].replace("\0", ""),
            "reason": (fields.get("data[reason]") or "")[:12].replace("\0", ""),
            "campaign_id": (fields.get("data[campaign_id]") or "")[:40].replace("\0", ""),
            "fired_at": _time(fired),
        },
    )
    if is_new:
        ring_after_commit(take_mailchimp_news)
    return is_new


def take_news() -> bool:
    """Look at every contact of whom news waits; whether some is left. Harmless rung twice."""
    connection = connected()
    if connection is None:
        return False
    port = Mailchimp()
    try:
        while not stopping.is_set():
            waiting = list(MailchimpEvent.objects.filter(taken_at=None).order_by("pk")[:AT_ONCE])
            if not waiting:
                return False
            if len(waiting) >= _MANY:
                _read_many(port, connection, waiting)
            else:
                for event in waiting:
                    _take(port, connection, event)
    except MailchimpError as error:
        log.warning("News of Mailchimp waits: it cannot be read back: %s", error)
    return MailchimpEvent.objects.filter(taken_at=None).exists()


def _read_many(port: Mailchimp, connection: MailchimpConnection, waiting: list[MailchimpEvent]) -> None:
    """What is found on pages of what changed lately needs no call of its own."""
    by_hash: dict[str, list[MailchimpEvent]] = {}
    for event in waiting:
        if event.kind != "upemail":
            by_hash.setdefault(hash_of(event.email), []).append(event)
    since = min(event.fired_at for event in waiting) - _LOOK_BACK
    offset, total = 0, 1
    while offset < min(total, 5000) and by_hash:
        page = port.list_members(connection.audience_id, offset=offset, changed_since=since)
        for there in page.members:
            if events := by_hash.pop(there.pk, None):
                _follow(connection, there, events)
        offset, total = offset + len(page.members), page.total
        if not page.members:
            break
    for event in waiting:
        if event.kind == "upemail" or hash_of(event.email) in by_hash:
            _take(port, connection, event)


def _take(port: Mailchimp, connection: MailchimpConnection, event: MailchimpEvent) -> None:
    there = _read(port, connection, event.email)
    if event.kind == "upemail" and there is not None:
        _take_move(port, connection, event, there)
    if there is None:
        note_missing(connection, [hash_of(event.email)])
        _is_taken([event])
        return
    _follow(connection, there, [event])


@transaction.atomic
def _follow(connection: MailchimpConnection, there: Member, events: list[MailchimpEvent]) -> None:
    reasons = {event.reason for event in events}
    campaign = next((event.campaign_id for event in events if event.campaign_id and event.kind == "unsubscribe"), "")
    take_states(
        connection,
        [there],
        reason="abuse" if "abuse" in reasons else "",
        campaign_id=campaign,
        brings_in=any(event.kind == "subscribe" for event in events),
    )
    _is_taken(events)


def _take_move(port: Mailchimp, connection: MailchimpConnection, event: MailchimpEvent, there: Member) -> None:
    """A contact that has another address there: if nobody is at the old one any more, they have it here too."""
    person = reader_at(event.old_email)
    if person is None or person.state != Subscriber.State.CONFIRMED or not _is_free(there.email):
        return
    if _read(port, connection, event.old_email) is not None:
        return
    with transaction.atomic():
        old = MailchimpMember.objects.filter(audience_id=connection.audience_id, hash=hash_of(person.mailbox))
        if follow_to_address(person, email=as_written(there.email)):
            MailchimpMember.objects.filter(audience_id=connection.audience_id, hash=there.pk, subscriber=None).delete()
            old.update(hash=there.pk)


def _is_free(address: str) -> bool:
    try:
        normalise(address)
    except InvalidAddressError:
        return False
    return reader_at(address) is None


def _read(port: Mailchimp, connection: MailchimpConnection, email: str) -> Member | None:
    try:
        return port.read_member(connection.audience_id, hash_of(email))
    except MailchimpRefused as error:
        if error.status != NOT_THERE:
            raise
        return None


def _is_taken(events: list[MailchimpEvent]) -> None:
    """Addresses are not kept longer than they are needed."""
    keys = [event.pk for event in events]
    MailchimpEvent.objects.filter(pk__in=keys).update(taken_at=timezone.now(), email="", old_email="")


def _time(fired: str) -> datetime:
    try:
        found = parse_datetime(fired)
    except ValueError:
        found = None
    now = timezone.now()
    if found is None:
        return now
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found
    return max(min(found, now), now - OLDEST)
