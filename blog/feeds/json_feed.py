"""Writes a feed as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from typing import Any

from .entries import Channel, Entry, Writer, clean_text

TYPE = "application/feed+json; charset=utf-8"


def write_json(channel: Channel) -> bytes:
    """The document, in UTF-8."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": channel.home_url,
        "feed_url": channel.feed_url,
        "description": channel.description,
        "icon": channel.icon_url,
        "language": "en-GB",
        "items": [_item(entry) for entry in channel.entries],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _item(entry: Entry) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": entry.key,
        "url": entry.url,
        "title": clean_text(entry.title),
        "summary": clean_text(entry.summary),
        "content_html": entry.html,
        "date_published": entry.published.isoformat(timespec="seconds"),
        "date_modified": entry.updated.isoformat(timespec="seconds"),
        "authors": [_author(writer) for writer in entry.writers],
        "tags": entry.labels,
        "image": entry.picture,
    }
    return {name: value for name, value in item.items() if value or name in {"content_html", "title"}}


def _author(writer: Writer) -> dict[str, str]:
    return {"name": writer.name, "url": writer.url} if writer.url else {"name": writer.name}
