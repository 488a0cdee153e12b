"""WordPress exports for tests, written by hand or made to measure."""

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

SMALL = Path(__file__).parent / "data" / "small.wxr.xml"
SEED = Path(__file__).parents[3] / "shared" / "seed" / "what-is-pain-management.wxr.xml"

HEAD = """<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/{version}/excerpt/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/{version}/">
<channel><title>Old site</title><link>https://old.example</link><wp:wxr_version>{version}</wp:wxr_version>
<wp:base_blog_url>https://old.example</wp:base_blog_url>
<wp:author><wp:author_login>ida</wp:author_login><wp:author_display_name>Ida Reed</wp:author_display_name></wp:author>
"""
FOOT = "</channel></rss>"
POST = {
    "wp:post_type": "post",
    "wp:status": "publish",
    "wp:post_date_gmt": "2021-05-02 20:00:00",
    "dc:creator": "ida",
    "content:encoded": "<p>Some words.</p>",
}


def post_xml(number: int, *, after: str = "", **fields: str) -> str:
    """One <item>. A field's name has `_` for the colon after its family: `content_encoded`, `wp_status`."""
    named = {
        key.replace("_", ":", 1) if key.split("_")[0] in {"wp", "dc", "content", "excerpt"} else key: value
        for key, value in fields.items()
    }
    values = {
        **POST,
        "title": f"Post {number}",
        "link": f"https://old.example/2021/05/post-{number}/",
        "guid": f"https://old.example/?p={number}",
        "wp:post_id": str(number),
        "wp:post_name": f"post-{number}",
        **named,
    }
    inner = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in values.items())
    return f"<item>{inner}{after}</item>\n"


def export_of(*posts: str, version: str = "1.2") -> BytesIO:
    """A whole export that holds these items."""
    return BytesIO((HEAD.format(version=version) + "".join(posts) + FOOT).encode())


class Stream:
    """A binary file that is made while it is read, so that its size costs no memory."""

    def __init__(self, pieces: Iterable[str]) -> None:
        self.pieces = iter(pieces)
        self.size = 0

    def read(self, _size: int = -1) -> bytes:
        piece = next(self.pieces, "").encode()
        self.size += len(piece)
        return piece


def long_export(posts: int, words: int) -> Any:
    """An export of so many posts of so many words, as a Stream."""
    text = "<p>" + "word " * words + "</p>"

    def pieces() -> Iterable[str]:
        yield HEAD.format(version="1.2")
        for number in range(posts):
            yield post_xml(number, content_encoded=text)
        yield FOOT

    return Stream(pieces())
