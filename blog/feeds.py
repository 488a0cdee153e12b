"""The feed of new articles (RSS 2.0)."""

import re
from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.db.models import Prefetch
from django.http import HttpRequest
from django.utils.feedgenerator import Rss201rev2Feed
from wagtail.models import Site

from blog.models import ArticlePage, Contribution

LENGTH = 20
# What XML 1.0 cannot hold; one such character in a title would break the whole feed.
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def clean_text(words: str) -> str:
    """The words without the characters that XML forbids."""
    return _NOT_XML.sub("", words)


class ArticleFeed(Feed[ArticlePage, Any]):
    """The newest articles with their decks; the text itself is read on the site."""

    feed_type = Rss201rev2Feed
    link = "/"
    language = "en-gb"

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The site whose feed it is."""
        return Site.find_for_request(request)

    def title(self, obj: Any) -> str:
        """The name of the magazine."""
        return clean_text(obj.site_name or obj.hostname)

    def description(self, obj: Any) -> str:
        """What the feed holds."""
        return f"New articles from {self.title(obj)}"

    def items(self) -> Any:
        """The newest `LENGTH` articles."""
        wrote = Contribution.objects.filter(role=Contribution.Role.WROTE).order_by("sort_order", "pk")
        wrote = wrote.select_related("author")
        newest = ArticlePage.objects.published().newest_first().select_related("topic")
        return newest.prefetch_related(Prefetch("contributions", queryset=wrote, to_attr="wrote"))[:LENGTH]

    def item_title(self, item: ArticlePage) -> str:
        """The headline."""
        return clean_text(item.title)

    def item_description(self, item: ArticlePage) -> str:
        """The deck."""
        return clean_text(item.search_description or item.deck)

    def item_link(self, item: ArticlePage) -> str:
        """Where it can be read."""
        return str(item.url)

    def item_author_name(self, item: Any) -> str:
        """Everybody who wrote it."""
        return clean_text(", ".join(credit.author.title for credit in item.wrote))

    def item_pubdate(self, item: ArticlePage) -> datetime | None:
        """The day of first publishing."""
        return item.first_published_at

    def item_categories(self, item: ArticlePage) -> list[str]:
        """The topic."""
        return [clean_text(item.topic.name)] if item.topic else []
