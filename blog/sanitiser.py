"""The one place where HTML that we did not write is made safe."""

import html as entities
import re
from collections import Counter
from urllib.parse import urljoin, urlsplit

import nh3
from django.utils.safestring import SafeString, mark_safe

INLINE = frozenset({"a", "b", "strong", "i", "em", "sup", "sub", "br"})
RICH_TEXT = INLINE | {"p", "h2", "h3", "h4", "ul", "ol", "li"}
# What a whole post of another system is built from: enough to take it apart, never shown as it is.
STRUCTURE = RICH_TEXT | {
    *("h1", "h5", "h6", "blockquote", "cite", "q", "pre", "hr", "img", "figure", "figcaption"),
    *("div", "section", "article", "main", "header", "footer", "aside", "center", "address", "details", "summary"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "dl", "dt", "dd"),
}

# Everything that browsers skip while they read an address, and what XML and HTML do not allow at all.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_NESTING_TAG = re.compile(r"<(/?)(?!(?:br|hr|img|p|li)\b)([a-z][a-z0-9]*)", re.IGNORECASE)
MAX_OPEN_TAGS = 2000  # the HTML parser's time grows with the square of the depth
_GOOD_LINK = re.compile(r"https?://[^/\\\s]|mailto:[^\s@]+@|#|/(?![/\\])", re.IGNORECASE)

_NOT_IN_FEEDS = {"script", "style", "svg", "button", "form", "iframe", "template", "noscript", "nav"}
_FEED = set(STRUCTURE) - {"h1", "div", "section", "article", "main", "header", "footer", "aside", "center", "address"}
_FEED_ATTRIBUTES = {
    "a": {"href", "rel"},
    "img": {"src", "alt", "width", "height"},
    **{cell: {"scope", "colspan", "rowspan"} for cell in ("th", "td")},
}


def safe_link(address: str) -> str | None:
    """`address` without control and invisible characters if it is http(s):, mailto:, /path or #mark; else None."""
    visible = _UNSEEN.sub("", address).strip()
    return visible if _GOOD_LINK.match(visible) else None


def is_web_link(address: str) -> bool:
    """Whether it is http(s): with a host and without a user name, which would make one host look like another."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(host) and "@" not in parts.netloc and not _UNSEEN.search(address)


def _keep_attribute(_tag: str, attribute: str, value: str) -> str | None:
    return safe_link(value) if attribute == "href" else value


def _keep_in_comment(_tag: str, attribute: str, value: str) -> str | None:
    if attribute == "href":
        return value if is_web_link(value) else None
    if attribute == "start":
        return value if value.isascii() and value.isdigit() and len(value) <= 3 else None  # noqa: PLR2004
    return value if attribute == "rel" or value == "blanked" else None


_RICH_TEXT = nh3.Cleaner(
    tags=set(RICH_TEXT), attributes={"a": {"href"}}, attribute_filter=_keep_attribute, link_rel=None
)
_STRUCTURE = nh3.Cleaner(
    tags=set(STRUCTURE),
    attributes={"a": {"href"}, "img": {"src", "alt"}},
    attribute_filter=_keep_attribute,
    link_rel=None,
)
_COMMENT_TAGS = {"p", "br", "em", "strong", "ul", "ol", "li", "a", "span"}
_COMMENT = nh3.Cleaner(
    tags=_COMMENT_TAGS,
    attributes={"a": {"href"}, "ol": {"start"}, "span": {"class"}},
    attribute_filter=_keep_in_comment,
    url_schemes={"http", "https"},
    link_rel="ugc nofollow noopener",
)
_COMMENT_WITHOUT_LINKS = nh3.Cleaner(
    tags=_COMMENT_TAGS - {"a"},
    attributes={"ol": {"start"}, "span": {"class"}},
    attribute_filter=_keep_in_comment,
    link_rel=None,
)
_NOTHING = nh3.Cleaner(tags=set(), attributes={}, link_rel=None)


def clean_html(html: str) -> SafeString:
    """Rich text of an article that may be shown: a short list of tags, links by `safe_link`, no other attribute.

    Fit to be stored in a rich text field: Wagtail's editor cannot open `<br>`, only `<br/>`.
    """
    return mark_safe(_RICH_TEXT.clean(_readable(html)).replace("<br>", "<br/>"))


def clean_for_feed(html: str, *, base: str) -> str:
    """A page of ours as readers of feeds may get it: the same tags, absolute addresses, nothing that runs or is drawn.

    `base` is the absolute address that relative links start from.
    """

    def keep(_tag: str, attribute: str, value: str) -> str | None:
        if attribute not in {"href", "src"}:
            return value
        link = safe_link(value)
        return urljoin(base, link) if link else None

    return nh3.clean(
        _FORBIDDEN.sub("", html),
        tags=_FEED,
        clean_content_tags=_NOT_IN_FEEDS,
        attributes=_FEED_ATTRIBUTES,
        attribute_filter=keep,
        link_rel=None,
    )


def clean_comment(html: str) -> SafeString:
    """What `blog.commenting.markup` made of a reader's words: a few tags, links to the web that give no credit."""
    return mark_safe(_COMMENT.clean(_readable(html)))


def clean_comment_without_links(html: str) -> SafeString:
    """The same where no link may be pressed yet: the words of each stay."""
    return mark_safe(_COMMENT_WITHOUT_LINKS.clean(_readable(html)))


def clean_structure(html: str) -> str:
    """A whole post, well-formed, for taking apart. Holds more tags than readers may get: never show it."""
    return _STRUCTURE.clean(_readable(html))


def plain_text(html: str) -> str:
    """The words of `html` on one line, entities resolved: text, to be escaped where it is shown."""
    return " ".join(entities.unescape(_NOTHING.clean(_readable(html))).split())


def _readable(html: str) -> str:
    """Without what no document may hold, and without its tags if it is nested deeper than any person nests."""
    text = _FORBIDDEN.sub("", html)
    return re.sub(r"<[^<>]*>?", " ", text) if _is_too_deep(text) else text


def _is_too_deep(html: str) -> bool:
    still_open: Counter[str] = Counter()
    for closing, tag in _NESTING_TAG.findall(html):
        if not closing:
            still_open[tag.lower()] += 1
            if still_open.total() > MAX_OPEN_TAGS:
                return True
        elif still_open[tag.lower()]:
            still_open[tag.lower()] -= 1
    return False
