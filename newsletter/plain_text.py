"""The plain-text part of an issue: the same pieces, lines of 72 characters at most, links on lines of their own."""

import textwrap
from collections.abc import Iterable
from typing import Any

from django.utils.formats import date_format

from newsletter.pieces import Person, Piece
from newsletter.rich_text import Paragraph

WIDTH = 72
RULE = "-" * 60
DISCLAIMER = (
    "General information only: please ask someone who knows you and your history before you change a treatment."
)


def write_text(context: dict[str, Any]) -> str:
    """The whole part, from the same context as the HTML part; holds the same placeholders."""
    issue = context["issue"]
    head = f"{wrap(context['site_name'].upper())}\n{wrap(f'Issue {issue.number}, ' + context['month'])}"
    sections = [f"{head}\n\n{wrap(issue.title.upper())}\n\nRead on the web:\n{context['web_url']}"]
    is_greeted = False
    for piece in context["pieces"]:
        if piece.kind == "divider":
            continue  # there is a rule between any two pieces
        greeting = "" if is_greeted or piece.kind != "intro" else f"Dear {context['first_name']},\n\n"
        is_greeted = is_greeted or bool(greeting)
        sections.append(greeting + _WRITERS[piece.kind](piece))
    if not is_greeted:
        sections[0] += f"\n\nDear {context['first_name']},"
    sections.append(_write_foot(context))
    return f"\n\n{RULE}\n\n".join(section.strip("\n") for section in sections) + "\n"


def wrap(words: str, *, first: str = "", rest: str = "") -> str:
    """Words in lines of at most 72 characters; only a single longer word keeps its length."""
    lines: list[str] = []
    for number, line in enumerate(words.split("\n")):
        lines += textwrap.wrap(
            " ".join(line.split()),
            WIDTH,
            initial_indent=rest if number else first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "\n".join(lines)


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


def _write_article(piece: Piece) -> str:
    words = f"\n\n{wrap(piece.words)}" if piece.words else ""
    return f"{wrap(piece.title.upper())}{words}\n\nRead the article ({piece.minutes} min):\n{piece.url}"


def _write_own_text(piece: Piece) -> str:
    title = f"{wrap(piece.title.upper())}\n\n" if piece.title else ""
    return title + write_paragraphs(piece.paragraphs)


def _write_question(piece: Piece) -> str:
    question = wrap(f"“{piece.words.strip()}”")
    return f"YOU ASKED\n\n{question}\n\n{write_paragraphs(piece.paragraphs)}{_write_person(piece.person)}"


def _write_offer(piece: Piece) -> str:
    offer = piece.offer
    lines = [
        offer.get_label_display().upper(),
        wrap(offer.title),
        wrap(piece.words),
        wrap(offer.what),
        wrap(f"For: {offer.for_whom}") if offer.for_whom else "",
        f"Your code:\n{piece.code}",
        wrap(f"At {offer.partner.name}, {offer.partner.place}".rstrip(", ")),
        wrap(f"Until {date_format(offer.valid_until, 'j F Y')}. {offer.terms}"),
        wrap(f"What the evidence says: {offer.evidence}") if offer.evidence else "",
    ]
    return "\n\n".join(line for line in lines if line)


def _write_foot(context: dict[str, Any]) -> str:
    # Broken by hand: the placeholder is shorter or longer than the date that takes its place.
    return (
        "You get this letter because you asked for it and confirmed your\n"
        f"address{context['since']}.\n\n"
        f"Leave with one press:\n{context['unsubscribe_url']}\n"
        f"Change what we send:\n{context['own_url']}\n"
        f"Do not count my opens:\n{context['own_url']}#counting\n\n"
        + wrap(context["postal_address"])
        + "\n"
        + wrap(DISCLAIMER)
    )


_WRITERS = {
    "intro": _write_intro,
    "lead": _write_article,
    "article": _write_article,
    "text": _write_own_text,
    "question": _write_question,
    "offer": _write_offer,
}
