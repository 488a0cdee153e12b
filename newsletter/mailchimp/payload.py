"""What Mailchimp gets to know of a subscriber: the address, the first name, topics as tags; book and code if chosen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from blog.models import Topic
from newsletter.codes import show_code
from newsletter.links import ebook_url
from newsletter.models import Consent, EbookGrant, MailchimpConnection, OfferCode, Subscriber

NAME, BOOK, CODE = "FNAME", "EBOOK", "OFFERCODE"
OWN_FIELDS = (NAME, BOOK, CODE)  # of the others, such as a postal address, nothing is kept here
MOST = 255  # signs that a text field of theirs holds
_JOINED = (Consent.Act.ASKED, Consent.Act.IMPORTED)


def merge_fields_of(connection: MailchimpConnection) -> dict[str, str]:
    """Tag -> name of the merge fields that the audience needs."""
    fields = {NAME: "First name"}
    if connection.sends_ebook:
        fields[BOOK] = "Link to the e-book"
    if connection.sends_offer:
        fields[CODE] = "Offer code"
    return fields


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a contact should be. `signed_up_at` and `opted_in_at` are evidence of consent."""

    subscriber: Subscriber
    fields: dict[str, str]
    tags: tuple[str, ...]
    signed_up_at: str = ""
    opted_in_at: str = ""

    @property
    def known(self) -> dict[str, Any]:
        """What is written down once it is there."""
        return {"fields": self.fields, "tags": list(self.tags)}

    def body(self, **more: Any) -> dict[str, Any]:
        """What PUT and the batch take, without tags."""
        times = {"timestamp_signup": self.signed_up_at, "timestamp_opt": self.opted_in_at}
        given = {name: value for name, value in times.items() if value}
        return {"email_address": address_for(self.subscriber), "merge_fields": self.fields, **given, **more}


def address_for(subscriber: Subscriber) -> str:
    """As its owner wrote it; a domain beyond ASCII in its other form."""
    return subscriber.email if subscriber.email.isascii() else subscriber.mailbox


def all_topic_tags() -> set[str]:
    """The tags that this site gives and takes; the others of a contact are the team's own."""
    return set(Topic.objects.values_list("name", flat=True))


def wanted_for(people: Iterable[Subscriber], connection: MailchimpConnection) -> dict[int, Wanted]:
    """By subscriber, with a few queries for all of them."""
    rows = list(people)
    keys = [person.pk for person in rows]
    topics = _topics(keys)
    books = _books(keys) if connection.sends_ebook else {}
    codes = _codes(keys) if connection.sends_offer else {}
    asked = dict(
        Consent.objects.filter(subscriber__in=keys, act__in=_JOINED)
        .values_list("subscriber")
        .annotate(Max("at"))
        .values_list("subscriber", "at__max")
    )
    found = {}
    for person in rows:
        fields = {NAME: person.name}
        fields |= {BOOK: books.get(person.pk, "")} if connection.sends_ebook else {}
        fields |= {CODE: codes.get(person.pk, "")} if connection.sends_offer else {}
        found[person.pk] = Wanted(
            subscriber=person,
            fields={tag: value[:MOST] for tag, value in fields.items()},
            tags=tuple(sorted(topics.get(person.pk, ()))),
            signed_up_at=_iso(asked.get(person.pk) or person.asked_at),
            opted_in_at=_iso(person.confirmed_at),
        )
    return found


def differs(known: Mapping[str, Any], wanted: Wanted, ours: set[str]) -> bool:
    """Whether the contact has other fields or topics than it should; an empty field and none are the same."""
    fields = known.get("fields") or {}
    if any(str(fields.get(tag) or "") != value for tag, value in wanted.fields.items()):
        return True
    return set(known.get("tags") or ()) & (ours | set(wanted.tags)) != set(wanted.tags)


def _topics(keys: list[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    likes = Subscriber.topics.through.objects.filter(subscriber__in=keys)
    for person, topic in likes.values_list("subscriber_id", "topic__name"):
        found.setdefault(person, []).append(topic)
    return found


def _books(keys: list[int]) -> dict[int, str]:
    grants = EbookGrant.objects.filter(subscriber__in=keys).select_related("subscriber", "ebook").order_by("pk")
    return {grant.subscriber_id: ebook_url(grant) for grant in grants}


def _codes(keys: list[int]) -> dict[int, str]:
    open_ones = OfferCode.objects.filter(subscriber__in=keys, state=OfferCode.State.OPEN, offer__is_active=True)
    rows = open_ones.order_by("pk").values_list("subscriber", "code")
    return {person: show_code(code) for person, code in rows if person}


def _iso(at: Any) -> str:
    return at.isoformat(timespec="seconds") if at else ""
