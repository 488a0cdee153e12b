"""The two e-books of the demo, and the gift of the first to everybody who confirmed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.files.base import ContentFile

from home.demo.pictures import add_picture
from home.demo.publishing import morning_before
from home.demo.texts import FOLDER
from newsletter.models import Ebook, EbookEdition, EbookGrant, Subscriber

SLUG = "a-calmer-day-with-pain"
SHORT_SLUG = "six-good-questions"
COVER_ALT = "The cover of “A calmer day with pain”: white flower heads before a setting sun"
WRITTEN, SHORT_WRITTEN = 426, 60  # days before the demo is loaded
LINK_HOLDS = timedelta(days=7)


def add_ebook(*, now: datetime) -> Ebook:
    """“A calmer day with pain”, a PDF in private storage."""
    written = morning_before(now, WRITTEN)
    book = Ebook.objects.create(
        title="A calmer day with pain",
        slug=SLUG,
        blurb="Forty-eight small, practical ideas, in the order of a day.",
        cover=add_picture("ebook-cover", COVER_ALT),
        cover_alt=COVER_ALT,
        created_at=written,
    )
    _add_edition(book, written)
    return book


def add_short_ebook(*, now: datetime) -> Ebook:
    """“Six good questions”, four pages, which readers can ask for besides."""
    written = morning_before(now, SHORT_WRITTEN)
    book = Ebook.objects.create(
        title="Six good questions for your next appointment",
        slug=SHORT_SLUG,
        blurb="Four pages to print and take along.",
        place=2,
        created_at=written,
    )
    _add_edition(book, written)
    return book


def _add_edition(book: Ebook, at: datetime) -> None:
    content = (FOLDER / "ebook" / f"{book.slug}.pdf").read_bytes()
    EbookEdition.objects.create(ebook=book, file=ContentFile(content, name=f"{book.slug}.pdf"), published_at=at)


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
