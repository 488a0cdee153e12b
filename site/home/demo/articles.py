"""The articles of the demo, their topics and their reviews."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.formats import date_format

from blog.actions.reviews import describe_credential
from blog.models import ArticleIndexPage, ArticlePage, AuthorPage, Contribution, Correction, Reference, Review, Topic
from home.demo.boxes import Notes, add_notes, article_blocks
from home.demo.pictures import add_picture
from home.demo.publishing import add_published, days_before, morning_before
from home.demo.texts import Record, read_folder, read_records
from users.models import User

REVIEW_HOLDS = 365  # days
HOW_MADE = (
    "This text is part of a demonstration. Its sources were named from memory: nobody looked them up or opened them. "
    "Please do so before you rely on one."
)
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
    notes = add_notes()
    articles = {slug: _article(slug, record, desk, notes) for slug, record in records}
    for slug, record in records:
        article = articles[slug]
        published = morning_before(desk.now, record.one("published"))
        add_published(index, article, at=published, by=desk.by, again_at=article.updated_at)
        _add_reviews(article, record, desk)
    return articles


def _article(slug: str, record: Record, desk: Desk, notes: Notes) -> ArticlePage:
    article = ArticlePage(
        slug=slug,
        title=record.one("title"),
        kind=record.one("kind", ArticlePage.Kind.GUIDE),
        interests=record.one("interests"),
        how_made="\n\n".join(filter(None, [record.one("how made"), HOW_MADE])),
        deck=record.one("deck"),
        search_description=record.one("summary"),
        topic=desk.topics[record.one("topic")],
        picture=add_picture(record.one("picture"), record.one("alt")),
        picture_alt=record.one("alt"),
        key_points="\n".join(record.all("point")),
        body=list(article_blocks(record.body, signature=_signature(record, desk), notes=notes)),
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
    article.references.add(*(_reference(parts, desk) for parts in record.parts("source")))
    for days, grade, text in record.parts("correction"):
        day = days_before(desk.now, days).date()
        article.corrections.add(Correction(corrected_on=day, grade=grade, text=text))


def _reference(parts: list[str], desk: Desk) -> Reference:
    """From its words, its address and fields: `doi: …`, `pmid: …`, `isbn: …`, `evidence: …`, `read: days ago`."""
    reference = Reference(text=parts[0])
    for part in parts[1:]:
        name, colon, value = part.partition(": ")
        if not colon:
            reference.url = part
        elif name == "read":
            reference.read_on = days_before(desk.now, value).date()
        else:
            setattr(reference, name, value)
    reference.clean()
    return reference


def _add_reviews(article: ArticlePage, record: Record, desk: Desk) -> None:
    for slug, days, note in record.parts("review"):
        reviewer, day = desk.people[slug], days_before(desk.now, days).date()
        Review.objects.create(
            article=article,
            reviewer=reviewer,
            credential=describe_credential(reviewer),
            reviewed_on=day,
            due_on=day + timedelta(days=REVIEW_HOLDS),
            note=note,
            revision=article.latest_revision,
            digest=article.text_digest,
            words=article.review_passages(),
            created_at=morning_before(desk.now, days),
        )


def hand_in(article: ArticlePage, *, by: User) -> None:
    """Let the article wait for a medical reviewer, so that a newcomer sees the desk."""
    if workflow := article.get_workflow():
        workflow.start(article, by)


def _signature(record: Record, desk: Desk) -> str:
    """Who signs a reviewer's note, and the day: those of the newest review; empty without one."""
    reviews = record.parts("review")
    if not reviews:
        return ""
    slug, days, _ = reviews[-1]
    return f"{desk.people[slug].title}, {date_format(days_before(desk.now, days), 'j F Y')}"
