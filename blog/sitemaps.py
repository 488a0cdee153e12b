"""Addresses for search engines that are no Wagtail pages: the topics."""

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from blog.models import Topic


class TopicSitemap(Sitemap[Topic | None]):
    """The list of topics (None) and every topic that holds an article."""

    def items(self) -> list[Topic | None]:
        """What is worth a visit."""
        return [None, *Topic.objects.with_articles()]

    def location(self, item: Topic | None) -> str:
        """Its path."""
        return item.get_absolute_url() if item else reverse("blog:topics")
