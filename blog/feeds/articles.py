"""The newest articles as entries of a feed, at a constant number of queries."""

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest

from blog.models import Contribution, Correction, Reference, Review
from blog.models.article_reads import ArticleQuerySet
from blog.pictures import share_picture
from blog.reviewing import judge_standing

from .entries import Entry, Writer
from .texts import write_texts

LENGTH = 20


def newest_entries(articles: ArticleQuerySet, request: HttpRequest) -> list[Entry]:
    """The newest `LENGTH` of the given published articles, in full."""
    newest = list(_with_all(articles.newest_first())[:LENGTH])
    for article in newest:
        article.listed_picture = share_picture(article.picture) if article.picture else ""
        article.standing = judge_standing(
            article.listed_reviews, digest=article.text_digest, published_at=article.last_published_at
        )
    texts = write_texts(newest, request)
    return [_entry(article, texts[article.pk]) for article in newest]


def _with_all(articles: ArticleQuerySet) -> ArticleQuerySet:
    """With everything that an entry says, under names that begin with `listed_`."""
    wrote = Contribution.objects.filter(role=Contribution.Role.WROTE).order_by("sort_order", "pk")
    return articles.select_related("topic", "picture").prefetch_related(
        "picture__renditions",
        "tagged_items__tag",
        Prefetch("contributions", wrote.select_related("author"), to_attr="listed_credits"),
        Prefetch("references", Reference.objects.order_by("sort_order", "pk"), to_attr="listed_references"),
        Prefetch("corrections", Correction.objects.order_by("-corrected_on", "-pk"), to_attr="listed_corrections"),
        Prefetch("reviews", Review.objects.select_related("reviewer"), to_attr="listed_reviews"),
    )


def _entry(article: Any, html: str) -> Entry:
    address = article.full_url
    labels = [article.kind_label, article.topic.name if article.topic else ""]
    labels += sorted(item.tag.name for item in article.tagged_items.all())
    return Entry(
        key=f"urn:uuid:{article.translation_key}",
        url=address,
        title=article.title,
        summary=article.search_description or article.deck,
        html=html,
        published=article.first_published_at or article.listed_at,
        updated=article.updated_at or article.first_published_at or article.listed_at,
        writers=[_writer(credit.author) for credit in article.listed_credits],
        labels=list(dict.fromkeys(filter(None, labels))),
        picture=article.listed_picture,
        comments_url=f"{address}#comments",
    )


def _writer(person: Any) -> Writer:
    return Writer(person.title, (person.full_url or "") if person.live else "")
