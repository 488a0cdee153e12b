"""The topics' pages. Articles and authors are Wagtail pages and need no view here."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from blog.listing import topic_listing
from blog.models import Topic
from pagecache.views import shared


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
