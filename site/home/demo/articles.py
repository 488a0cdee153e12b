"""The articles of the demo, their topics and their reviews."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.formats import date_format

from blog.models import ArticleIndexPage, ArticlePage, AuthorPage, Contribution, Reference, Review, Topic
from home.demo.pictures import add_picture
from home.demo.publishing import add_published, days_before, morning_before
from home.demo.texts import Piece, Record, pieces, read_folder, read_records, to_html
from users.models import User

REVIEW_HOLDS = 365  # days
CALLOUTS = {"note", "tip", "caution", "urgent", "reviewer"}
People = dict[str, AuthorPage]


def add_topics() -> dict[str, Topic]:
    """The five shelves, by slug."""
    topics = {}
    for number, record in enumerate(read_records("topics.md"), start=1):
        fields = {name: record.one(name) for name in ("name", "icon", "summary")}
        topics[record.one("slug")] = Topic.objects.create(
            slug=record.one("slug"), intro=record.body, sort_order=number * 10, **fields
        )
    return topics


@dataclass(frozen=True)
class Desk:
    """What every article needs: the people and shelves by slug, the moment of loading, who publishes."""

    people: People
    topics: dict[str, Topic]
    now: datetime
    by: User


def add_articles(desk: Desk) -> dict[str, ArticlePage]:
    """All articles, by slug, the oldest first; with their reviews."""
    index = ArticleIndexPage.objects.get()
    records = sorted(read_folder("articles").items(), key=lambda item: -int(item[1].one("published")))
    articles = {slug: _article(slug, record, desk) for slug, record in records}
    for slug, record in records:
        article = articles[slug]
        published = morning_before(desk.now, record.one("published"))
        add_published(index, article, at=published, by=desk.by, again_at=article.updated_at)
        _add_reviews(article, record, desk)
    return articles


def _article(slug: str, record: Record, desk: Desk) -> ArticlePage:
    article = ArticlePage(
        slug=slug,
        title=record.one("title"),
        deck=record.one("deck"),
        search_description=record.one("summary"),
        topic=desk.topics[record.one("topic")],
        picture=add_picture(record.one("picture"), record.one("alt")),
        picture_alt=record.one("alt"),
        key_points="\n".join(record.all("point")),
        body=list(article_blocks(record.body, signature=_signature(record, desk))),
        updated_at=morning_before(desk.now, record.one("updated")) if record.one("updated") else None,
    )
    _add_parts(article, record, desk)
    return article


def _add_parts(article: ArticlePage, record: Record, desk: Desk) -> None:
    article.tags.add(*record.all("tag"))
    roles = (("author", Contribution.Role.WROTE), ("checked", Contribution.Role.CHECKED))
    for field, role in roles:
        for slug in record.all(field):
            article.contributions.add(Contribution(author=desk.people[slug], role=role))
    for text, url in record.parts("source"):
        article.references.add(Reference(text=text, url=url))


def _add_reviews(article: ArticlePage, record: Record, desk: Desk) -> None:
    for slug, days, note in record.parts("review"):
        reviewer, day = desk.people[slug], days_before(desk.now, days).date()
        Review.objects.create(
            article=article,
            reviewer=reviewer,
            credential=f"{reviewer.role}, {reviewer.credentials.first().degree}",
            reviewed_on=day,
            due_on=day + timedelta(days=REVIEW_HOLDS),
            note=note,
            revision=article.latest_revision,
            digest=article.text_digest,
            created_at=morning_before(desk.now, days),
        )


def _signature(record: Record, desk: Desk) -> str:
    """Who signs a reviewer's note, and the day: those of the newest review; empty without one."""
    reviews = record.parts("review")
    if not reviews:
        return ""
    slug, days, _ = reviews[-1]
    return f"{desk.people[slug].title}, {date_format(days_before(desk.now, days), 'j F Y')}"


def article_blocks(body: str, *, signature: str = "") -> Iterator[tuple[str, Any]]:
    """The body as (block type, value) of `blog.blocks.ArticleBody`. Raises ValueError for a box it does not know."""
    for piece in pieces(body):
        if piece.kind == "heading":
            yield "heading", piece.words
        elif piece.kind == "text":
            yield "text", to_html(piece.words)
        elif piece.kind == "quote":
            yield "quote", {"text": piece.words, "source": piece.title}
        else:
            yield "callout", _callout(piece, signature)


def _callout(piece: Piece, signature: str) -> dict[str, str]:
    if piece.kind not in CALLOUTS:
        message = f"An article has no box of the kind {piece.kind!r}"
        raise ValueError(message)
    words = f"{piece.words}\n\n{signature}" if piece.kind == "reviewer" else piece.words
    return {"style": piece.kind, "title": piece.title, "text": to_html(words)}
