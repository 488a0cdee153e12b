"""An issue's blocks as plain data: read once, then written as mail, as text, and checked."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.images.models import SourceImageIOError
from wagtail.models import Page

from newsletter.composing import code_mark
from newsletter.rich_text import Paragraph, read_rich_text

# Short, so that the file's name keeps some of the picture's: Wagtail cuts the whole at 60 characters.
HERO = "fill-1200x600|bgcolor-fff|format-jpeg"  # twice the size shown
THUMBNAIL = "fill-352x264|bgcolor-fff|format-jpeg"
AVATAR = "fill-128x128|bgcolor-fff|format-jpeg"


@dataclass(frozen=True)
class Person:
    """Who signs or answers."""

    name: str
    role: str = ""
    photo: str = ""


@dataclass(frozen=True)
class Piece:
    """One block. `kind` is intro, lead, article, text, question, offer or divider; what a kind has not is empty.

    `url` and `picture` are absolute addresses. The first article of an issue is its lead.
    """

    kind: str
    title: str = ""
    words: str = ""
    paragraphs: list[Paragraph] = field(default_factory=list)
    person: Person | None = None
    url: str = ""
    picture: str = ""
    minutes: int = 0
    offer: Any = None  # an Offer, with its partner
    code: str = ""  # the mark in whose place each reader's code goes

    @property
    def template(self) -> str:
        """How it stands in the mail."""
        return f"newsletter/mail/{self.kind}.mjml"


def read_pieces(issue: Any) -> list[Piece]:
    """The blocks of an IssuePage in reading order; blocks whose page was deleted are left out."""
    pieces: list[Piece] = []
    for block in issue.body:
        read = _READERS[block.block_type]
        piece = read(block.value, is_lead=not any(piece.kind == "lead" for piece in pieces))
        if piece is not None:
            pieces.append(piece)
    return pieces


def find_articles(issue: Any) -> list[Any]:
    """The ArticlePages of an issue, as their cards name them."""
    return [block.value["article"] for block in issue.body if block.block_type == "article" and block.value["article"]]


def find_offers_in(issue: Any) -> list[Any]:
    """The Offers of an issue."""
    return [block.value["offer"] for block in issue.body if block.block_type == "offer" and block.value["offer"]]


def page_address(page: Page | None) -> str:
    """The page's address on SITE_URL; empty for a page that no site shows."""
    parts = page.get_url_parts() if page is not None else None
    return f"{settings.SITE_URL}{parts[2]}" if parts and parts[2] else ""


def picture_address(image: Any, size: str) -> str:
    """The absolute address of a resized copy; empty when there is no picture or its file is lost."""
    if image is None:
        return ""
    try:
        return urljoin(f"{settings.SITE_URL}/", image.get_rendition(size).url)
    except (SourceImageIOError, InvalidFilterSpecError, OSError):
        return ""


def _read_person(page: Any) -> Person | None:
    if page is None:
        return None
    return Person(page.title, page.specific.role, picture_address(page.specific.photo, AVATAR))


def _read_intro(value: Any, *, is_lead: bool) -> Piece:
    return Piece("intro", paragraphs=read_rich_text(value["text"].source), person=_read_person(value["signed_by"]))


def _read_article(value: Any, *, is_lead: bool) -> Piece | None:
    page = value["article"]
    if page is None:
        return None
    article = page.specific
    return Piece(
        "lead" if is_lead else "article",
        title=article.title,
        words=value["words"] or article.deck,
        url=page_address(article),
        picture="" if is_lead else picture_address(article.picture, THUMBNAIL),
        minutes=article.reading_minutes,
    )


def _read_text(value: Any, *, is_lead: bool) -> Piece:
    return Piece("text", title=value["title"], paragraphs=read_rich_text(value["text"].source))


def _read_question(value: Any, *, is_lead: bool) -> Piece:
    return Piece(
        "question",
        words=value["question"],
        paragraphs=read_rich_text(value["answer"].source),
        person=_read_person(value["answered_by"]),
    )


def _read_offer(value: Any, *, is_lead: bool) -> Piece | None:
    offer = value["offer"]
    if offer is None:
        return None
    return Piece("offer", title=offer.title, words=value["words"], offer=offer, code=code_mark(offer.pk))


def _read_divider(_value: Any, *, is_lead: bool) -> Piece:
    return Piece("divider")


_READERS = {
    "intro": _read_intro,
    "article": _read_article,
    "text": _read_text,
    "question": _read_question,
    "offer": _read_offer,
    "divider": _read_divider,
}
