"""What the reader's pages draw: icons, pictures, portraits, text with its numbered sources."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from wagtail.rich_text import RichText, expand_db_html

from blog.icons import draw_icon
from blog.pictures import show_picture
from blog.structured_data import to_script

register = template.Library()

# A tag with its quoted attributes as one piece: a ">" or "[2]" inside an attribute is not text.
_TAG = re.compile(r"""(<(?:"[^"]*"|'[^']*'|[^'">])*>)""")
_MARK = re.compile(r"[ \u00a0]?\[(\d{1,3})\]")  # the small number stands close to its word
_BLOCK_KEY = re.compile(r' data-block-key="[^"]*"')

register.filter("to_script", to_script)


@register.simple_tag
def icon(name: str, *, small: bool = False) -> SafeString:
    """`{% icon "check" %}`; `small=True` beside words."""
    return draw_icon(name, small=small)


@register.simple_tag
def picture_of(image: Any, shape: str, alt: str = "", *, first: bool = False, **attrs: Any) -> Any:
    """`{% picture_of image "card" alt %}`; `first=True` for the one that is seen before anything is scrolled."""
    loading = {"fetchpriority": "high"} if first else {"loading": "lazy", "decoding": "async"}
    return show_picture(image, shape, alt=alt, attrs={**loading, **{k: v for k, v in attrs.items() if v}})


@register.simple_tag
def avatar(person: Any, shape: str = "avatar") -> Any:
    """The photo of an AuthorPage, else a disc with the initials. It says nothing that the name beside it does not."""
    if person.photo:
        return show_picture(person.photo, shape, alt="", attrs={"class": "avatar", "loading": "lazy"})
    return format_html('<span class="avatar avatar--initials" aria-hidden="true">{}</span>', initials(person.title))


@register.filter
def initials(name: str) -> str:
    """At most two letters: "TV" for "Tomas Vetch", "AS" for "Dr Anouk Sorrel"."""
    words = [word for word in name.split() if word.rstrip(".") not in {"Dr", "Prof", "Professor"}] or name.split()
    letters = [word[0] for word in (words[:1] + words[1:][-1:])]
    return "".join(letters).upper()


@register.simple_tag(takes_context=True)
def article_text(context: dict[str, Any], value: RichText, *, first: bool = False) -> SafeString:
    """Rich text with `[2]` turned into a link to the second source, where there is one.

    `references` in the context are the article's sources. `first` sets the opening paragraph larger.
    """
    html = _BLOCK_KEY.sub("", expand_db_html(value.source))
    if first and html.startswith("<p>"):
        html = html.replace("<p>", '<p class="first">', 1)
    return mark_safe(_link_sources(html, len(context.get("references") or ())))  # what the editor's rich text gave


def _link_sources(html: str, count: int) -> str:
    """Replace the marks in the text between tags; a mark inside a link stays, since links do not nest."""
    pieces, in_link = [], False
    for piece in _TAG.split(html):
        if piece.startswith("<"):
            in_link = piece.startswith("<a ") or (in_link and piece != "</a>")
            pieces.append(piece)
        else:
            pieces.append(piece if in_link else _MARK.sub(lambda mark: _source_link(mark, count), piece))
    return "".join(pieces)


def _source_link(mark: re.Match[str], count: int) -> str:
    number = int(mark[1])
    if not 1 <= number <= count:
        return mark[0]
    return f'<sup><a class="ref" href="#ref-{number}" aria-label="Source {number}">{number}</a></sup>'


@register.filter
def short_address(address: str) -> str:
    """A web address as people write it: "nice.org.uk/guidance/ng193"."""
    parts = urlsplit(address)
    return (parts.netloc.removeprefix("www.") + parts.path).rstrip("/")


@register.filter
def page_numbers(listing: Any) -> list[int]:
    """The numbers to show for a Paginator page, 0 where a gap is: [1, 0, 4, 5, 6, 0, 9]."""
    elided = listing.paginator.get_elided_page_range(listing.number, on_each_side=1, on_ends=1)
    return [number if isinstance(number, int) else 0 for number in elided]


@register.simple_tag
def first_words(*texts: Any) -> str:
    """The first of the texts that says something, without tags and on one line, at most 200 characters."""
    plain = (" ".join(strip_tags(str(text)).split()) for text in texts if text)
    return Truncator(unescape(next(filter(None, plain), ""))).chars(200)
