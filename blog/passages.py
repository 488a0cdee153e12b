"""The text of an article cut where a reader pauses: one passage a paragraph, list item, heading or cell."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from blog.plain_text import written_strings

_BREAKS = {"p", "li", "ul", "ol", "br", "hr", "h2", "h3", "h4", "h5", "h6", "td", "th", "tr", "blockquote"}
_HEADINGS = {"h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
BLOCK_HEADING = 2  # a heading block stands under the title


@dataclass
class Passage:
    """Some words of an article. `level` is 2 to 6 for headings, else 0; `links` are (words, address or page)."""

    text: str
    block: str
    under: str = ""
    level: int = 0
    links: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_heading(self) -> bool:
        """Whether it names what follows."""
        return bool(self.level)

    @property
    def where(self) -> str:
        """Where an editor finds it."""
        place = f"under “{self.under}”" if self.under else "before the first heading"
        return f"{'heading' if self.level else self.block.replace('_', ' ')} {place}"


def read_passages(body: Any) -> list[Passage]:
    """Every passage of a StreamField value, in order; fetches nothing and renders no template."""
    passages: list[Passage] = []
    under = ""
    for block in body.raw_data:
        if block["type"] == "heading" and isinstance(block["value"], str):
            passages.append(Passage(block["value"].strip(), "heading", under, BLOCK_HEADING))
            under = block["value"].strip()
            continue
        for text in written_strings(block["value"]):
            for passage in _Cutter(block["type"]).cut(text):
                passage.under = under
                passages.append(passage)
                under = passage.text if passage.level else under
    return passages


class _Cutter(HTMLParser):
    """Cuts rich text at its paragraphs and items and remembers where its links lead."""

    def __init__(self, block: str) -> None:
        super().__init__(convert_charrefs=True)
        self._block = block
        self._done: list[Passage] = []
        self._link: list[str] | None = None
        self._current = Passage("", block)

    def cut(self, text: str) -> list[Passage]:
        """The passages of `text`; empty paragraphs are left out, empty headings are kept."""
        self.feed(text)
        self.close()
        self._finish()
        return self._done

    def _finish(self, level: int = 0) -> None:
        self._current.text = " ".join(self._current.text.split())
        if self._current.text or self._current.level:
            self._done.append(self._current)
        self._current = Passage("", self._block, level=level)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a passage or a link."""
        if tag in _BREAKS:
            self._finish(_HEADINGS.get(tag, 0))
        elif tag == "a":
            given = dict(attrs)
            self._link = [given.get("href") or given.get("id") or ""]

    def handle_endtag(self, tag: str) -> None:
        """End a passage or a link."""
        if tag in _BREAKS:
            self._finish()
        elif tag == "a" and self._link is not None:
            words = " ".join("".join(self._link[1:]).split())
            self._current.links.append((words, self._link[0]))
            self._link = None

    def handle_data(self, data: str) -> None:
        """Take the words."""
        self._current.text += data
        if self._link is not None:
            self._link.append(data)
