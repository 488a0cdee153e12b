"""Writes a feed as RSS 2.0, with the modules that readers expect: content, dc, media, atom."""

from typing import Any

from django.utils.feedgenerator import Rss201rev2Feed, rfc2822_date

from .entries import Channel, Entry, clean_text

MEDIA_TYPE = "application/rss+xml"
TYPE = f"{MEDIA_TYPE}; charset=utf-8"


def write_rss(channel: Channel) -> bytes:
    """The document, in UTF-8."""
    feed = _FullTextFeed(
        title=clean_text(channel.title),
        link=channel.home_url,
        description=clean_text(channel.description),
        language="en-GB",
        feed_url=channel.feed_url,
        icon=channel.icon_url,
        built=max((entry.updated for entry in channel.entries), default=None),
    )
    for entry in channel.entries:
        feed.add_item(
            title=clean_text(entry.title).strip() or "Untitled",
            link=entry.url,
            description=clean_text(entry.summary),
            unique_id=entry.key,
            unique_id_is_permalink=False,
            pubdate=entry.published,
            categories=[clean_text(label) for label in entry.labels],
            comments=entry.comments_url or None,
            entry=entry,
        )
    return feed.writeString("utf-8").encode()


class _FullTextFeed(Rss201rev2Feed):
    def rss_attributes(self) -> dict[str, str]:
        """The names of the modules."""
        return {
            **super().rss_attributes(),
            "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
            "xmlns:dc": "http://purl.org/dc/elements/1.1/",
            "xmlns:media": "http://search.yahoo.com/mrss/",
        }

    def add_root_elements(self, handler: Any) -> None:
        """What the whole feed is; an empty one was built on no day, so that its bytes stay the same."""
        feed = self.feed
        for name in ("title", "link", "description"):
            handler.addQuickElement(name, feed[name])
        handler.addQuickElement("atom:link", None, {"rel": "self", "href": feed["feed_url"], "type": MEDIA_TYPE})
        handler.addQuickElement("language", feed["language"])
        if feed["built"]:
            handler.addQuickElement("lastBuildDate", rfc2822_date(feed["built"]))
        handler.addQuickElement("generator", "Wellpress")
        handler.startElement("image", {})
        for name, value in (("url", feed["icon"]), ("title", feed["title"]), ("link", feed["link"])):
            handler.addQuickElement(name, value)
        handler.endElement("image")

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        """One entry: what Django writes of it, then its writers, its picture and its whole text."""
        super().add_item_elements(handler, item)
        entry: Entry = item["entry"]
        for writer in entry.writers:
            handler.addQuickElement("dc:creator", clean_text(writer.name))
        if entry.picture:
            handler.addQuickElement("media:content", None, {"url": entry.picture, "medium": "image"})
        handler.addQuickElement("content:encoded", clean_text(entry.html))
