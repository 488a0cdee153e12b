"""Tables of a post: those that our block can hold, with the names of their columns; the rest become lines."""

from collections.abc import Callable, Iterator
from typing import Any

from blog.blocks.tables import MAX_COLUMNS
from blog.sanitiser import clean_html, plain_text

from .tree import Node

NO_CAPTION = "Table"
_CELLS = frozenset({"td", "th"})
_TABLE = frozenset({"table"})


def read_table(table: Node, *, caption: str, write: Callable[[Node], str]) -> dict[str, Any] | None:
    """The value of a table block, or None for one without a row of headings or with rows of different lengths.

    `write` gives the inside of a cell as rich text; it is asked only if a table comes of it.
    """
    rows = [list(_cells(row)) for row in table.descendants() if row.tag == "tr"]
    if len(rows) < 2 or table.holds(_TABLE) or not 2 <= len(rows[0]) <= MAX_COLUMNS:  # noqa: PLR2004 - headings and a row
        return None
    if any(len(row) != len(rows[0]) for row in rows) or any(cell.tag != "th" for cell in rows[0]):
        return None
    headings = [plain_text(write(cell)) for cell in rows[0]]
    if not all(headings[1:]):
        return None
    words = caption or " ".join(plain_text(write(node)) for node in table.descendants() if node.tag == "caption")
    return {
        "table": {
            "caption": words or NO_CAPTION,
            "columns": [{"type": "text", "heading": heading} for heading in headings],
            "rows": [{"values": [f"<p>{clean_html(write(cell))}</p>" for cell in row]} for row in rows[1:]],
        },
        "rows_named": all(row[0].tag == "th" for row in rows[1:]),
        "remark": "",
    }


def _cells(row: Node) -> Iterator[Node]:
    return (cell for cell in row.children if isinstance(cell, Node) and cell.tag in _CELLS)
