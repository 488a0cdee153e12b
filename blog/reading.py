"""How an article is laid out on its page: anchors, contents, sources, who had a part in it, what to read next."""

import itertools
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Subquery
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


def related_to(article: ArticlePage, count: int = RELATED, *, tags: Iterable[Any] | None = None) -> list[ArticlePage]:
    """Up to `count` published articles to read next, as cards: what editors picked, in their order, then the nearest.

    Near are those of its topic that share tags with it (most tags first), then the rest of the topic, then those of
    other topics that share a tag; the newest of equals first. `tags` are the article's own, if they are loaded already.
    """
    picked = [pick.other_id for pick in article.related_picks.all() if pick.other_id != article.pk]
    carried = [tag.pk for tag in (article.tags.all() if tags is None else tags)]
    near = _nearest(article, count + len(picked), carried=carried) if len(picked) < count else []
    wanted = list(dict.fromkeys([*picked, *near]))
    cards = ArticlePage.objects.published().for_cards().in_bulk(wanted) if wanted else {}
    return [cards[key] for key in wanted if key in cards][:count]


def _nearest(article: ArticlePage, count: int, *, carried: list[int]) -> list[int]:
    """Keys of published articles, the nearest first."""
    near: list[int] = []
    for articles in _circles(article, carried):
        near += [pk for pk in articles.values_list("pk", flat=True)[: count + len(near)] if pk not in near]
        if len(near) >= count:
            break
    return near[:count]


def _circles(article: ArticlePage, carried: list[int]) -> Iterator[ArticleQuerySet]:
    """Wider and wider; each is put together only when the one before it was too small."""
    others = ArticlePage.objects.published().exclude(pk=article.pk)
    of_topic = others.filter(topic=article.topic_id) if article.topic_id else others.none()
    if carried:
        yield _sharing(of_topic, carried)
    yield of_topic.newest_first()
    if carried:
        yield _sharing(others, carried)


def _sharing(articles: ArticleQuerySet, carried: list[int]) -> ArticleQuerySet:
    """Those that carry any of these tags, most of them first."""
    sharing = ArticleTag.objects.filter(tag__in=carried).order_by()
    alike = sharing.filter(content_object=OuterRef("pk")).values("content_object").annotate(n=Count("pk"))
    found = articles.filter(pk__in=sharing.values("content_object")).annotate(shared=Subquery(alike.values("n")))
    return found.order_by("-shared", "-listed_at", "-pk")


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
        "related": _lazy(lambda: related_to(article, tags=tags)),
    }


def _lazy(read: Callable[[], Any]) -> Any:
    return SimpleLazyObject(read)


def _contents(parts: list[Part]) -> list[Part]:
    headings = [part for part in parts if part.anchor]
    return headings if len(headings) >= CONTENTS_FROM else []
