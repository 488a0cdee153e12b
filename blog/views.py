"""The topics' pages and the list of corrections. Articles and authors are Wagtail pages and need no view here."""

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from blog.listing import topic_listing
from blog.models import Correction, Topic
from pagecache.views import shared

CORRECTIONS = 30  # a page


@shared
def topics(request: HttpRequest) -> HttpResponse:
    """All shelves, with the number of articles on each."""
    canonical = settings.SITE_URL + request.path
    return render(request, "blog/topics.html", {"topics": Topic.objects.with_counts(), "canonical": canonical})


@shared
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """One shelf; `?tag=` narrows it, `?page=` turns the pages. A tag that nothing here carries is passed over."""
    shelf = get_object_or_404(Topic.objects.select_related("picture"), slug=slug)
    listing = topic_listing(shelf, request.GET.get("page"), tag=request.GET.get("tag"))
    # What a tag narrows stands on the whole shelf as well: search engines are asked to pass it over.
    canonical = "" if listing["chosen"] else settings.SITE_URL + shelf.get_absolute_url()
    return render(request, "blog/topic.html", {"topic": shelf, "canonical": canonical, **listing})


@shared
def corrections(request: HttpRequest) -> HttpResponse:
    """What was put right in published articles, the newest first; `?page=` turns the pages."""
    rows = Correction.objects.filter(article__listed_at__isnull=False).order_by("-corrected_on", "-pk")
    listing = Paginator(rows.select_related("article").defer("article__body"), CORRECTIONS).get_page(
        request.GET.get("page")
    )
    canonical = settings.SITE_URL + request.path
    return render(request, "blog/corrections.html", {"listing": listing, "canonical": canonical})
