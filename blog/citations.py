"""Marks such as `[2]`, `[1, 3]` and `[1-3]` in a text, and the way from each source back to where it is named."""

import re
from collections import defaultdict
from html import escape

from django.utils.safestring import SafeString, mark_safe

# A tag with its quoted attributes as one piece: a ">" or "[2]" inside an attribute is not text.
_TAG = re.compile(r"""(<(?:"[^"]*"|'[^']*'|[^'">])*>)""")
MARK = re.compile(r"[ \u00a0]?\[(\d{1,3}(?: ?[,;\u2013-] ?\d{1,3}){0,19})\]")  # the number stands close to its word
_RANGE = re.compile(r"(\d+)(?: ?[\u2013-] ?(\d+))?")


class Citations:
    """What one reading of an article has met so far; ask `places` after the whole text was drawn.

    `count`: how many sources the article has. A mark that names a source that is not there stays text.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._places: dict[int, list[str]] = defaultdict(list)

    def link_html(self, html: str) -> SafeString:
        """Safe HTML with its marks as links; a mark inside a link stays, since links do not nest."""
        if not self.count or "[" not in html:
            return mark_safe(html)
        pieces, in_link = [], False
        for piece in _TAG.split(html):
            if piece.startswith("<"):
                in_link = piece.startswith(("<a ", "<a>")) or (in_link and piece != "</a>")
                pieces.append(piece)
            else:
                pieces.append(piece if in_link else MARK.sub(self._links, piece))
        return mark_safe("".join(pieces))

    def link_text(self, text: str) -> SafeString:
        """Plain text, escaped, with its marks as links."""
        escaped = escape(text)
        return mark_safe(MARK.sub(self._links, escaped) if self.count else escaped)

    def places(self, number: int) -> list[tuple[str, str]]:
        """(letter, id) of each mark that named this source, in the order of the text: [("a", "cite-2-1"), …]."""
        return [(_letters(order), place) for order, place in enumerate(self._places.get(number, ()))]

    def _links(self, mark: re.Match[str]) -> str:
        numbers = read_mark(mark[1], self.count)
        return f"<sup>{', '.join(map(self._link, numbers))}</sup>" if numbers else mark[0]

    def _link(self, number: int) -> str:
        places = self._places[number]
        places.append(f"cite-{number}-{len(places) + 1}")
        return f'<a class="ref" id="{places[-1]}" href="#ref-{number}" aria-label="Source {number}">{number}</a>'


def read_mark(inside: str, count: int) -> list[int]:
    """The sources that a mark names, each once: "1, 3-4" is [1, 3, 4]. Empty if one of them is not in 1 to `count`."""
    numbers: dict[int, None] = {}
    for part in re.split(r" ?[,;] ?", inside):
        found = _RANGE.fullmatch(part)
        if found is None:
            return []
        first, last = int(found[1]), int(found[2] or found[1])
        if not 1 <= first <= last <= count:
            return []
        numbers.update(dict.fromkeys(range(first, last + 1)))
    return list(numbers)


def _letters(order: int) -> str:
    """One letter for the first 26 places, then two: a, b, … z, aa, ab."""
    letters = ""
    while order >= 0:
        order, letter = divmod(order, 26)
        letters = chr(ord("a") + letter) + letters
        order -= 1
    return letters
