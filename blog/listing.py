"""Pages of articles for indexes, topics and authors, at a constant number of queries."""

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from taggit.models import Tag

from blog.models.article_reads import ArticleQuerySet
from blog.models.articles import ArticlePage
from blog.models.authors import AuthorPage
from blog.models.parts import ArticleTag, Contribution
from blog.models.reviews import Review
from blog.models.topics import Topic

PAGE_SIZE = 12
MOST_READ = 24  # reviewed articles on one profile
MAX_TAGS = 8  # to narrow a topic by


def article_listing(number: str | None, *, articles: ArticleQuerySet | None = None) -> dict[str, Any]:
    """`articles`: the Paginator page `number` (a bad number gives the nearest one) of the given published articles."""
    chosen = ArticlePage.objects.published() if articles is None else articles
    return {"articles": Paginator(chosen.newest_first().for_cards(), PAGE_SIZE).get_page(number)}


def popular_tags(articles: ArticleQuerySet, *, most: int = MAX_TAGS) -> list[Tag]:
    """The tags that most of the articles carry, with the number in `uses`."""
    tags = Tag.objects.filter(blog_articletag_items__content_object__in=articles)
    return list(tags.annotate(uses=Count("blog_articletag_items")).order_by("-uses", "name")[:most])


def topic_listing(topic: Topic, number: str | None, *, tag: str | None = None) -> dict[str, Any]:
    """`articles` on this shelf, its `tags` (most used first) and the `chosen` one or None; `picks` to start with.

    About the whole shelf: `total` articles, and how many were `reviewed` in the last twelve months. What is not asked
    for is not read: a page that is kept for a generation needs the count alone.
    """
    shelf = ArticlePage.objects.published().filter(topic=topic)
    tags: Any = SimpleLazyObject(lambda: popular_tags(shelf))
    chosen = next((one for one in tags if one.slug == tag), None) if tag else None
    carrying = ArticleTag.objects.filter(tag=chosen).values("content_object")
    listing = article_listing(number, articles=shelf.filter(pk__in=carrying) if chosen else shelf)
    is_whole = not chosen and listing["articles"].number == 1
    return {
        **listing,
        "tags": tags,
        "chosen": chosen,
        "total": shelf.count() if chosen else listing["articles"].paginator.count,
        "reviewed": SimpleLazyObject(lambda: _reviewed_of_late(shelf)),
        "picks": SimpleLazyObject(lambda: picked_articles(topic) if is_whole else []),
    }


def _reviewed_of_late(shelf: ArticleQuerySet) -> int:
    year_ago = timezone.localdate() - timedelta(days=365)
    fresh = Review.objects.filter(article__in=shelf, reviewed_on__gte=year_ago).current()
    return fresh.values("article").distinct().count()


def picked_articles(topic: Topic) -> list[ArticlePage]:
    """The articles with which editors let a newcomer to the topic start, as cards, in their order."""
    wanted = [pick.article_id for pick in topic.picks.all()]
    picked = ArticlePage.objects.published().for_cards().in_bulk(wanted) if wanted else {}
    return [picked[key] for key in wanted if key in picked]


def tag_listing(tag: Tag, number: str | None) -> dict[str, Any]:
    """`articles` that carry the tag, `total` of them, and the `topics` on which they stand."""
    carrying = ArticleTag.objects.filter(tag=tag).values("content_object")
    articles = ArticlePage.objects.published().filter(pk__in=carrying)
    listing = article_listing(number, articles=articles)
    topics = Topic.objects.filter(pk__in=articles.values("topic"))
    return {**listing, "total": listing["articles"].paginator.count, "topics": topics}


def author_listing(author: AuthorPage, number: str | None) -> dict[str, Any]:
    """`articles` this person wrote, `read` (the newest reviews by this person that hold, one an article).

    And how many they `wrote` and `reviewed`.
    """
    wrote = Contribution.objects.filter(author=author, role=Contribution.Role.WROTE).values("article")
    listing = article_listing(number, articles=ArticlePage.objects.published().filter(pk__in=wrote))
    counts = Review.objects.filter(reviewer=author, article__listed_at__isnull=False).current()
    newest: dict[int, Review] = {}
    for review in counts.select_related("article").newest_first():
        newest.setdefault(review.article_id, review)
    read = list(newest.values())
    return {
        **listing,
        "wrote": listing["articles"].paginator.count,
        "read": read[:MOST_READ],
        "reviewed": len(read),
    }
