"""Articles by the thousand: the rows of the page tree are written directly, since Wagtail adds pages one by one."""

import json
import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connections, transaction
from django.db.models import F
from wagtail.models import Locale, Page
from wagtail.search.backends import get_search_backends

from blog.models import ArticleIndexPage, ArticlePage, AuthorIndexPage, AuthorPage, Contribution, Topic
from blog.plain_text import count_words, plain_passages
from blog.reading_level import measure_article
from home.sample.reviews import add_reviews
from home.sample.words import paragraph, sentence, title
from home.search.vocabulary import gather_words

SLUG = "sample-article-"
BATCH = 500
BODIES = 20  # different texts; the words of an article do not matter to a benchmark, their number does
NEWEST = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class _Text:
    """One body, read once: what `ArticlePage.save` would find in it for each of its articles."""

    body: Any
    word_count: int
    reading_age: int | None
    passages: list[str]


def add_articles(number: int) -> int:
    """Add live sample articles until there are `number` of them, each an hour older; how many were made."""
    already = ArticlePage.objects.filter(slug__startswith=SLUG).count()
    authors, topics = _authors(), _topics()
    bodies = [_read(_body(random.Random(seed))) for seed in range(BODIES)]  # noqa: S311 - no secret depends on it
    for first in range(already + 1, number + 1, BATCH):
        numbers = range(first, min(first + BATCH, number + 1))
        with transaction.atomic():
            _add_batch(numbers, bodies=bodies, authors=authors, topics=topics)
    gather_words()
    return max(0, number - already)


def _add_batch(numbers: range, *, bodies: list[_Text], authors: list[AuthorPage], topics: list[Topic]) -> None:
    parent = ArticleIndexPage.objects.get()
    last = parent.get_last_child()
    step = int(last.path[-Page.steplen :], 36) if last else 0  # treebeard counts in base 36
    locale = Locale.get_default()
    pages = [_article(n, parent, step + place, locale) for place, n in enumerate(numbers, start=1)]
    # The two tables of a page, one after the other: Django's bulk_create refuses models that inherit a table.
    base = Page.objects.bulk_create([Page(**_columns_of(page)) for page in pages])
    for page, row, number in zip(pages, base, numbers, strict=True):
        page.pk = page.page_ptr_id = row.pk
        page.topic = topics[number % len(topics)]
        text = bodies[number % len(bodies)]
        page.body, page.word_count, page.reading_age = text.body, text.word_count, text.reading_age
        page.references = []  # nothing to ask for
        page.text_digest = page.digest_text()
    _insert_own_columns(pages)
    Page.objects.filter(pk=parent.pk).update(numchild=F("numchild") + len(pages))
    Contribution.objects.bulk_create(
        Contribution(article=page, author=authors[number % len(authors)], sort_order=0)
        for page, number in zip(pages, numbers, strict=True)
    )
    for page, number in zip(pages, numbers, strict=True):
        # The index would ask for these names with six queries an article.
        page.__dict__["words_beside"] = f"{authors[number % len(authors)].title} {page.topic}"
    add_reviews(dict(zip(numbers, pages, strict=True)), passages=[text.passages for text in bodies])
    with _words_asked_once():
        for backend in get_search_backends(with_auto_update=True):
            backend.add_bulk(ArticlePage, pages)


def _article(number: int, parent: ArticleIndexPage, step: int, locale: Locale) -> ArticlePage:
    slug = f"{SLUG}{number}"
    at = NEWEST - timedelta(hours=number)
    return ArticlePage(
        path=Page._get_path(parent.path, parent.depth + 1, step),  # noqa: SLF001 - treebeard has no public name for it
        depth=parent.depth + 1,
        numchild=0,
        url_path=f"{parent.url_path}{slug}/",
        content_type=ContentType.objects.get_for_model(ArticlePage),
        locale=locale,
        translation_key=uuid.uuid5(uuid.NAMESPACE_URL, slug),
        title=title(number),
        draft_title=title(number),
        slug=slug,
        live=True,
        first_published_at=at,
        listed_at=at,
        last_published_at=at,
        latest_revision_created_at=at,
        deck=sentence(random.Random(number)),  # noqa: S311
    )


def _columns_of(page: Page) -> dict[str, object]:
    """The values of the columns that every page has, without its key."""
    fields = Page._meta.concrete_fields  # noqa: SLF001 - Django's documented name
    return {field.attname: getattr(page, field.attname) for field in fields if not field.primary_key}


def _insert_own_columns(pages: list[ArticlePage]) -> None:
    """INSERT into the articles' own table only: the rows that they share with all pages exist."""
    fields = ArticlePage._meta.local_concrete_fields  # noqa: SLF001
    articles = ArticlePage._base_manager.all()  # noqa: SLF001
    size = connections[articles.db].ops.bulk_batch_size(fields, pages)
    for start in range(0, len(pages), size):
        articles._insert(pages[start : start + size], fields=fields, using=articles.db)  # noqa: SLF001


@contextmanager
def _words_asked_once() -> Iterator[None]:
    """The index asks three times an article for the words of its body; there are but a few bodies, shared by all."""
    field: Any = ArticlePage._meta.get_field("body")  # noqa: SLF001
    found: dict[int, list[str]] = {}

    def words(body: Any) -> list[str]:
        if id(body) not in found:
            found[id(body)] = type(field).get_searchable_content(field, body)
        return found[id(body)]

    field.get_searchable_content = words
    try:
        yield
    finally:
        del field.get_searchable_content


def _read(stored: str) -> _Text:
    article = ArticlePage(body=stored)
    level = measure_article(article)
    return _Text(article.body, count_words(article.body), level.age if level else None, plain_passages(article.body))


def _body(chance: random.Random) -> str:
    """About 550 words in five parts, in the stored form."""
    blocks: list[dict[str, object]] = []
    for part in range(5):
        text = "".join(f"<p>{paragraph(chance)}</p>" for _ in range(2))
        points = "".join(f"<li>{sentence(chance)}</li>" for _ in range(3))
        blocks.append({"type": "heading", "value": sentence(chance).rstrip("."), "id": f"sample-h{part}"})
        blocks.append({"type": "text", "value": f"{text}<ul>{points}</ul>", "id": f"sample-t{part}"})
    blocks.append({"type": "quote", "value": {"text": sentence(chance), "source": "A reader"}, "id": "sample-q"})
    return json.dumps(blocks)


def _authors() -> list[AuthorPage]:
    parent = AuthorIndexPage.objects.get()
    for number in range(1, 5):
        if not AuthorPage.objects.filter(slug=f"sample-author-{number}").exists():
            page = AuthorPage(title=f"Sample Author {number}", slug=f"sample-author-{number}", role="Writer")
            parent.add_child(instance=page)
            parent = AuthorIndexPage.objects.get()  # treebeard changes the row, not this object
    return list(AuthorPage.objects.filter(slug__startswith="sample-author-").order_by("pk"))


def _topics() -> list[Topic]:
    return [
        Topic.objects.get_or_create(
            slug=f"sample-topic-{number}", defaults={"name": f"Sample topic {number}", "sort_order": 100 + number}
        )[0]
        for number in range(1, 6)
    ]
