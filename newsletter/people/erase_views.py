"""Erasing a person, for a letter that asks for it; subscribers can do the same on their own page."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods
from wagtail.admin import messages
from wagtail.admin.widgets import Button, ListingButton

from newsletter.actions.erasing import erase_subscriber
from newsletter.admin_pages import needs, page_of
from newsletter.models import Subscriber
from newsletter.people.rights import ERASE

LIST = "wagtailsnippets_newsletter_subscriber:list"


def admin_urls() -> list[URLPattern]:
    """The one page."""
    return [path("newsletter/subscribers/<int:pk>/erase/", erase, name="newsletter_erase_subscriber")]


@needs(ERASE)
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """GET says what would go; POST erases it."""
    person = get_object_or_404(Subscriber, pk=pk)
    if request.method != "POST":
        context = {**page_of("Erase", parent=(LIST, "Subscribers")), "person": person}
        return TemplateResponse(request, "newsletter/admin/erase_subscriber.html", context)
    erase_subscriber(person)
    messages.success(request, "The person is erased. Only they themselves can come back.")
    return HttpResponseRedirect(reverse(LIST))


def listing_button(snippet: Any, user: Any, next_url: str | None = None) -> Iterator[Button]:
    """The way there, in the list of subscribers, for those who may."""
    if isinstance(snippet, Subscriber) and user.has_perm(ERASE):
        url = reverse("newsletter_erase_subscriber", args=[snippet.pk])
        yield ListingButton("Erase …", url, icon_name="bin", priority=90)
