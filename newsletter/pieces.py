"""An issue's blocks as plain data: read once, then written as mail, as text, and checked."""

import re
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from wagtail.images.exceptions import InvalidFilterSpecError
from wagtail.images.models import SourceImageIOError
from wagtail.models import Page

from newsletter.blocks import MAIL, is_shown
from newsletter.composing import OWN_PAGE, code_mark
from newsletter.issue_fields import mark_paragraphs
from newsletter.rich_text import Paragraph, Run, read_rich_text

# Short, so that the file's name keeps some of the picture's: Wagtail cuts the whole at 60 characters.
AVATAR = "fill-128x128|bgcolor-fff|format-jpeg"


class Cut(Enum):
    """How pictures are cut for the mail, and how wide they are shown there: twice as sharp as that."""

    HERO = ("fill-1200x600|bgcolor-fff|format-jpeg", 600)
    THUMBNAIL = ("fill-352x264|bgcolor-fff|format-jpeg", 176)
    WITHIN = ("width-1040|bgcolor-fff|format-jpeg", 520)
    COVER = ("width-180|bgcolor-fff|format-jpeg", 90)


@dataclass(frozen=True)
class Person:
    """Who signs or answers."""

    name: str
    role: str = ""
    photo: str = ""


@dataclass(frozen=True)
class Picture:
    """A resized copy and the size at which it is shown. `alt` is empty for one that says nothing."""

    url: str
    width: int
    height: int
    alt: str = ""


@dataclass(frozen=True)
class Piece:
    """One block; what a kind has not is empty.

    `kind` is intro, lead, article, text, quote, question, offer, ebook, picture, button or divider. `url` is absolute.
    The first article of an issue is its lead.
    """

    kind: str
    title: str = ""
    words: str = ""
    paragraphs: list[Paragraph] = field(default_factory=list)
    person: Person | None = None
    url: str = ""
    image: Picture | None = None
    minutes: int = 0
    offer: Any = None  # an Offer, with its partner
    code: str = ""  # the mark in whose place each reader's code goes
    credit: str = ""
    button: str = ""  # its words
    is_main: bool = False  # the one filled button of an issue

    @property
    def template(self) -> str:
        """How it stands in the mail."""
        return f"newsletter/mail/{self.kind}.mjml"


def read_pieces(issue: Any) -> list[Piece]:
    """The blocks of an IssuePage's mail in reading order; blocks whose page, book or file is gone are left out."""
    pieces: list[Piece] = []
    for block in blocks_shown(issue, MAIL):
        read = _READERS[block.block_type]
        piece = read(block.value, is_lead=not any(piece.kind == "lead" for piece in pieces))
        if piece is not None:
            pieces.append(piece)
    return _with_main_button(pieces)


def _with_main_button(pieces: list[Piece]) -> list[Piece]:
    """One filled button an issue: that of the lead, or where there is no lead the first one."""
    main = next((p for p in pieces if p.kind == "lead"), None) or next((p for p in pieces if p.kind == "button"), None)
    return [replace(piece, is_main=piece is main) for piece in pieces]


def blocks_shown(issue: Any, where: str) -> list[Any]:
    """The blocks of an IssuePage that are part of its mail (`MAIL`) or of its web page (`WEB`), in reading order."""
    return [block for block in issue.body if is_shown(block, where)]


def find_articles(issue: Any, where: str = MAIL) -> list[Any]:
    """The ArticlePages of an issue, as the cards of its mail or web page name them."""
    return _chosen(issue, where, "article")


def find_offers_in(issue: Any) -> list[Any]:
    """The Offers of an issue's mail."""
    return _chosen(issue, MAIL, "offer")


def find_books_in(issue: Any) -> list[Any]:
    """The Ebooks of an issue's mail."""
    return _chosen(issue, MAIL, "ebook")


def _chosen(issue: Any, where: str, kind: str) -> list[Any]:
    """What the blocks of one type name, which is called as the type is; what was deleted since is left out."""
    blocks = [block for block in blocks_shown(issue, where) if block.block_type == kind]
    return [block.value[kind] for block in blocks if block.value[kind]]


def page_address(page: Page | None) -> str:
    """The page's address on SITE_URL; empty for a page that no site shows."""
    parts = page.get_url_parts() if page is not None else None
    return f"{settings.SITE_URL}{parts[2]}" if parts and parts[2] else ""


def cut_picture(image: Any, cut: Cut, alt: str = "") -> Picture | None:
    """A resized copy for a mail; None when there is no picture or its file is lost."""
    spec, most = cut.value
    copy = _copy_of(image, spec)
    if copy is None:
        return None
    width = min(most, copy.width)
    return Picture(_address_of(copy), width, max(1, round(copy.height * width / copy.width)), alt)


def _copy_of(image: Any, spec: str) -> Any:
    try:
        return image.get_rendition(spec) if image is not None else None
    except (SourceImageIOError, InvalidFilterSpecError, OSError):
        return None


def _address_of(copy: Any) -> str:
    return urljoin(f"{settings.SITE_URL}/", copy.url)


def _read_person(page: Any) -> Person | None:
    if page is None:
        return None
    photo = _copy_of(page.specific.photo, AVATAR)
    return Person(page.title, page.specific.role, _address_of(photo) if photo else "")


def _read_intro(value: Any, *, is_lead: bool) -> Piece:
    paragraphs = mark_paragraphs(read_rich_text(value["text"].source))
    return Piece("intro", paragraphs=paragraphs, person=_read_person(value["signed_by"]))


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
        image=None if is_lead else cut_picture(article.picture, Cut.THUMBNAIL),
        minutes=article.reading_minutes,
    )


def _read_text(value: Any, *, is_lead: bool) -> Piece:
    return Piece("text", title=value["title"], paragraphs=mark_paragraphs(read_rich_text(value["text"].source)))


def _read_quote(value: Any, *, is_lead: bool) -> Piece:
    parts = [" ".join(part.split()) for part in re.split(r"\n\s*\n", f"“{value['text'].strip()}”")]
    return Piece("quote", paragraphs=[Paragraph(runs=[Run(part)]) for part in parts], person=Person(value["said_by"]))


def _read_picture(value: Any, *, is_lead: bool) -> Piece | None:
    image = value["image"]
    shown = cut_picture(image, Cut.WITHIN, alt=getattr(image, "contextual_alt_text", None) or "")
    if shown is None:
        return None
    return Piece("picture", image=shown, words=value["caption"], credit=value["credit"] or image.credit)


def _read_ebook(value: Any, *, is_lead: bool) -> Piece | None:
    book = value["ebook"]
    if book is None:
        return None
    # Its cover's words say no more than its title does.
    return Piece(
        "ebook",
        title=book.title,
        words=value["words"] or book.blurb,
        image=cut_picture(book.cover, Cut.COVER),
        url=f"{OWN_PAGE}#books",
        button="Get it on your own page",
    )


def _read_button(value: Any, *, is_lead: bool) -> Piece | None:
    url = page_address(value.target) or value.safe_address
    return Piece("button", button=value["words"], url=url) if url and value["words"].strip() else None


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
    "quote": _read_quote,
    "picture": _read_picture,
    "ebook": _read_ebook,
    "button": _read_button,
    "question": _read_question,
    "offer": _read_offer,
    "divider": _read_divider,
}
