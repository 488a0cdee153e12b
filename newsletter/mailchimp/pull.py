"""What follows here from how a contact stands there. An unsubscribe wins from either side; nobody is revived by it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from guard.addresses import InvalidAddressError, as_written, fingerprint, normalise
from newsletter.actions.bringing_in import bring_in_from_mailchimp
from newsletter.actions.leaving import unsubscribe
from newsletter.actions.own_page import take_name
from newsletter.actions.suppressing import suppress_mailbox
from newsletter.mailchimp.members import ToGo, ask_for_push, known_as, note_there
from newsletter.mailchimp.payload import NAME
from newsletter.models import (
    Campaign,
    Consent,
    MailchimpConnection,
    MailchimpMember,
    Subscriber,
    Suppression,
)
from newsletter.senders.mailchimp.shapes import Member

State, Status = Subscriber.State, MailchimpMember.Status
COMPLAINED = {"abuse", "ABUSE"}  # how a webhook and a contact say it
LEFT_THERE = "mailchimp"  # the form in the record of consents


def take_state(
    connection: MailchimpConnection, there: Member, *, reason: str = "", campaign_id: str = "", seen_in: int = 0
) -> bool:
    """Take in how one contact stands; whether something follows from it, here or there."""
    return take_states(connection, [there], reason=reason, campaign_id=campaign_id, seen_in=seen_in) > 0


@transaction.atomic
def take_states(
    connection: MailchimpConnection,
    contacts: Iterable[Member],
    *,
    reason: str = "",
    campaign_id: str = "",
    seen_in: int = 0,
    brings_in: bool = False,
) -> int:
    """Take in a page of contacts; of how many something follows."""
    by_mailbox = {mailbox: one for one in contacts if (mailbox := _mailbox_of(one))}
    prints = {fingerprint(mailbox): mailbox for mailbox in by_mailbox}
    people = {one.mailbox: one for one in Subscriber.objects.select_for_update().filter(fingerprint__in=prints)}
    barred = set(Suppression.objects.filter(fingerprint__in=prints).values_list("fingerprint", flat=True))
    barred_boxes = {prints[one] for one in barred}
    hashes = [one.pk for one in by_mailbox.values()]
    rows = MailchimpMember.objects.filter(audience_id=connection.audience_id, hash__in=hashes)
    known = {row.hash: row for row in rows}
    moved = _who_moved(by_mailbox, people, known)
    followed, same = 0, []
    # First the old address, then the one that its owner has now: the contact of that stays.
    for mailbox, there in sorted(by_mailbox.items(), key=lambda one: one[0] in people):
        person, row = people.get(mailbox) or moved.get(mailbox), known.get(there.pk)
        if row is not None and row.to_go:
            continue
        if row is not None and _is_as_known(row, there, person) and not (person is None and mailbox in barred_boxes):
            same.append(row.pk)
            continue
        more: dict[str, Any] = {"seen_in": seen_in} if seen_in else {}
        if person:
            followed += _of_subscriber(connection, person, there, reason=reason, campaign_id=campaign_id, more=more)
        else:
            followed += _of_stranger(
                connection, there, is_barred=mailbox in barred_boxes, brings_in=brings_in, more=more
            )
    if same and seen_in:
        MailchimpMember.objects.filter(pk__in=same).update(seen_in=seen_in)
    return followed


def _who_moved(
    by_mailbox: Mapping[str, Member], people: Mapping[str, Subscriber], known: Mapping[str, MailchimpMember]
) -> dict[str, Subscriber]:
    """Owners of contacts who have another address here, not told yet. A bounce of the old one is not theirs."""
    owners = {
        mailbox: row.subscriber_id
        for mailbox, there in by_mailbox.items()
        if mailbox not in people and there.status != Status.CLEANED and (row := known.get(there.pk)) is not None
    }
    keys = {key for key in owners.values() if key}
    found = Subscriber.objects.select_for_update().in_bulk(keys) if keys else {}
    return {mailbox: found[key] for mailbox, key in owners.items() if key in found}


def _is_as_known(row: MailchimpMember, there: Member, person: Subscriber | None) -> bool:
    """Whether nothing follows: nine of ten contacts of a comparison, which need no statement of their own."""
    if (row.status, row.changed_there_at, row.pushed) != (there.status, there.changed_at, known_as(there)):
        return False
    if row.subscriber_id != (person.pk if person else None):
        return False
    return person is not None and (person.state == State.CONFIRMED or row.status not in MailchimpMember.ON_THE_LIST)


def _mailbox_of(there: Member) -> str:
    try:
        return normalise(there.email)
    except InvalidAddressError:
        return ""


def _of_subscriber(
    connection: MailchimpConnection,
    person: Subscriber,
    there: Member,
    *,
    reason: str,
    campaign_id: str,
    more: dict[str, Any],
) -> bool:
    before = MailchimpMember.objects.filter(audience_id=connection.audience_id, hash=there.pk).first()
    others = MailchimpMember.objects.filter(subscriber=person).exclude(hash=there.pk)
    if others.exists():
        others.update(subscriber=None, to_go=ToGo.ARCHIVE)
    problem = {"problem": "", "problem_words": ""} if there.status == Status.SUBSCRIBED else {}
    row = note_there(connection.audience_id, there, subscriber=person, email="", name="", **problem, **more)
    # What is no news has been followed already, be it our own doing.
    is_news = before is None or (before.status, before.changed_there_at) != (row.status, row.changed_there_at)
    if is_news and row.status in MailchimpMember.OFF and person.state != State.LEFT and not _asked_since(person, row):
        return _leave_here(person, there, reason=reason, campaign_id=campaign_id)
    if person.state == State.CONFIRMED and row.status in MailchimpMember.ON_THE_LIST:
        _take_name(person, there, before)
        return False
    if _is_wrongly_on(person, row):
        ask_for_push([person.pk])
        return True
    return False


def _is_wrongly_on(person: Subscriber, row: MailchimpMember) -> bool:
    """On the list there, and has left here: also who asks anew after that and has not confirmed yet."""
    has_left = person.state == State.LEFT or (person.state == State.PENDING and person.left_at is not None)
    return has_left and row.status in MailchimpMember.ON_THE_LIST


def _asked_since(person: Subscriber, row: MailchimpMember) -> bool:
    """Whether they asked or confirmed here after they had left there: they are coming back. In doubt they are not."""
    acts = [Consent.Act.CONFIRMED] if person.state == State.CONFIRMED else [Consent.Act.ASKED]
    last = person.consents.filter(act__in=acts).last()
    when = _second(last.at if last else person.confirmed_at or person.asked_at)
    return row.changed_there_at is not None and when > row.changed_there_at


def _second(at: datetime) -> datetime:
    """Mailchimp knows no smaller times: whoever left there in the same second has left."""
    return at.replace(microsecond=0)


def _leave_here(person: Subscriber, there: Member, *, reason: str, campaign_id: str) -> bool:
    if reason in COMPLAINED or there.reason in COMPLAINED:
        return suppress_mailbox(person.mailbox, reason=Suppression.Reason.COMPLAINED, detail="Mailchimp")
    if there.status == Status.CLEANED:
        return suppress_mailbox(person.mailbox, reason=Suppression.Reason.BOUNCED, detail="Mailchimp")
    through = Campaign.objects.filter(campaign_id=campaign_id).values_list("dispatch", flat=True).first() or 0
    return unsubscribe(person, by=LEFT_THERE, through=through if campaign_id else 0)


def _take_name(person: Subscriber, there: Member, before: MailchimpMember | None) -> None:
    """A name that was changed there, and not here, since it was pushed is theirs. Else ours is pushed."""
    if before is None or not before.pushed:
        return
    pushed = str((before.pushed.get("fields") or {}).get(NAME) or "")
    told = str(there.merge_fields.get(NAME) or "")[:80]
    if told not in {pushed, person.name} and person.name == pushed:
        take_name(person, told, form=LEFT_THERE)


def _of_stranger(
    connection: MailchimpConnection, there: Member, *, is_barred: bool, brings_in: bool, more: dict[str, Any]
) -> bool:
    name = str(there.merge_fields.get(NAME) or "")[:80]
    row = note_there(connection.audience_id, there, subscriber=None, email=there.email[:320], name=name, **more)
    is_on = row.status == Status.SUBSCRIBED
    if is_barred and row.status in MailchimpMember.ON_THE_LIST:
        MailchimpMember.objects.filter(pk=row.pk).update(to_go=ToGo.LEAVE)
        return True
    if not is_on or is_barred or not brings_in or not connection.brings_in:
        return False
    try:
        with transaction.atomic():
            person = bring_in_from_mailchimp(as_written(there.email), name=name, joined=there.opted_in_at)
    except IntegrityError:  # they joined here at this very moment
        return False
    MailchimpMember.objects.filter(pk=row.pk).update(subscriber=person, email="", name="")
    return True


def note_missing(connection: MailchimpConnection, hashes: Iterable[str]) -> int:
    """These contacts are not in the audience any more. Nobody leaves by it: the team sees them in the comparison."""
    rows = MailchimpMember.objects.filter(audience_id=connection.audience_id, hash__in=list(hashes))
    rows.filter(subscriber=None, to_go=ToGo.NO).delete()
    return rows.exclude(status=Status.UNSURE).update(status=Status.MISSING, noted_at=timezone.now(), pushed={})


def reader_at(address: str) -> Subscriber | None:
    """Who has this address here."""
    try:
        return Subscriber.objects.filter(mailbox=normalise(address)).first()
    except InvalidAddressError:
        return None
