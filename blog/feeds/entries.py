"""What a feed holds, before it is written in one format or the other. All addresses are absolute."""

import re
from dataclasses import dataclass, field
from datetime import datetime

# What XML 1.0 cannot hold; one such character in a title would break the whole feed.
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class Writer:
    """Who wrote an entry; `url` is empty for a person without a page."""

    name: str
    url: str = ""


@dataclass(frozen=True)
class Entry:
    """One piece. `key` never changes, whatever becomes of its address; `html` holds no script and no relative link."""

    key: str
    url: str
    title: str
    summary: str
    html: str
    published: datetime
    updated: datetime
    writers: list[Writer] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    picture: str = ""
    comments_url: str = ""


@dataclass(frozen=True)
class Channel:
    """A feed: what it is called, the page that it follows, its own address, the newest entries first."""

    title: str
    description: str
    home_url: str
    feed_url: str
    icon_url: str
    entries: list[Entry]


def clean_text(words: str) -> str:
    """The words without the characters that XML forbids."""
    return _NOT_XML.sub("", words)
