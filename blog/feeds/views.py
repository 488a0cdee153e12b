"""The feeds' addresses: the site, one author, one topic, each as RSS and as JSON."""

from collections.abc import Callable
from typing import Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from blog.models import ArticlePage, AuthorPage, Contribution, Topic
from pagecache.views import kept_whole, shared

from . import json_feed, rss
from .articles import newest_entries
from .entries import Channel, Entry

Form = Literal["rss", "json"]
_WRITERS: dict[Form, tuple[Callable[[Channel], bytes], str]] = {
    "rss": (rss.write_rss, rss.TYPE),
    "json": (json_feed.write_json, json_feed.TYPE),
}


@shared
@require_safe
@kept_whole
def site_feed(request: HttpRequest, form: Form) -> HttpResponse:
    """The newest articles of the whole site."""
    name = site_name(request)
    entries = newest_entries(ArticlePage.objects.published(), request)
    return answer(request, form, entries, title=name, description=f"New articles from {name}, in full.", home="/")


@shared
@require_safe
@kept_whole
def author_feed(request: HttpRequest, slug: str, form: Form) -> HttpResponse:
    """The newest articles that one person wrote."""
    person = get_object_or_404(AuthorPage.objects.live().public(), slug=slug)
    credits_of = Contribution.objects.filter(author=person, role=Contribution.Role.WROTE)
    wrote = ArticlePage.objects.published().filter(pk__in=credits_of.values("article"))
    title = f"{site_name(request)}: articles by {person.title}"
    words = f"New articles by {person.title}, in full."
    return answer(request, form, newest_entries(wrote, request), title=title, description=words, home=str(person.url))


@shared
@require_safe
@kept_whole
def topic_feed(request: HttpRequest, slug: str, form: Form) -> HttpResponse:
    """The newest articles of one topic."""
    topic = get_object_or_404(Topic, slug=slug)
    entries = newest_entries(ArticlePage.objects.published().filter(topic=topic), request)
    title = f"{site_name(request)}: {topic.name}"
    words = f"New articles on {topic.name.lower()}, in full."
    return answer(request, form, entries, title=title, description=words, home=topic.get_absolute_url())


def answer(
    request: HttpRequest, form: Form, entries: list[Entry], *, title: str, description: str, home: str
) -> HttpResponse:
    """The feed at the address that was asked for; `home` is the path of the page that it follows."""
    write, content_type = _WRITERS[form]
    channel = Channel(
        title=title,
        description=description,
        home_url=settings.SITE_URL + home,
        feed_url=settings.SITE_URL + request.path,
        icon_url=settings.SITE_URL + static("brand/mark-512.png"),
        entries=entries,
    )
    return HttpResponse(write(channel), content_type=content_type)


def site_name(request: HttpRequest) -> str:
    """What the pages call the site. A template knows: the site's settings belong to a higher app."""
    return render_to_string("blog/feeds/site_name.txt", request=request).strip()
