"""The HTML part of a mail as a reader meets it: its words block by block, its links, its pictures."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"img", "br", "meta", "link", "hr", "input", "col", "area", "base", "wbr", "source"}
UNSEEN = {"style", "script", "title", "head"}
INLINE = {"a", "b", "strong", "i", "em", "span", "u", "small", "sup", "sub", "code", "img"}
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)


@dataclass(frozen=True)
class Picture:
    """One picture; `alt` is None where the mail does not say anything, `width` 0 where it does not say how wide."""

    src: str
    alt: str | None
    width: int


@dataclass
class HtmlPart:
    """What was read; `blocks` are the visible words in reading order."""

    blocks: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)

    @property
    def words(self) -> str:
        """All visible words, a block a line."""
        return "\n".join(self.blocks)


def read_html(html: str) -> HtmlPart:
    """The part in pieces, without what no reader sees (hidden, comments, styles) and the links in that."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.end_block()
    return reader.part


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.part = HtmlPart()
        self._block: list[str] = []
        self._open: list[tuple[str, bool]] = []  # tag, whether it begins something unseen

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in INLINE:
            self.end_block()
        if tag not in VOID:
            self._open.append((tag, tag in UNSEEN or bool(_HIDDEN.search(given.get("style") or ""))))
        if self._is_unseen:
            return
        if tag == "a" and given.get("href"):
            self.part.links.append((given["href"] or "").strip())
        elif tag == "img":
            width = given.get("width") or ""
            alt = (given["alt"] or "").strip() if "alt" in given else None
            self.part.pictures.append(
                Picture((given.get("src") or "").strip(), alt, int(width) if width.isdigit() else 0)
            )

    def handle_endtag(self, tag: str) -> None:
        if tag not in INLINE:
            self.end_block()
        for number in range(len(self._open) - 1, -1, -1):
            if self._open[number][0] == tag:
                del self._open[number:]
                break

    def handle_data(self, data: str) -> None:
        if not self._is_unseen:
            self._block.append(data)

    def end_block(self) -> None:
        """What was gathered is one block."""
        words = " ".join("".join(self._block).split())
        if words:
            self.part.blocks.append(words)
        self._block = []

    @property
    def _is_unseen(self) -> bool:
        return any(unseen for _, unseen in self._open)
