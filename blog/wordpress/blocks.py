"""Turns the HTML of a WordPress post into the blocks of our article body."""

import re
from dataclasses import dataclass, field
from html import escape
from typing import Any

from blog.sanitiser import clean_html, plain_text, safe_link
from blog.videos import read_video

from .markup import is_gutenberg, remove_marks
from .tables import NO_CAPTION, read_table
from .tree import Node, read_tree

MAX_HEADING = 120  # as in blog.blocks
MAX_SOURCE = 160
MAX_CAPTION = 250
_STORED_AS = {"b": "b", "strong": "b", "i": "i", "em": "i", "cite": "i", "sup": "sup", "sub": "sub"}
_INLINE = frozenset({*_STORED_AS, "a", "q", "br", "img"})
_LISTS = frozenset({"ul", "ol"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LINES = _HEADINGS | {"p", "pre", "tr", "dt", "dd", "address", "summary", "caption", "figcaption"}
_BLOCKS = _LINES | _LISTS | {"blockquote", "figure", "table", "div", "section", "article", "aside", "details", "center"}
_FIGURE = frozenset({"figure"})
_SHOWN = frozenset({"figure", "table"})
_PICTURE = frozenset({"img"})


@dataclass(slots=True)
class Conversion:
    """`blocks`: (type, value) in reading order. `picture` values are {src, alt, caption}, not yet an image of ours.

    `notes`: in words, what the post held that our blocks cannot.
    """

    blocks: list[tuple[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def to_blocks(html: str) -> Conversion:
    """The post as blocks. Never raises; every rich text has been through the sanitiser."""
    readable, notes = remove_marks(html)
    walker = _Walker(line_breaks_count=not is_gutenberg(html))
    walker.walk(read_tree(readable))
    walker.finish_text()
    return Conversion(walker.blocks, list(dict.fromkeys([*notes, *walker.notes])))


class _Walker:
    def __init__(self, *, line_breaks_count: bool) -> None:
        self.line_breaks_count = line_breaks_count
        self.blocks: list[tuple[str, Any]] = []
        self.notes: list[str] = []
        self._pieces: list[str] = []  # of the text block that is being written
        self._pictures: list[dict[str, str]] = []  # met inside a line: they follow it

    def walk(self, node: Node) -> None:
        """A container: runs of words between block elements become paragraphs."""
        run = ""
        for child in node.children:
            if isinstance(child, str):
                run += escape(child, quote=False)
            elif child.tag in _INLINE and not child.holds(_BLOCKS):
                run += self._inline(child)
            else:
                self._add_run(run)
                run = ""
                self._block(child)
        self._add_run(run)

    def finish_text(self) -> None:
        """Close the text block that is being written, if there is one."""
        if self._pieces:
            self.blocks.append(("text", str(clean_html("".join(self._pieces)))))
            self._pieces = []

    def _block(self, node: Node) -> None:
        if node.holds(_FIGURE):
            self.walk(node)
        elif node.tag in _LISTS:
            self._pieces += filter(None, [self._list(node)])
        elif node.tag in _HEADINGS:
            self._heading(node)
        elif node.tag == "blockquote":
            self._quote(node)
        elif node.tag in _SHOWN and self._shown(node):
            pass
        elif node.tag == "tr":
            cells = [self._inline(cell) for cell in node.children if isinstance(cell, Node)]
            self._add_line(" | ".join(filter(None, map(_squeeze, cells))))
        elif node.tag == "pre":
            self._add_line(self._inline(node).strip("\n").replace("\n", "<br/>"))
        elif node.tag in _LINES and not node.holds(_BLOCKS):
            self._add_line(self._inline(node))
        else:
            if node.tag == "table":
                self.notes.append("a table was turned into lines of text")
            self.walk(node)
        self._add_pictures()

    def _heading(self, node: Node) -> None:
        words = plain_text(self._inline(node))
        if not words:
            return
        if node.tag in {"h1", "h2"} and len(words) <= MAX_HEADING:
            self.finish_text()
            self.blocks.append(("heading", words))
        else:
            self._pieces.append(f"<h3>{escape(words, quote=False)}</h3>")

    def _quote(self, node: Node) -> None:
        source = " ".join(_words(cite) for cite in node.descendants() if cite.tag == "cite")
        lines = [line.strip() for line in _lines(node, without="cite") if line.strip()]
        if len(source) > MAX_SOURCE:
            lines, source = [*lines, source], ""
        if lines or source:
            self.finish_text()
            self.blocks.append(("quote", {"text": "\n\n".join(lines) or source, "source": source if lines else ""}))
        self._collect_pictures(node)

    def _shown(self, node: Node) -> bool:
        """Whether the element was a picture or a table that became a block."""
        if node.tag == "figure" and node.holds(_PICTURE):
            self._figure(node)
            return True
        return self._table(node)

    def _figure(self, node: Node) -> None:
        captions = [_words(inner) for inner in node.descendants() if inner.tag == "figcaption"]
        caption = " ".join(captions) or _words(node)
        self._collect_pictures(node)
        if len(caption) > MAX_CAPTION:
            self._add_line(escape(caption, quote=False))
        elif self._pictures:
            self._pictures[0]["caption"] = caption

    def _table(self, node: Node) -> bool:
        """Whether the element is, or holds, one table that became a block."""
        tables = [inner for inner in [node, *node.descendants()] if inner.tag == "table"]
        captions = [_words(inner) for inner in node.descendants() if inner.tag == "figcaption"]
        if len(tables) != 1 or (node.tag == "figure" and not captions and node.children != tables):
            return False
        value = read_table(tables[0], caption=" ".join(captions), write=lambda cell: _squeeze(self._inline(cell)))
        if value is None:
            return False
        self.finish_text()
        self.blocks.append(("table", value))
        if value["table"]["caption"] == NO_CAPTION:
            self.notes.append("a table has no caption: say in a few words what it shows")
        return True

    def _list(self, node: Node) -> str:
        items = ""
        for child in node.children:
            words, nested = self._list_item(child)
            if _has_words(words) or nested:
                items += f"<li>{_squeeze(words)}{nested}</li>"
        return f"<{node.tag}>{items}</{node.tag}>" if items else ""

    def _list_item(self, child: Node | str) -> tuple[str, str]:
        """The words of one item and the lists inside it."""
        if isinstance(child, str):
            return escape(child, quote=False), ""
        if child.tag in _LISTS:
            return "", self._list(child)
        inner = [node for node in child.children if isinstance(node, Node) and node.tag in _LISTS]
        return self._inline(child), "".join(map(self._list, inner))

    def _inline(self, node: Node) -> str:
        """The words of an element with bold, italic, links and so on in the form Wagtail stores; lists left out."""
        if node.tag == "br":
            return "<br/>"
        if node.tag == "img":
            self._collect_pictures(node)
            return ""
        words = ""
        for child in node.children:
            if isinstance(child, str):
                words += escape(child, quote=False)
            elif child.tag in _LISTS and node.tag == "li":
                continue  # the list writes it
            elif child.tag in _BLOCKS or child.tag == "li":
                words += f"<br/>{self._inline(child)}<br/>"
            else:
                words += self._inline(child)
        return _wrapped(node, words)

    def _collect_pictures(self, node: Node) -> None:
        for picture in [node, *node.descendants()]:
            if picture.tag == "img" and picture.attributes.get("src"):
                alt = plain_text(picture.attributes.get("alt", ""))
                self._pictures.append({"src": picture.attributes["src"], "alt": alt[:250], "caption": ""})

    def _add_pictures(self) -> None:
        if self._pictures:
            self.finish_text()
            self.blocks += [("picture", picture) for picture in self._pictures]
            self._pictures = []

    def _add_run(self, run: str) -> None:
        for paragraph in re.split(r"\n\s*\n", run):
            line = paragraph.strip()
            if self.line_breaks_count:
                line = re.sub(r"<br/>[ \t\r]*\n", "<br/>", line).replace("\n", "<br/>")
            self._add_line(line)
        self._add_pictures()

    def _add_line(self, html: str) -> None:
        words = plain_text(html)
        if video := read_video(words):
            self.finish_text()
            title = f"Video on {video.provider}"
            value = {"title": title, "address": words, "minutes": None, "picture": None, "transcript": ""}
            self.blocks.append(("video", value))
            self.notes.append("a video has no title: say what it shows")
        elif words:
            self._pieces.append(f"<p>{clean_html(_squeeze(html))}</p>")


def _wrapped(node: Node, words: str) -> str:
    if node.tag == "a":
        link = safe_link(node.attributes.get("href", ""))
        return f'<a href="{escape(link)}">{words}</a>' if link and words.strip() else words
    if node.tag == "q":
        return f"“{words}”"
    stored = _STORED_AS.get(node.tag)
    return f"<{stored}>{words}</{stored}>" if stored and words.strip() else words


def _words(node: Node) -> str:
    return " ".join(" ".join(_lines(node)).split())


def _lines(node: Node, *, without: str = "") -> list[str]:
    """The words of an element as plain text, one entry for each paragraph or list item inside."""
    lines = [""]
    for child in node.children:
        if isinstance(child, str):
            lines[-1] += re.sub(r"\s+", " ", child)
        elif child.tag == "br":
            lines[-1] += "\n"
        elif child.tag != without:
            inner = _lines(child, without=without)
            if child.tag in _BLOCKS or child.tag == "li":
                lines += [*inner, ""]
            else:
                lines[-1] += inner[0]
                lines += inner[1:]
    return lines


def _squeeze(html: str) -> str:
    """Without white space and line breaks at the ends, and without more than one of a kind inside."""
    one = re.sub(r"[ \t\r\n]+", " ", html).strip(" ")
    one = re.sub(r"(?:<br/> ?){3,}", "<br/><br/>", one)
    return re.sub(r"^(?:<br/> ?)+|(?: ?<br/>)+$", "", one).strip(" ")


def _has_words(html: str) -> bool:
    return bool(plain_text(html))
