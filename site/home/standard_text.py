"""The text of a standard page, with a map of its headings."""

import itertools
import re
from dataclasses import dataclass
from html import unescape

from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from wagtail.rich_text import expand_db_html

CONTENTS_FROM = 3  # headings; fewer need no map
_HEADING = re.compile(r"<h2\b[^>]*>(.*?)</h2>", re.DOTALL)
_BLOCK_KEY = re.compile(r' data-block-key="[^"]*"')


@dataclass(frozen=True)
class Heading:
    """One line of the map: `anchor` is the id of the heading, `words` are plain text."""

    anchor: str
    words: str


def lay_out_text(source: str) -> tuple[SafeString, list[Heading]]:
    """The HTML of an editor's rich text, each `h2` with an id of its own, and the headings (none if they are few)."""
    headings: list[Heading] = []

    def mark(found: re.Match[str]) -> str:
        words = " ".join(unescape(strip_tags(found[1])).split())
        anchor = _new_anchor(words, {heading.anchor for heading in headings})
        headings.append(Heading(anchor, words))
        return f'<h2 id="{anchor}">{found[1]}</h2>'

    html = _HEADING.sub(mark, _BLOCK_KEY.sub("", expand_db_html(source)))
    return mark_safe(html), headings if len(headings) >= CONTENTS_FROM else []  # what Wagtail's editor let through


def _new_anchor(words: str, taken: set[str]) -> str:
    """Begins with "part-": no id of the page itself does."""
    stem = f"part-{slugify(words)}".rstrip("-")
    return next(name for n in itertools.count(1) if (name := stem if n == 1 else f"{stem}-{n}") not in taken)
