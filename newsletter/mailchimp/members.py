"""The rows of what is known of the audience's contacts; every write of them is here."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from newsletter.mailchimp.payload import OWN_FIELDS, Wanted
from newsletter.models import MailchimpConnection, MailchimpErrand, MailchimpMember, Subscriber
from newsletter.senders.mailchimp import hash_of
from newsletter.senders.mailchimp.shapes import Member

Status, Problem, ToGo = MailchimpMember.Status, MailchimpMember.Problem, MailchimpMember.ToGo
WAITS = (1, 5, 15, 60, 240)  # minutes after each try in vain


def connected() -> MailchimpConnection | None:
    """The audience that is kept in step, if there is one."""
    return MailchimpConnection.objects.filter(pk=1, is_on=True).first()


def known_as(there: Member) -> dict[str, Any]:
    """What a contact has there, in the form that `payload.differs` compares."""
    fields = {tag: str(there.merge_fields[tag] or "") for tag in OWN_FIELDS if tag in there.merge_fields}
    return {"fields": fields, "tags": sorted(there.tags)}


def note_there(audience: str, there: Member, **more: Any) -> MailchimpMember:
    """Write down how a contact stands, unless a later state is known already. Returns the row."""
    fields = {
        "status": there.status if there.status in Status else Status.TRANSACTIONAL,
        "changed_there_at": there.changed_at,
        "opted_in_at": there.opted_in_at,
        "pushed": known_as(there),
        "noted_at": timezone.now(),
        **more,
    }
    row, is_new = MailchimpMember.objects.get_or_create(audience_id=audience, hash=there.pk, defaults=fields)
    if not is_new:
        older = Q(changed_there_at=None) | Q(changed_there_at__lte=there.changed_at or timezone.now())
        MailchimpMember.objects.filter(older, pk=row.pk).update(**fields)
        row.refresh_from_db()
    return row


def note_asked(audience: str, wanted: Iterable[Wanted]) -> None:
    """Before a call that adds them: if its answer is lost, they may be there."""
    rows = [
        MailchimpMember(
            audience_id=audience,
            hash=hash_of(one.subscriber.mailbox),
            subscriber=one.subscriber,
            status=Status.UNSURE,
            noted_at=timezone.now(),
        )
        for one in wanted
    ]
    own = [row.subscriber_id for row in rows]
    hashes = [row.hash for row in rows]
    # A row of the same subscriber under another address, and one of the same address without a subscriber, give way.
    MailchimpMember.objects.filter(subscriber__in=own).exclude(hash__in=hashes).update(subscriber=None)
    MailchimpMember.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["audience_id", "hash"],
        update_fields=["subscriber", "status", "noted_at"],
    )


def note_problem(row_filter: Any, problem: str, words: str) -> None:
    """Mailchimp does not take this contact as things are."""
    MailchimpMember.objects.filter(row_filter).update(problem=problem, problem_words=words[:250])


def is_done(errand: MailchimpErrand) -> None:
    """Nothing is left to tell, unless they changed meanwhile."""
    MailchimpErrand.objects.filter(pk=errand.pk, version=errand.version).delete()
    MailchimpErrand.objects.filter(pk=errand.pk).update(tries=0, next_try_at=None, fault="")


def try_later(errands: Iterable[MailchimpErrand], words: str) -> None:
    """What may pass by itself is tried again, later each time."""
    for errand in errands:
        wait = timedelta(minutes=WAITS[min(errand.tries, len(WAITS) - 1)])
        same = MailchimpErrand.objects.filter(pk=errand.pk, version=errand.version)
        same.update(tries=F("tries") + 1, next_try_at=timezone.now() + wait, fault=words[:250])


def ask_for_push(keys: Iterable[int]) -> int:
    """Errands for these subscribers; an errand that is there already stays as it is."""
    rows = [MailchimpErrand(subscriber_id=key) for key in keys]
    return len(MailchimpErrand.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000))


def link_rows(audience: str, people: Iterable[Subscriber]) -> dict[int, MailchimpMember]:
    """The rows by subscriber; a row that was known by its address alone is the subscriber's from now on."""
    by_hash = {hash_of(person.mailbox): person for person in people}
    keys = [person.pk for person in by_hash.values()]
    mine = MailchimpMember.objects.filter(audience_id=audience, to_go=ToGo.NO)
    found = {row.subscriber_id: row for row in mine.filter(subscriber__in=keys) if row.subscriber_id}
    for row in mine.filter(hash__in=list(by_hash), subscriber=None):
        person = by_hash[row.hash]
        if person.pk not in found:
            MailchimpMember.objects.filter(pk=row.pk, subscriber=None).update(subscriber=person, email="", name="")
            row.subscriber, row.email, row.name = person, "", ""
            found[person.pk] = row
    return found
