"""What the reader's pages draw: icons, pictures, portraits, text with its numbered sources."""

import re
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.utils.html import format_html, format_html_join, linebreaks, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator
from wagtail.rich_text import RichText, expand_db_html

from blog.citations import Citations
from blog.icons import draw_icon
from blog.pictures import show_picture
from blog.structured_data import to_script

register = template.Library()

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
def article_text(context: dict[str, Any], value: RichText, *, first: bool = False, marks: bool = True) -> SafeString:
    """Rich text with `[2]` turned into a link to the second source, where there is one.

    `citations` in the context are those of the article. `first` sets the opening paragraph larger; without `marks`
    nothing is linked: a text that stands in many articles cannot mean the sources of one.
    """
    source = value.source if value else ""
    html = _BLOCK_KEY.sub("", expand_db_html(source) if _needs_expanding(source) else source)
    if first and html.startswith("<p>"):
        html = html.replace("<p>", '<p class="first">', 1)
    return _citations(context).link_html(html) if marks else mark_safe(html)  # what the editor's rich text gave


@register.simple_tag(takes_context=True)
def cited(context: dict[str, Any], text: str, *, lines: bool = False) -> SafeString:
    """Plain text, escaped, with its marks as links; with `lines` its paragraphs and line breaks as HTML."""
    linked = _citations(context).link_text(str(text or ""))
    return mark_safe(linebreaks(linked)) if lines else linked


@register.simple_tag(takes_context=True)
def table_cell(context: dict[str, Any], cell: Any) -> SafeString:
    """A cell of a table block: rich text, or figures as plain text."""
    return article_text(context, cell.value) if isinstance(cell.value, RichText) else cited(context, cell.value)


@register.simple_tag(takes_context=True)
def source_places(context: dict[str, Any], number: int) -> SafeString:
    """The ways back from a source to each place that names it; nothing if none does."""
    places = _citations(context).places(number)
    if not places:
        return mark_safe("")
    arrow = draw_icon("up", small=True)
    if len(places) == 1:
        html = '<a href="#{}" aria-label="Back to where the text names source {}">{}</a>'
        links = format_html(html, places[0][1], number, arrow)
    else:
        html = '<a href="#{}" aria-label="Back to where the text names source {}, place {}">{}</a>'
        links = format_html_join(" ", html, ((place, number, letter, letter) for letter, place in places))
        links = arrow + links
    return format_html(' <span class="ref-back">{}</span>', links)


def _needs_expanding(source: str) -> bool:
    """Whether it holds what only the database can resolve: links to pages, embedded things."""
    return "linktype=" in source or "<embed" in source


def _citations(context: dict[str, Any]) -> Citations:
    """Those of the article that is being drawn; in the preview of one block there are none."""
    found = context.get("citations")
    return found if isinstance(found, Citations) else Citations(len(context.get("references") or ()))


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
def summary_of(page: Any, topic: Any, *otherwise: Any) -> str:
    """What a page or a topic says of itself in a sentence or two, else the first of `otherwise`; as `first_words`.

    Kinds of pages have different fields for it. A template that asks for one that is not there pays for a list of all.
    """
    own = (getattr(page, name, "") for name in ("search_description", "deck", "lead", "intro", "summary"))
    shelf = (getattr(topic, name, "") for name in ("intro", "summary"))
    return first_words(*own, *shelf, *otherwise)


@register.simple_tag
def first_words(*texts: Any) -> str:
    """The first of the texts that says something, without tags and on one line, at most 200 characters."""
    plain = (" ".join(strip_tags(str(text)).split()) for text in texts if text)
    return Truncator(unescape(next(filter(None, plain), ""))).chars(200)
