"""The e-book of the demo, and the gift of it to everybody who confirmed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.files.base import ContentFile

from home.demo.pictures import add_picture
from home.demo.publishing import morning_before
from home.demo.texts import FOLDER
from newsletter.models import Ebook, EbookGrant, Subscriber

SLUG = "a-calmer-day-with-pain"
COVER_ALT = "The cover of “A calmer day with pain”: white flower heads before a setting sun"
WRITTEN = 426  # days before the demo is loaded
LINK_HOLDS = timedelta(days=7)


def add_ebook(*, now: datetime) -> Ebook:
    """“A calmer day with pain”, a PDF in private storage."""
    content = (FOLDER / "ebook" / f"{SLUG}.pdf").read_bytes()
    return Ebook.objects.create(
        title="A calmer day with pain",
        slug=SLUG,
        blurb="Forty-eight small, practical ideas, in the order of a day.",
        cover=add_picture("ebook-cover", COVER_ALT),
        cover_alt=COVER_ALT,
        file=ContentFile(content, name=f"{SLUG}.pdf"),
        created_at=morning_before(now, WRITTEN),
    )


def add_grants(ebook: Ebook, subscribers: Iterable[Subscriber]) -> None:
    """One gift to each person who confirmed, on that day; two in three fetched the book."""
    EbookGrant.objects.bulk_create(
        [
            EbookGrant(
                ebook=ebook,
                subscriber=person,
                downloads=1 if number % 3 else 0,
                created_at=person.confirmed_at,
                expires_at=person.confirmed_at + LINK_HOLDS,
            )
            for number, person in enumerate(subscribers)
            if person.confirmed_at
        ]
    )
