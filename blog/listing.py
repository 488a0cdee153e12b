"""Pages of articles for indexes, topics and authors, at a constant number of queries."""

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.utils import timezone
from taggit.models import Tag

from blog.models.article_reads import ArticleQuerySet
from blog.models.articles import ArticlePage
from blog.models.authors import AuthorPage
from blog.models.parts import Contribution
from blog.models.reviews import Review
from blog.models.topics import Topic

PAGE_SIZE = 12
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
    """`articles` on this shelf, its `tags` (most used first) and the `chosen` one or None.

    About the whole shelf: `total` articles, and how many were `reviewed` in the last twelve months.
    """
    shelf = ArticlePage.objects.published().filter(topic=topic)
    tags = popular_tags(shelf)
    chosen = next((one for one in tags if one.slug == tag), None)
    listing = article_listing(number, articles=shelf.filter(tagged_items__tag=chosen) if chosen else shelf)
    year_ago = timezone.localdate() - timedelta(days=365)
    fresh = Review.objects.filter(article__in=shelf, reviewed_on__gte=year_ago).current()
    reviewed = fresh.values("article").distinct().count()
    total = shelf.count() if chosen else listing["articles"].paginator.count
    return {**listing, "tags": tags, "chosen": chosen, "total": total, "reviewed": reviewed}


def author_listing(author: AuthorPage, number: str | None) -> dict[str, Any]:
    """`articles` this person wrote, and how many they `wrote` and `reviewed`."""
    wrote = Contribution.objects.filter(author=author, role=Contribution.Role.WROTE).values("article")
    listing = article_listing(number, articles=ArticlePage.objects.published().filter(pk__in=wrote))
    read = Review.objects.filter(reviewer=author, article__listed_at__isnull=False).current()
    reviewed = read.values("article").distinct().count()
    return {**listing, "wrote": listing["articles"].paginator.count, "reviewed": reviewed}
