"""An issue for its web page: its blocks, neighbouring articles as one list; what it was when it was sent."""

from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from blog.models import ArticlePage
from newsletter.blocks import WEB
from newsletter.models import Dispatch, IssuePage
from newsletter.pieces import blocks_shown, find_articles


@dataclass(frozen=True)
class Part:
    """`kind` is the block's type; "article" has `articles` (as for cards), all others their block's `value`."""

    kind: str
    value: Any = None
    articles: list[Any] = field(default_factory=list)
    is_first_of_kind: bool = False

    @property
    def template(self) -> str:
        """How it stands on the page."""
        return f"newsletter/blocks/{'articles' if self.kind == 'article' else self.kind}.html"


def read_parts(issue: Any) -> list[Part]:
    """The parts in reading order; articles that are not published are left out."""
    wanted = [article.pk for article in find_articles(issue, WEB)]
    cards = {card.pk: card for card in ArticlePage.objects.published().filter(pk__in=wanted).for_cards()}
    parts: list[Part] = []
    for kind, blocks in groupby(blocks_shown(issue, WEB), key=lambda block: block.block_type):
        if kind == "article":
            parts += _as_list(blocks, cards, parts)
        else:
            for block in blocks:
                parts.append(Part(kind, block.value, is_first_of_kind=_is_first(kind, parts)))
    return parts


def tell_changes(issue: IssuePage) -> dict[str, Any]:
    """`changed_at`: when it became another text than was sent; `sent_texts`: what was sent then."""
    changed_at = issue.changed_after_sending
    return {"changed_at": changed_at, "sent_texts": _find_sent_texts(issue) if changed_at else []}


def _find_sent_texts(issue: IssuePage) -> list[Dispatch]:
    """The dispatches of an issue that froze a text of their own, oldest first: mostly one. Without the texts."""
    launched = issue.dispatches.exclude(launched_at=None).exclude(html="").order_by("launched_at")
    found: dict[str, Dispatch] = {}
    for dispatch in launched.only("launched_at", "zone", "content_hash", "issue"):
        found.setdefault(dispatch.content_hash, dispatch)
    return list(found.values())


def _as_list(blocks: Any, cards: dict[int, Any], before: list[Part]) -> list[Part]:
    articles = [cards[b.value["article"].pk] for b in blocks if b.value["article"] and b.value["article"].pk in cards]
    return [Part("article", articles=articles, is_first_of_kind=_is_first("article", before))] if articles else []


def _is_first(kind: str, before: list[Part]) -> bool:
    return all(part.kind != kind for part in before)
