"""An issue's blocks for its web page: neighbouring articles stand together as one list."""

from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from blog.models import ArticlePage
from newsletter.blocks import WEB
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


def _as_list(blocks: Any, cards: dict[int, Any], before: list[Part]) -> list[Part]:
    articles = [cards[b.value["article"].pk] for b in blocks if b.value["article"] and b.value["article"].pk in cards]
    return [Part("article", articles=articles, is_first_of_kind=_is_first("article", before))] if articles else []


def _is_first(kind: str, before: list[Part]) -> bool:
    return all(part.kind != kind for part in before)
