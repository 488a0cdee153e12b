"""What a feed must hold, by its own specification."""

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser
from defusedxml.ElementTree import fromstring

ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
PICTURE = "{http://search.yahoo.com/mrss/}content"
_ADDRESS = re.compile(r"https?://[^\s/]+/?\S*")
_KNOWN = {"title", "link", "description", "language", "lastBuildDate", "generator", "image", "item", f"{ATOM}link"}
_TOP = {"version", "title", "home_page_url", "feed_url", "description", "icon", "language", "items"}
_ITEM = {"id", "url", "title", "summary", "content_html", "date_published", "date_modified", "authors", "tags", "image"}
_RUNS = re.compile(r"<(script|style|iframe|form|button|svg|object|embed)|\son\w+=|javascript:", re.IGNORECASE)
_LINK = re.compile(r'(?:href|src)="([^"]*)"')


def read_rss(content: bytes) -> Any:
    """The channel, after every rule of RSS 2.0 and of our own was asked about; feedparser must like it as well."""
    parsed = feedparser.parse(content)
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.version == "rss20"
    root = fromstring(content)
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    (channel,) = root
    assert {child.tag for child in channel} <= _KNOWN
    for name in ("title", "link", "description"):
        assert len(channel.findall(name)) == 1
        assert channel.findtext(name)
    assert _ADDRESS.fullmatch(str(channel.findtext("link")))
    own = channel.find(f"{ATOM}link")
    assert own is not None
    assert (own.get("rel"), own.get("type")) == ("self", "application/rss+xml")
    image = channel.find("image")
    assert image is not None
    assert (image.findtext("title"), image.findtext("link")) == (channel.findtext("title"), channel.findtext("link"))
    keys = [_read_item(item) for item in channel.findall("item")]
    assert len(set(keys)) == len(keys) == len(parsed.entries)
    return channel


def _read_item(item: Any) -> str:
    for name in ("title", "link", "guid", "pubDate", CONTENT):
        assert len(item.findall(name)) == 1, name
        assert item.findtext(name), name
    assert item.find("guid").get("isPermaLink") == "false"
    assert parsedate_to_datetime(item.findtext("pubDate")).tzinfo is not None
    check_html(item.findtext(CONTENT))
    return str(item.findtext("guid"))


def read_json(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The items, after every rule of JSON Feed 1.1 was asked about."""
    assert document["version"] == "https://jsonfeed.org/version/1.1"
    assert set(document) == _TOP
    assert document["title"]
    for name in ("home_page_url", "feed_url", "icon"):
        assert _ADDRESS.fullmatch(document[name]), name
    for item in document["items"]:
        assert set(item) <= _ITEM
        assert isinstance(item["id"], str)
        assert item["content_html"]
        assert all(_ADDRESS.fullmatch(item[name]) for name in ("url", "image") if name in item)
        assert all(datetime.fromisoformat(item[name]).tzinfo for name in ("date_published", "date_modified"))
        assert all(author["name"] for author in item["authors"])
        assert all(isinstance(tag, str) and tag for tag in item.get("tags", []))
        check_html(item["content_html"])
    keys = [item["id"] for item in document["items"]]
    assert len(set(keys)) == len(keys)
    return list(document["items"])


def check_html(html: str) -> None:
    """Nothing runs, and every link says on which host."""
    assert not _RUNS.search(html)
    assert all(re.match(r"https?://|mailto:", link) for link in _LINK.findall(html)), _LINK.findall(html)
