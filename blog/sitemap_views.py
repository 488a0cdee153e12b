"""The sitemap's addresses: one file for a small site, an index of files for a large one."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from blog.sitemaps import LIMIT, SECTIONS, Place
from pagecache.views import shared


@shared
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """All places, or where the files are that hold them."""
    parts = {name: section.pages() for name, section in SECTIONS.items()}
    if sum(pages.count for pages in parts.values()) > LIMIT:
        return _index(request, parts)
    return _places(request, [SECTIONS[name].place(row) for name, pages in parts.items() for row in pages.page(1)])


@shared
@require_safe
def sitemap_part(request: HttpRequest, section: str, number: int) -> HttpResponse:
    """One file of a large site."""
    chosen = SECTIONS.get(section)
    pages = chosen.pages() if chosen else None
    if chosen is None or pages is None or not 1 <= number <= pages.num_pages:
        raise Http404
    return _places(request, [chosen.place(row) for row in pages.page(number)])


def _index(request: HttpRequest, parts: dict[str, Paginator]) -> HttpResponse:
    files = [
        settings.SITE_URL + reverse("blog:sitemap_part", args=[name, number])
        for name, pages in parts.items()
        for number in pages.page_range
    ]
    return _xml(request, "index", {"files": files})


def _places(request: HttpRequest, places: list[Place]) -> HttpResponse:
    return _xml(request, "places", {"places": places})


def _xml(request: HttpRequest, name: str, context: dict[str, object]) -> HttpResponse:
    response = render(request, f"blog/sitemap/{name}.xml", context, content_type="application/xml; charset=utf-8")
    response.headers["X-Robots-Tag"] = "noindex"
    return response
