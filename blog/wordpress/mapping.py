"""What an exported post becomes here: the values of an article, without touching the database."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from django.utils.text import slugify

from blog.models import ArticlePage
from blog.sanitiser import plain_text

from .blocks import to_blocks
from .parse import Item, Term

MAX_POST = 1_000_000  # characters; ten books. The HTML parser is not for more.
MAX_DECK = 160
MAX_DESCRIPTION = 250
A_REAL_UPDATE = timedelta(days=1)  # what is put right on the first day is no update
_SKIPPED_TYPES = {
    "page": "pages are not imported, only posts",
    "attachment": "the media library is not imported; --media DIR brings the pictures that stand in posts",
    "nav_menu_item": "a menu entry",
    "revision": "an old version of something else",
    "custom_css": "a style sheet",
    "customize_changeset": "settings of a theme",
    "oembed_cache": "a cached answer of another site",
    "wp_block": "a reusable block",
    "wp_template": "a template",
    "wp_template_part": "a template",
    "wp_global_styles": "settings of a theme",
    "wp_navigation": "a menu",
}
_DRAFTS = {"draft": "a draft", "pending": "pending review", "private": "private", "future": "scheduled"}


@dataclass(frozen=True, slots=True)
class ArticleValues:
    """What the export says about one article. `body`: (type, value) pairs as in `blocks.Conversion`."""

    title: str
    slug: str
    deck: str
    search_description: str
    body: list[tuple[str, Any]]
    topic: Term | None
    tags: list[str]
    comments_mode: str
    published_at: datetime | None
    updated_at: datetime | None
    live: bool
    old_path: str
    notes: list[str]


def reason_to_skip(item: Item) -> str:
    """Why this item makes no article, in words; empty if it does."""
    if item.post_type != "post":
        return _SKIPPED_TYPES.get(item.post_type, f"of the kind “{item.post_type}”, which only WordPress knows")
    if item.status not in {"publish", *_DRAFTS}:
        return {"trash": "it was in the bin", "auto-draft": "it was never written"}.get(
            item.status, f"its status “{item.status}” is unknown"
        )
    if len(item.content) > MAX_POST:
        return f"it is longer than {MAX_POST:,} characters"
    if not item.title and not plain_text(item.content):
        return "it has neither title nor text"
    return ""


def key_of(item: Item) -> str:
    """What tells this item from all others of its site. Numbers alone occur twice in real exports."""
    return f"{item.post_id} {item.guid}".strip() or item.link or f"{item.slug} {item.title}"


def name_of(item: Item) -> str:
    """How a report names it."""
    title = plain_text(item.title) or plain_text(item.content[:400])[:60] or "without a title"
    return f"“{title}” ({item.post_id or item.slug or 'no number'})"


def map_post(item: Item) -> ArticleValues:
    """The values of the article that `item` becomes; `notes` say what could not be kept. Never raises."""
    text = plain_text(item.content)
    title = plain_text(item.title) or cut(text, 60) or "Untitled"
    conversion = to_blocks(item.content)
    deck = cut(plain_text(item.excerpt), MAX_DECK)
    live = item.status == "publish" and not item.has_password
    topic, tags = _shelf_and_tags(item)
    return ArticleValues(
        title=title[:255],
        slug=_slug(item, title),
        deck=deck,
        search_description=cut(plain_text(item.excerpt) or text, MAX_DESCRIPTION),
        body=conversion.blocks,
        topic=topic,
        tags=tags,
        comments_mode=ArticlePage.Comments.OPEN if item.takes_comments else ArticlePage.Comments.CLOSED,
        published_at=item.published_at,
        updated_at=_updated_at(item),
        live=live,
        old_path=_old_path(item),
        notes=[*_state_notes(item), *conversion.notes],
    )


def cut(text: str, length: int) -> str:
    """At most `length` characters, cut between two words and then closed with an ellipsis."""
    if len(text) <= length:
        return text
    head = text[: length - 1]
    return f"{head.rsplit(' ', 1)[0].rstrip(' ,;:–-') if ' ' in head else head}…"


def with_ids(body: list[tuple[str, Any]], key: str) -> list[dict[str, Any]]:
    """The stored form of the body. Ids come from `key` and the place, so that a later import keeps the anchors."""
    return [
        {"type": kind, "value": value, "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{key} {kind} {place}"))}
        for place, (kind, value) in enumerate(body)
    ]


def _slug(item: Item, title: str) -> str:
    wanted = slugify(unquote(item.slug), allow_unicode=True) or slugify(title, allow_unicode=True)
    return wanted[:200].strip("-_") or f"post-{item.post_id or 'untitled'}"


def _shelf_and_tags(item: Item) -> tuple[Term | None, list[str]]:
    """The first real category, and the names of all further ones and of the tags."""
    named = [Term(t.kind, t.slug, name) for t in item.terms if (name := plain_text(t.name))]
    categories = [t for t in named if t.kind == "category" and t.slug != "uncategorized"]
    others = [*categories[1:], *(t for t in named if t.kind in {"post_tag", "tag"})]
    tags = dict.fromkeys(cut(term.name, 100) for term in others)
    return (categories[0] if categories else None), list(tags)


def _updated_at(item: Item) -> datetime | None:
    if item.published_at and item.modified_at and item.modified_at - item.published_at > A_REAL_UPDATE:
        return item.modified_at
    return None


def _old_path(item: Item) -> str:
    """The path of the old address; empty for a number after a question mark, which no redirect can match."""
    try:
        address = urlsplit(item.link)
    except ValueError:
        return ""
    is_good = address.scheme in {"http", "https"} and address.path.strip("/")
    return address.path if is_good and len(address.path) <= 255 else ""  # noqa: PLR2004 - Redirect.old_path


def _state_notes(item: Item) -> list[str]:
    notes = []
    if item.has_password:
        notes.append("had a password there: it is a draft here")
    elif item.status in _DRAFTS:
        notes.append(f"was {_DRAFTS[item.status]} there: it is a draft here")
    if item.status == "publish" and not _old_path(item):
        notes.append("its old address cannot be forwarded")
    if item.comments:
        notes.append(f"comments left out: {item.comments} (comments are not imported)")
    return notes
