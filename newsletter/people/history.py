"""What is known of one person, in order: a new kind of row is one more function here."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.timezone import localtime

from letters.models import Letter
from newsletter.models import Subscriber

SHOWN = 50  # of each kind, the latest


class Event(NamedTuple):
    """One thing that happened. `words` may be empty."""

    at: datetime
    what: str
    words: str = ""


class Section(NamedTuple):
    """Everything of one kind, the latest first."""

    heading: str
    events: list[Event]


def tell_history(person: Subscriber) -> list[Section]:
    """All kinds, also those of which there is nothing; one query each."""
    return [Section(heading, list(read(person))) for heading, read in _KINDS.items()]


def _consents(person: Subscriber) -> Iterator[Event]:
    for consent in person.consents.select_related("wording", "origin").order_by("-at", "-pk"):
        network = consent.origin.network if hasattr(consent, "origin") else ""
        place = ", ".join(part for part in (consent.form, consent.source_url, network) if part)
        words = f"“{consent.wording.text}”" if consent.wording else ""
        said = " ".join(part for part in (consent.detail, words) if part)
        yield Event(consent.at, f"{consent.get_act_display()} ({place or 'no form'})", said)


def _letters(person: Subscriber) -> Iterator[Event]:
    for letter in Letter.objects.filter(to=person.email).order_by("-created_at")[:SHOWN]:
        yield Event(letter.created_at, letter.subject or letter.kind, letter.get_state_display())


def _issues(person: Subscriber) -> Iterator[Event]:
    for delivery in person.deliveries.select_related("dispatch__issue").order_by("-at")[:SHOWN]:
        yield Event(delivery.at, delivery.dispatch.issue.title, f"{delivery.get_state_display()} {delivery.reply}")


def _ebooks(person: Subscriber) -> Iterator[Event]:
    for grant in person.ebook_grants.select_related("ebook").order_by("-created_at")[:SHOWN]:
        times = f"downloaded {grant.downloads} of {grant.MAX_DOWNLOADS} times"
        yield Event(grant.created_at, grant.ebook.title, times if grant.downloads else "not downloaded yet")


def _codes(person: Subscriber) -> Iterator[Event]:
    for code in person.offer_codes.select_related("offer").order_by("-created_at")[:SHOWN]:
        used = f"redeemed on {date_format(localtime(code.redeemed_at))}" if code.redeemed_at else ""
        yield Event(code.created_at, f"{code.offer.title}: {code}", used or code.get_state_display())


def _follows(person: Subscriber) -> Iterator[Event]:
    for follow in person.follows.with_targets().order_by("-asked_at"):
        yield Event(
            follow.confirmed_at or follow.asked_at, follow.words, "" if follow.confirmed_at else "not confirmed"
        )


def _returned_mail(person: Subscriber) -> Iterator[Event]:
    for event in person.mail_events.order_by("-at", "-pk")[:SHOWN]:
        yield Event(event.at, event.get_kind_display(), f"{event.status} {event.diagnostic}".strip())


_KINDS: dict[str, Callable[[Subscriber], Iterator[Event]]] = {
    "What they did": _consents,
    "Letters": _letters,
    "Issues": _issues,
    "E-books": _ebooks,
    "Codes": _codes,
    "What they follow": _follows,
    "News of their mail": _returned_mail,
}
