"""The plain-text part of an issue: the same pieces, lines of 72 characters at most, links on lines of their own."""

import re
import textwrap
from collections.abc import Iterable
from typing import Any

from django.utils.formats import date_format

from newsletter.issue_fields import find_marks
from newsletter.pieces import Person, Piece
from newsletter.rich_text import Paragraph

WIDTH = 72
RULE = "-" * 60
HEADS = 2  # sections before the first piece
TYPICAL = {"name": "Margaret", "since": "14 November 2026"}
UNUSED = 0xE000  # of Unicode's private use: no words hold it
DISCLAIMER = (
    "General information only: please ask someone who knows you and your history before you change a treatment."
)


def write_text(context: dict[str, Any]) -> str:
    """The whole part, from the same context as the HTML part: the same words, links and placeholders in one order."""
    issue = context["issue"]
    month = f"{issue.label}, {context['month']}"
    sections = [
        f"{wrap(context['site_name'].upper())}\n\nRead on the web:\n{context['web_url']}",
        _write_all(wrap(month), wrap(issue.title.upper()), f"Dear {context['first_name']},"),
    ]
    is_opened = False
    for piece in context["pieces"]:
        written = _WRITERS[piece.kind](piece)
        if piece.kind == "intro" and not is_opened and len(sections) == HEADS:
            sections[-1] += f"\n\n{written}"  # no rule between the greeting and what follows it
        elif written:  # a divider is none: there is a rule between any two pieces
            sections.append(written)
        is_opened = True
    sections.append(_write_foot(context))
    return f"\n\n{RULE}\n\n".join(section.strip("\n") for section in sections) + "\n"


def wrap(words: str, *, first: str = "", rest: str = "") -> str:
    """Words in lines of at most 72 characters; only a single longer word keeps its length.

    A mark counts as what stands in its place for most readers.
    """
    lines: list[str] = []
    marks = find_marks(words)
    for mark, field in marks.items():
        words = words.replace(mark, _stand_in(mark, marks) * len(field.fill(TYPICAL)))
    for number, line in enumerate(words.split("\n")):
        lines += textwrap.wrap(
            " ".join(line.split()),
            WIDTH,
            initial_indent=rest if number else first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        )
    wrapped = "\n".join(lines)
    for mark in marks:
        wrapped = re.sub(f"{_stand_in(mark, marks)}+", mark, wrapped)
    return wrapped


def _stand_in(mark: str, marks: Iterable[str]) -> str:
    return chr(UNUSED + list(marks).index(mark))


def write_paragraphs(paragraphs: Iterable[Paragraph]) -> str:
    """Paragraphs and lists in lines of 72 characters, an empty line between two, links below their paragraph."""
    written = ""
    was_entry = False
    for paragraph in paragraphs:
        first = f"{paragraph.mark} " if paragraph.mark else ""
        rest = " " * len(first)
        links = [run.url for run in paragraph.runs if run.url and run.text.strip() != run.url]
        lines = [wrap(paragraph.plain, first=first, rest=rest), *(f"{rest}{url}" for url in dict.fromkeys(links))]
        # The entries of one list stand close together.
        written += ("\n" if was_entry and paragraph.mark else "\n\n") + "\n".join(lines)
        was_entry = bool(paragraph.mark)
    return written.strip("\n")


def _write_person(person: Person | None) -> str:
    return "" if person is None else "\n\n" + "\n".join(wrap(line) for line in (person.name, person.role) if line)


def _write_intro(piece: Piece) -> str:
    return write_paragraphs(piece.paragraphs) + _write_person(piece.person)


def _write_lead(piece: Piece) -> str:
    return _write_all(wrap(piece.title.upper()), wrap(piece.words), _write_link("Read the article", piece.url))


def _write_article(piece: Piece) -> str:
    return _write_all(_write_link(wrap(piece.title.upper()), piece.url), wrap(piece.words), f"{piece.minutes} min read")


def _write_own_text(piece: Piece) -> str:
    title = f"{wrap(piece.title.upper())}\n\n" if piece.title else ""
    return title + write_paragraphs(piece.paragraphs)


def _write_question(piece: Piece) -> str:
    question = wrap(f"“{piece.words.strip()}”")
    return f"YOU ASKED\n\n{question}\n\n{write_paragraphs(piece.paragraphs)}{_write_person(piece.person)}"


def _write_quote(piece: Piece) -> str:
    return write_paragraphs(piece.paragraphs) + _write_person(piece.person)


def _write_picture(piece: Piece) -> str:
    credit = f"Picture: {piece.credit}" if piece.credit else ""
    shown = f"[{piece.image.alt}]" if piece.image and piece.image.alt else ""
    return _write_all(wrap(shown), wrap(piece.words), wrap(credit))


def _write_button(piece: Piece) -> str:
    return _write_link(wrap(piece.button), piece.url)


def _write_ebook(piece: Piece) -> str:
    return _write_all(wrap(piece.title.upper()), wrap(piece.words), _write_link(piece.button, piece.url))


def _write_offer(piece: Piece) -> str:
    offer = piece.offer
    return _write_all(
        wrap(piece.words),
        wrap(offer.get_label_display().upper()),
        wrap(offer.title),
        wrap(offer.what),
        wrap(f"For: {offer.for_whom}") if offer.for_whom else "",
        f"Your code:\n{piece.code}",
        wrap(f"At {offer.partner.name}, {offer.partner.place}".rstrip(", ")),
        wrap(f"Until {date_format(offer.valid_until, 'j F Y')}. {offer.terms}"),
        wrap(f"What the evidence says: {offer.evidence}") if offer.evidence else "",
    )


def _write_divider(_piece: Piece) -> str:
    return ""


def _write_all(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)


def _write_link(words: str, url: str) -> str:
    return f"{words}:\n{url}"


def _write_foot(context: dict[str, Any]) -> str:
    # Broken by hand: the placeholder is shorter or longer than the date that takes its place.
    return (
        "You get this letter because you asked for it and confirmed your\n"
        f"address{context['since']}.\n\n"
        f"Leave with one press:\n{context['unsubscribe_url']}\n"
        f"Change what we send:\n{context['own_url']}\n"
        f"Whether we count what you press:\n{context['own_url']}#counting\n\n"
        + wrap(context["postal_address"])
        + "\n"
        + wrap(DISCLAIMER)
    )


_WRITERS = {
    "intro": _write_intro,
    "lead": _write_lead,
    "article": _write_article,
    "text": _write_own_text,
    "quote": _write_quote,
    "picture": _write_picture,
    "button": _write_button,
    "ebook": _write_ebook,
    "divider": _write_divider,
    "question": _write_question,
    "offer": _write_offer,
}
