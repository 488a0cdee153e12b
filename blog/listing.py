"""Pages of articles for indexes, topics and authors, at a constant number of queries."""

from typing import Any

from django.core.paginator import Paginator

from blog.models.articles import ArticlePage, ArticleQuerySet, Contribution
from blog.models.authors import AuthorPage
from blog.models.reviews import Review
from blog.models.topics import Topic

PAGE_SIZE = 12


def article_listing(number: str | None, *, articles: ArticleQuerySet | None = None) -> dict[str, Any]:
    """`articles`: the Paginator page `number` (a bad number gives the nearest one) of the given live articles."""
    chosen = ArticlePage.objects.live() if articles is None else articles
    return {"articles": Paginator(chosen.newest_first().for_cards(), PAGE_SIZE).get_page(number)}


def topic_listing(topic: Topic, number: str | None) -> dict[str, Any]:
    """`articles` that stand on this shelf."""
    return article_listing(number, articles=ArticlePage.objects.live().filter(topic=topic))


def author_listing(author: AuthorPage, number: str | None) -> dict[str, Any]:
    """`articles` this person wrote, and how many they `wrote` and `reviewed`."""
    wrote = ArticlePage.objects.live().filter(contributions__author=author, contributions__role=Contribution.Role.WROTE)
    listing = article_listing(number, articles=wrote.distinct())
    reviewed = Review.objects.filter(reviewer=author, article__live=True).values("article").distinct().count()
    return {**listing, "wrote": listing["articles"].paginator.count, "reviewed": reviewed}
