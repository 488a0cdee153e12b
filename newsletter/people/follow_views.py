"""Subscribers > Follows: which authors, topics and articles are followed, and by how many; one query a kind."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_safe

from newsletter.admin_pages import needs, page_of
from newsletter.models import Follow, Subscriber
from newsletter.people.rights import SEE

LABELS = {"author": "Author", "topic": "Topic", "article": "Article"}
_NAMES = {"author": "author__title", "topic": "topic__name", "article": "article__title"}
SHOWN = 100  # of each kind, the most followed


@needs(SEE)
@require_safe
def list_follows(request: HttpRequest) -> HttpResponse:
    """All that is followed by somebody on the list, the most followed first."""
    rows = sorted((row for kind in LABELS for row in _count(kind)), key=lambda row: (-row["people"], row["name"]))
    return render(request, "newsletter/admin/follows.html", {**page_of("Follows", icon="view"), "rows": rows})


def admin_urls() -> list[URLPattern]:
    """Where it lies."""
    return [path("newsletter/follows/", list_follows, name="newsletter_follows")]


def _count(kind: str) -> Iterator[dict[str, Any]]:
    on_list = Follow.objects.confirmed().filter(subscriber__state=Subscriber.State.CONFIRMED)
    found = on_list.filter(**{f"{kind}__isnull": False}).values(key=F(kind), name=F(_NAMES[kind]))
    for row in found.annotate(people=Count("pk")).order_by("-people", "name")[:SHOWN]:
        name = "wagtailsnippets_blog_topic:edit" if kind == "topic" else "wagtailadmin_pages:edit"
        yield {**row, "kind": LABELS[kind], "url": reverse(name, args=[row["key"]])}
