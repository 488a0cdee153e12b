"""Reads a WordPress export (WXR, any version) as a stream: memory stays flat however large the file is."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, BinaryIO
from xml.parsers.expat import errors as expat_errors

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse
from django.utils import timezone

from blog.errors import BlogError

# An element is told by its namespace's family and its local name: the version number in the middle does not matter.
_FAMILIES = (
    ("http://wordpress.org/export/", "wp"),
    ("http://purl.org/rss/1.0/modules/content/", "content"),
    ("http://purl.org/dc/elements/", "dc"),
)


class ExportFileError(BlogError):
    """The file is no WordPress export, or is broken; says where."""


@dataclass(frozen=True, slots=True)
class Channel:
    """The site that was exported."""

    source: str = ""  # its address without the scheme: "blog.example"
    title: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody with an account there."""

    login: str
    name: str
    biography: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A category of the whole site, or any term as it stands on an item (`kind`: category, post_tag, …)."""

    kind: str
    slug: str
    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One post, page, attachment, menu entry … as the export has it; times are aware or None."""

    post_id: str = ""
    post_type: str = ""
    title: str = ""
    link: str = ""
    guid: str = ""
    creator: str = ""
    content: str = ""
    excerpt: str = ""
    status: str = ""
    slug: str = ""
    published_at: datetime | None = None
    modified_at: datetime | None = None
    takes_comments: bool = True
    has_password: bool = False
    comments: int = 0
    terms: tuple[Term, ...] = ()
    meta: dict[str, str] = field(default_factory=dict)


Part = Channel | Author | Term | Item


def read_export(file: BinaryIO) -> Iterator[Part]:
    """The parts in the order of the file, the Channel first.

    Raises ExportFileError with line and column for broken XML, and for a document type, entity or external
    reference, which an export never needs and an attacker does.
    """
    try:
        yield from _Reader(file).parts()
    except ParseError as error:
        line, column = error.position
        said = expat_errors.messages.get(error.code, str(error))
        raise ExportFileError(f"The XML is broken at line {line}, column {column + 1}: {said}.") from error
    except DefusedXmlException as error:
        raise ExportFileError(
            "The file declares a document type or entities (<!DOCTYPE …>). No WordPress export does: it was not read."
        ) from error
    except (LookupError, ValueError) as error:  # an encoding that nobody knows, or one the parser cannot read
        raise ExportFileError(f"The file cannot be read as XML: {error}.") from error


class _Reader:
    """Takes the children of <channel> one by one and forgets each."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.header: dict[str, str] = {}
        self.header_is_out = False

    def parts(self) -> Iterator[Part]:
        path: list[Any] = []
        for event, element in iterparse(self.file, events=("start", "end"), forbid_dtd=True):
            if event == "start":
                path.append(element)
                if len(path) == 1 and _name(element) != "rss":
                    raise ExportFileError("This is no WordPress export: it does not begin with <rss>.")
                continue
            path.pop()
            if len(path) == 2 and _name(path[1]) == "channel":  # noqa: PLR2004 - rss, channel
                yield from self._child(element)
                path[1].clear()
        yield from self._channel()

    def _child(self, element: Any) -> Iterator[Part]:
        name = _name(element)
        if name in _PARTS:
            yield from self._channel()
            yield _PARTS[name](element)
        elif not self.header_is_out and len(element) == 0:
            self.header.setdefault(name, (element.text or "").strip())

    def _channel(self) -> Iterator[Channel]:
        if self.header_is_out:
            return
        if not any(name.startswith("wp:") for name in self.header):
            raise ExportFileError("This is no WordPress export: it has no wp:wxr_version. Is it a news feed?")
        self.header_is_out = True
        address = next(filter(None, map(self.header.get, ("wp:base_blog_url", "wp:base_site_url", "link"))), "")
        yield Channel(
            # Without the scheme: a site that moved to https is the same site.
            source=address.split("://")[-1].rstrip("/").lower()[:200],
            title=self.header.get("title", ""),
            version=self.header.get("wp:wxr_version", ""),
        )


def _name(element: Any) -> str:
    """The tag as "wp:post_id", "content:encoded", "excerpt:encoded" or, outside the known families, "title"."""
    space, _, local = element.tag.rpartition("}")
    if space.endswith("/excerpt/"):
        return f"excerpt:{local}"
    for address, family in _FAMILIES:
        if space[1:].startswith(address):
            return f"{family}:{local}"
    return f"?:{local}" if space else local


def _texts(element: Any) -> dict[str, str]:
    """Names and texts of an element's children, the first of each name."""
    texts: dict[str, str] = {}
    for child in element:
        texts.setdefault(_name(child), (child.text or "").strip())
    return texts


def _author(element: Any) -> Author:
    texts = _texts(element)
    login = texts.get("wp:author_login", "")
    both = f"{texts.get('wp:author_first_name', '')} {texts.get('wp:author_last_name', '')}".strip()
    return Author(
        login=login,
        name=texts.get("wp:author_display_name") or both or login,
        biography=texts.get("wp:author_description", ""),
    )


def _category(element: Any) -> Term:
    texts = _texts(element)
    slug = texts.get("wp:category_nicename", "")
    return Term("category", slug, texts.get("wp:cat_name") or slug, texts.get("wp:category_description", ""))


def _item(element: Any) -> Item:
    texts = _texts(element)
    return Item(
        post_id=texts.get("wp:post_id", ""),
        post_type=texts.get("wp:post_type") or "post",
        title=texts.get("title", ""),
        link=texts.get("link", ""),
        guid=texts.get("guid", ""),
        creator=texts.get("dc:creator", ""),
        content=texts.get("content:encoded", ""),
        excerpt=texts.get("excerpt:encoded", ""),
        status=texts.get("wp:status") or "publish",
        slug=texts.get("wp:post_name", ""),
        published_at=_moment(texts.get("wp:post_date_gmt"), texts.get("wp:post_date")),
        modified_at=_moment(texts.get("wp:post_modified_gmt"), texts.get("wp:post_modified")),
        takes_comments=texts.get("wp:comment_status") != "closed",
        has_password=bool(texts.get("wp:post_password")),
        comments=sum(_name(child) == "wp:comment" for child in element),
        terms=tuple(_terms(element)),
        meta=_meta(element),
    )


def _terms(element: Any) -> Iterator[Term]:
    for child in element:
        if _name(child) == "category" and (name := (child.text or "").strip()):
            yield Term(child.get("domain", "category"), child.get("nicename", ""), name)


def _meta(element: Any) -> dict[str, str]:
    meta: dict[str, str] = {}
    for child in element:
        if _name(child) == "wp:postmeta":
            texts = _texts(child)
            meta.setdefault(texts.get("wp:meta_key", ""), texts.get("wp:meta_value", ""))
    return meta


_PARTS: dict[str, Any] = {"item": _item, "wp:author": _author, "wp:category": _category}


def _moment(in_utc: str | None, there: str | None) -> datetime | None:
    """The first that is a real moment. WordPress writes 0000-00-00 for "never"; its local time counts as ours."""
    for text, zone in ((in_utc, UTC), (there, timezone.get_default_timezone())):
        try:
            moment = datetime.strptime(text or "", "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone)
        except ValueError:
            continue
        if 1900 <= moment.year <= 2200:  # noqa: PLR2004 - the rest is a slip, and time zones overflow there
            return moment
    return None
