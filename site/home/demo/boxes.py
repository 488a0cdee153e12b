"""The boxes of the demo's articles as blocks of `blog.blocks`.

* `::tip A title` and the other styles of a callout hold text.
* `::table A caption` holds one row a line, cells cut at `|`; the first row names the columns, `#` before a name means
  figures.
* `::questions` (or `::questions folded`) holds lines `? A question`, each with its answer under it.
* `::offer own` holds fields (title, link, link text, evidence), a line `---` and text.
* `::reusable name` puts in the note of that name from `notes.md`.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from blog.models import ReusableNote
from home.demo.texts import Piece, pieces, read_record, read_records, to_html

CALLOUTS = {"note", "tip", "caution", "urgent", "reviewer"}
Notes = dict[str, ReusableNote]


def add_notes() -> Notes:
    """The notes that stand in several articles, by the name that the texts use."""
    notes = {}
    for record in read_records("notes.md"):
        fields = {name: record.one(name) for name in ("name", "style", "title")}
        notes[record.one("slug")] = ReusableNote.objects.create(text=to_html(record.body), **fields)
    return notes


def article_blocks(body: str, *, signature: str = "", notes: Notes | None = None) -> Iterator[tuple[str, Any]]:
    """The body as (block type, value) of `blog.blocks.ArticleBody`. Raises ValueError for a box it does not know."""
    for piece in pieces(body):
        if piece.kind == "heading":
            yield "heading", piece.words
        elif piece.kind == "text":
            yield "text", to_html(piece.words)
        elif piece.kind == "quote":
            yield "quote", {"text": piece.words, "source": piece.title}
        elif piece.kind == "reusable":
            yield "note", (notes or {})[piece.title]
        elif piece.kind in _BOXES:
            yield piece.kind, _BOXES[piece.kind](piece)
        else:
            yield "callout", _callout(piece, signature)


def _callout(piece: Piece, signature: str) -> dict[str, str]:
    if piece.kind not in CALLOUTS:
        message = f"An article has no box of the kind {piece.kind!r}"
        raise ValueError(message)
    words = f"{piece.words}\n\n{signature}" if piece.kind == "reviewer" else piece.words
    return {"style": piece.kind, "title": piece.title, "text": to_html(words)}


def _table(piece: Piece) -> dict[str, Any]:
    headings, *rows = [[cell.strip() for cell in line.split("|")] for line in piece.words.splitlines()]
    kinds = ["number" if heading.startswith("#") else "text" for heading in headings]
    columns = [{"type": kind, "heading": name.lstrip("# ")} for kind, name in zip(kinds, headings, strict=True)]
    values = [
        [to_html(cell) if kind == "text" else cell for kind, cell in zip(kinds, row, strict=True)] for row in rows
    ]
    table = {"caption": piece.title, "columns": columns, "rows": [{"values": row} for row in values]}
    return {"table": table, "rows_named": True, "remark": ""}


def _questions(piece: Piece) -> dict[str, Any]:
    asked = re.split(r"^\? ", piece.words, flags=re.MULTILINE)[1:]
    pairs = [question.partition("\n") for question in asked]
    return {
        "folded": piece.title == "folded",
        "pairs": [{"question": question, "answer": to_html(answer)} for question, _, answer in pairs],
    }


def _offer(piece: Piece) -> dict[str, Any]:
    record = read_record(piece.words)
    return {
        "kind": piece.title,
        "title": record.one("title"),
        "text": to_html(record.body),
        "address": record.one("link"),
        "link_text": record.one("link text"),
        "about_health": True,
        "evidence": record.one("evidence"),
    }


_BOXES: dict[str, Callable[[Piece], dict[str, Any]]] = {"table": _table, "questions": _questions, "offer": _offer}
