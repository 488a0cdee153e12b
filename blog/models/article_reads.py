"""Reads of articles, for lists and cards."""

from functools import cache
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Subquery
from wagtail.query import PageQuerySet

from .reviews import Review

if TYPE_CHECKING:
    from .articles import ArticlePage  # noqa: F401 - the class of the rows below


class ArticleQuerySet(PageQuerySet["ArticlePage"]):
    """Reads of articles."""

    def published(self) -> "ArticleQuerySet":
        """Those that any reader may see: live, and neither they nor a page above them behind a restriction.

        Every public list begins with it. One indexed column, kept by `blog.listed`; `.live().public()` asks the tree.
        """
        return self.filter(listed_at__isnull=False)

    def newest_first(self) -> "ArticleQuerySet":
        """Of published ones, by the day of first publishing."""
        return self.order_by("-listed_at", "-pk")

    def for_cards(self) -> "ArticleQuerySet":
        """All that a card shows, in a constant number of queries, and not the long texts that it does not.

        Adds `reviewed_on`: the day on which the words that readers see were read as a whole, or None.
        """
        return (
            self.select_related("topic", "picture")
            .prefetch_related("picture__renditions")
            .defer("body", "key_points", "interests", "how_made", "topic__intro")
            .annotate(reviewed_on=_reviewed_on())
        )


@cache  # half of what the query of some cards costs is putting this together; each query takes a copy
def _reviewed_on() -> Subquery:
    newest = Review.objects.filter(article=OuterRef("pk")).current().newest_first()
    return Subquery(newest.values("reviewed_on")[:1])
