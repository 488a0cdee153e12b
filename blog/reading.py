"""How an article is laid out on its page: anchors, contents, sources, who had a part in it, what to read next."""

import itertools
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.functional import SimpleLazyObject
from django.utils.text import slugify

from blog.citations import Citations
from blog.models.article_reads import ArticleQuerySet
from blog.models.articles import ArticlePage
from blog.models.parts import ArticleTag, Contribution, Correction

RELATED = 3
CONTENTS_FROM = 3  # headings; fewer need no map
# Ids of the page itself; a heading of that name gets another one.
_RESERVED = re.compile(
    r"(main|site-nav|sources|corrections|author|comments?|key|toc|rel)$|(ref|cite|author|comments?|c|sign-up|f|toc)-"
)


@dataclass(frozen=True)
class Part:
    """One block of the body; `anchor` is the id of a heading and empty for the rest."""

    block: Any
    anchor: str = ""


def lay_out(blocks: Iterable[Any]) -> list[Part]:
    """The blocks in order, each heading with an id of its own on the page."""
    taken: set[str] = set()
    parts = []
    for block in blocks:
        anchor = _new_anchor(block.value, taken) if block.block_type == "heading" else ""
        taken.add(anchor)
        parts.append(Part(block, anchor))
    return parts


def _new_anchor(heading: str, taken: set[str]) -> str:
    stem = slugify(heading) or "part"
    stem = f"part-{stem}" if _RESERVED.match(stem) else stem
    return next(name for n in itertools.count(1) if (name := stem if n == 1 else f"{stem}-{n}") not in taken)


def related_to(article: ArticlePage, count: int = RELATED, *, tags: Iterable[Any] | None = None) -> ArticleQuerySet:
    """Up to `count` live articles: first the newest of the same topic, then those that share a tag.

    `tags` are the article's own, if they are loaded already.
    """
    carried = article.tags.all() if tags is None else tags
    sharing = ArticleTag.objects.filter(tag__in=[tag.pk for tag in carried]).values("content_object")
    shelf = Case(When(topic=article.topic_id, then=Value(0)), default=Value(1), output_field=IntegerField())
    near = ArticlePage.objects.published().exclude(pk=article.pk).filter(Q(topic=article.topic_id) | Q(pk__in=sharing))
    return near.annotate(distance=shelf).order_by("distance", "-first_published_at", "-pk").for_cards()[:count]


def read_article(article: ArticlePage) -> dict[str, Any]:
    """The context of an article's page beside `page` itself; also right for a preview that was never saved.

    `parts` (list of Part), `contents` (heading parts, empty if too few), `references` (list), `citations` (what the
    drawing of the text fills), `corrections` (newest first), `safety_correction` (the newest that mattered for safety,
    or None), `standing`, `review` (the one of the standing, or None), `helpers` (contributions of those who checked
    and edited), `tags`, `related` (articles). Each is read when the page first asks for it: parts of a page that are
    kept for a generation ask for nothing.
    """
    parts = _lazy(lambda: lay_out(article.body))
    tags = _lazy(lambda: list(article.tags.all()))
    references = _lazy(lambda: list(article.references.all()))
    corrections = _lazy(lambda: sorted(article.corrections.all(), key=lambda one: one.corrected_on, reverse=True))
    return {
        "parts": parts,
        "contents": _lazy(lambda: _contents(parts)),
        "references": references,
        "citations": _lazy(lambda: Citations(len(references))),
        "corrections": corrections,
        "safety_correction": _lazy(lambda: next((c for c in corrections if c.grade == Correction.Grade.SAFETY), None)),
        "standing": _lazy(lambda: article.standing),
        "review": _lazy(lambda: article.standing.review),
        "helpers": _lazy(lambda: [c for c in article.credits if c.role != Contribution.Role.WROTE]),
        "tags": tags,
        "related": _lazy(lambda: list(related_to(article, tags=tags))),
    }


def _lazy(read: Callable[[], Any]) -> Any:
    return SimpleLazyObject(read)


def _contents(parts: list[Part]) -> list[Part]:
    headings = [part for part in parts if part.anchor]
    return headings if len(headings) >= CONTENTS_FROM else []
