"""Which addresses elsewhere an article points at: in its texts, its blocks and its sources."""

from collections.abc import Iterable, Iterator, Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from wagtail.models import Site

from blog.models import ArticlePage, ReusableNote
from blog.outside.addresses import host_of, normalise_link

_WEB = ("http://", "https://")


def outward_links(article: ArticlePage, *, own_hosts: Iterable[str] | None = None) -> set[str]:
    """Every web address elsewhere, without its fragment; `own_hosts` (asked for if None) are not elsewhere.

    Those in reusable notes count as well; when a note changes, the daily collection finds out.
    """
    own = set(find_own_hosts() if own_hosts is None else own_hosts)
    found = {normalise_link(href) for href in _addresses(article)}
    return {url for url in found if url and host_of(url) not in own}


def find_own_hosts() -> set[str]:
    """The hosts of this installation; one query."""
    return {urlsplit(settings.SITE_URL).hostname or "", *Site.objects.values_list("hostname", flat=True)}


def _addresses(article: ArticlePage) -> Iterator[str]:
    notes = []
    for block in article.body.raw_data:
        if block["type"] == "note":
            notes.append(block["value"])
        else:
            yield from _in_value(block["value"])
    if notes:
        for text in ReusableNote.objects.filter(pk__in=notes).values_list("text", flat=True):
            yield from _in_markup(text)
    for reference in article.references.all():
        yield reference.link


def _in_value(value: Any) -> Iterator[str]:
    """Links of rich text, and texts that are an address and nothing else, whatever the block is called."""
    if isinstance(value, str):
        if "href" in value:
            yield from _in_markup(value)
        elif value.strip().startswith(_WEB) and len(value.split()) == 1:
            yield value.strip()
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _in_value(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _in_value(inner)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]


def _in_markup(markup: str) -> list[str]:
    parser = _Links()
    parser.feed(markup)
    return parser.found
