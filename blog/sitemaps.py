"""Every page that a search engine may show, with the day on which it last changed and its picture.

Left out: what is behind a view restriction, articles that stood elsewhere first, topics without an article, searches.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Case, Max, OuterRef, Q, QuerySet, Subquery, When
from django.urls import reverse
from taggit.models import Tag
from wagtail.models import Page, Site

from blog.models import ArticlePage, Contribution, Correction, Topic

LIMIT = 1000  # addresses in one file; with more there is an index of files


@dataclass(frozen=True)
class Place:
    """One page: its absolute address, when it last changed (None: nobody knows) and the picture on it, or nothing."""

    address: str
    changed: datetime | None = None
    picture: str = ""


@dataclass(frozen=True)
class Section:
    """A part of the site: its rows, and what the sitemap says of one."""

    rows: Callable[[], QuerySet[Any] | Sequence[Any]]
    place: Callable[[Any], Place]

    def pages(self) -> Paginator[Any]:
        """The rows, `LIMIT` at a time."""
        return Paginator(self.rows(), LIMIT)


def _article_rows() -> QuerySet[Any]:
    listed = ArticlePage.objects.published().filter(canonical_url="").order_by("pk")
    listed = listed.select_related("picture").prefetch_related("picture__renditions")
    return listed.defer("body", "key_points", "interests", "how_made")


def _article_place(article: Any) -> Place:
    return Place(_address(article), article.last_published_at, _picture(article.picture))


def _page_rows() -> QuerySet[Any]:
    """All pages of the tree but articles; a page that lists others changes with the newest of them."""
    root = Site.objects.select_related("root_page").get(is_default_site=True).root_page
    below = Page.objects.live().filter(path__startswith=OuterRef("path")).order_by("-last_published_at")
    wrote = Contribution.objects.filter(author=OuterRef("pk"), role=Contribution.Role.WROTE)
    wrote = wrote.filter(article__listed_at__isnull=False).order_by("-article__last_published_at")
    pages = root.get_descendants(inclusive=True).live().public().not_type(ArticlePage).order_by("path")
    return pages.annotate(
        newest_below=Case(When(numchild__gt=0, then=Subquery(_dates(below, "last_published_at")))),
        newest_written=Subquery(_dates(wrote, "article__last_published_at")),
    )


def _dates(rows: QuerySet[Any], name: str) -> Any:
    return rows.filter(**{f"{name}__isnull": False}).values(name)[:1]


def _page_place(page: Any) -> Place:
    return Place(_address(page), _newest([page.last_published_at, page.newest_below, page.newest_written]))


def _topic_rows() -> list[Place]:
    """The list of topics and each that holds an article."""
    newest = Max("articles__last_published_at", filter=Q(articles__listed_at__isnull=False))
    shelves = [
        Place(settings.SITE_URL + topic.get_absolute_url(), topic.changed)
        for topic in Topic.objects.filter(articles__listed_at__isnull=False).annotate(changed=newest)
    ]
    return [_named("topics", changed=_newest(shelf.changed for shelf in shelves)), *shelves]


def _list_rows() -> list[Place]:
    """Lists that are no pages of the tree."""
    newest = Correction.objects.filter(article__listed_at__isnull=False).aggregate(
        changed=Max("article__last_published_at")
    )
    return [_named("corrections", changed=newest["changed"])]


def _tag_rows() -> QuerySet[Any]:
    """The tags that articles carry; the archive by month asks not to be indexed."""
    tagged = Tag.objects.filter(blog_articletag_items__content_object__listed_at__isnull=False)
    return tagged.annotate(changed=Max("blog_articletag_items__content_object__last_published_at")).order_by("slug")


def _tag_place(tag: Any) -> Place:
    return _named("tag", tag.slug, changed=tag.changed)


def _named(name: str, *args: Any, changed: datetime | None) -> Place:
    return Place(settings.SITE_URL + reverse(f"blog:{name}", args=args), changed)


def _newest(dates: Iterable[datetime | None]) -> datetime | None:
    return max(filter(None, dates), default=None)


def _as_it_is(place: Place) -> Place:
    return place


SECTIONS = {
    "pages": Section(_page_rows, _page_place),
    "articles": Section(_article_rows, _article_place),
    "topics": Section(_topic_rows, _as_it_is),
    "tags": Section(_tag_rows, _tag_place),
    "lists": Section(_list_rows, _as_it_is),
}


def _address(page: Any) -> str:
    """On SITE_URL, whatever host was asked."""
    parts = page.get_url_parts()
    return settings.SITE_URL + (parts[2] if parts else "/")


def _picture(image: Any) -> str:
    """The largest cut that pages show, if it was made already: a sitemap makes nobody wait for pictures."""
    if image is None:
        return ""
    cuts = [cut for cut in image.renditions.all() if cut.filter_spec.endswith("|format-jpeg")]
    return urljoin(settings.SITE_URL, max(cuts, key=lambda cut: (cut.width, cut.height)).url) if cuts else ""
