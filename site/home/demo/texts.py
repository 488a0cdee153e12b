"""Reads the demo's text files: fields above a line `---`, then words in a small plain notation.

* `title: Cold mornings` is a field; the same name may come again.
* `## ` begins a heading, `- ` and `1. ` the items of lists, everything else is paragraphs.
* `> ` begins a line of a quotation, `>> ` says whose it is.
* `::tip A title` opens a box of that kind, `::` closes it. What stands inside is said in `boxes.py`.
* `*emphasis*`, `**weight**` and `[words](address)` stand anywhere.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.html import escape

FOLDER = Path(__file__).parent
RECORD_LINE = "===="
ITEM = re.compile(r"(-|\d+\.) +(.*)")
INLINE = [
    (re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)"), r'<a href="\2">\1</a>'),
    (re.compile(r"\*\*(.+?)\*\*"), r"<b>\1</b>"),
    (re.compile(r"\*(.+?)\*"), r"<i>\1</i>"),
]


@dataclass(frozen=True)
class Piece:
    """One part of a body. `kind`: heading, text, quote, or the kind of a box; `words` in the notation above."""

    kind: str
    words: str
    title: str = ""


@dataclass(frozen=True)
class Record:
    """One text: its fields (each a list of values) and its body."""

    fields: dict[str, list[str]]
    body: str

    def one(self, name: str, default: str = "") -> str:
        """The first value of a field."""
        return self.fields.get(name, [default])[0]

    def all(self, name: str) -> list[str]:
        """All values of a field, in order."""
        return self.fields.get(name, [])

    def parts(self, name: str) -> list[list[str]]:
        """All values of a field, each cut at `|`."""
        return [[part.strip() for part in value.split("|")] for value in self.all(name)]


def read_record(source: str) -> Record:
    """The fields above `---` and the body below. Raises ValueError for a line that is no field."""
    head, _, body = source.strip().partition("\n---\n")
    fields: dict[str, list[str]] = {}
    for line in head.removesuffix("\n---").splitlines():
        name, colon, value = line.partition(":")
        if not colon:
            message = f"This line is no field: {line!r}"
            raise ValueError(message)
        fields.setdefault(name.strip(), []).append(value.strip())
    return Record(fields, body.strip())


def read_file(name: str) -> Record:
    """One text of the demo's folder, by its path there."""
    return read_record((FOLDER / name).read_text(encoding="utf-8"))


def read_records(name: str) -> list[Record]:
    """A file of many short texts, with a line `====` between two."""
    source = (FOLDER / name).read_text(encoding="utf-8")
    return [read_record(part) for part in source.split(f"\n{RECORD_LINE}\n")]


def read_folder(name: str) -> dict[str, Record]:
    """Every text of a folder, by its file's name without the ending."""
    return {path.stem: read_file(f"{name}/{path.name}") for path in sorted((FOLDER / name).glob("*.md"))}


def pieces(body: str) -> list[Piece]:
    """The body in parts; what stands between headings, boxes and quotations is one text. Raises ValueError."""
    found: list[Piece] = []
    text: list[str] = []
    lines = iter(body.splitlines())
    for line in lines:
        piece = _opened_by(line, lines)
        if piece is None:
            text.append(line)
            continue
        found += _text(text)
        text = []
        _add(found, piece)
    return [*found, *_text(text)]


def _text(lines: list[str]) -> list[Piece]:
    words = "\n".join(lines).strip()
    return [Piece("text", words)] if words else []


def _add(found: list[Piece], piece: Piece) -> None:
    """Put the piece at the end; a line of a quotation goes on with the quotation above it."""
    if piece.kind == "quote" and found and found[-1].kind == "quote" and not found[-1].title:
        begun = found.pop()
        piece = Piece("quote", f"{begun.words} {piece.words}".strip(), piece.title)
    found.append(piece)


def _opened_by(line: str, rest: Iterator[str]) -> Piece | None:
    if line.startswith("## "):
        return Piece("heading", line[3:].strip())
    if line.startswith(">> "):
        return Piece("quote", "", line[3:].strip())
    if line.startswith("> "):
        return Piece("quote", line[2:].strip())
    if line.startswith("::"):
        kind, _, title = line[2:].strip().partition(" ")
        return Piece(kind, _until_closed(line, rest), title.strip())
    return None


def _until_closed(opening: str, rest: Iterator[str]) -> str:
    inside: list[str] = []
    for line in rest:
        if line.strip() == "::":
            return "\n".join(inside).strip()
        inside.append(line)
    message = f"This box is never closed: {opening!r}"
    raise ValueError(message)


def to_html(words: str) -> str:
    """Paragraphs and lists as HTML; every other sign is escaped."""
    return "".join(_group(group) for group in re.split(r"\n\s*\n", words.strip()) if group.strip())


def to_page_html(body: str) -> str:
    """A body of headings and text alone as HTML. Raises ValueError for a box or a quotation."""
    html = {"heading": lambda words: f"<h2>{_inline(words)}</h2>", "text": to_html}
    found = pieces(body)
    if odd := {piece.kind for piece in found} - html.keys():
        message = f"A plain page has no place for: {', '.join(sorted(odd))}"
        raise ValueError(message)
    return "".join(html[piece.kind](piece.words) for piece in found)


def _group(group: str) -> str:
    """One group of lines without an empty line between: a list, or a paragraph and then a list."""
    paragraph: list[str] = []
    items: list[str] = []
    html, tag = "", "ul"
    for line in group.splitlines():
        if item := ITEM.match(line):
            tag = "ul" if item[1] == "-" else "ol"
            items.append(item[2])
        elif items:
            items[-1] += f" {line.strip()}"
        else:
            paragraph.append(line.strip())
    if paragraph:
        html = f"<p>{_inline(' '.join(paragraph))}</p>"
    if items:
        html += f"<{tag}>{''.join(f'<li>{_inline(item)}</li>' for item in items)}</{tag}>"
    return html


def _inline(words: str) -> str:
    html = escape(words).replace("&#x27;", "'")
    for pattern, replacement in INLINE:
        html = pattern.sub(replacement, html)
    return html
