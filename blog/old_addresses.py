"""What answers at an address that no page has any more: where it went, or what replaced it."""

from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit, urlunsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase, HttpResponsePermanentRedirect
from django.shortcuts import render
from wagtail.contrib.redirects.middleware import RedirectMiddleware, get_redirect
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site

_FEEDS = ("/feed", "/feed.json")  # move with the author and the topic they belong to


@dataclass(frozen=True)
class Forwarding:
    """Where an address leads now. `by_hand`: an editor entered it; Wagtail makes the others when an address changes."""

    url: str
    title: str
    is_permanent: bool
    by_hand: bool


class OldAddressMiddleware(RedirectMiddleware):
    """Wagtail's redirects, with the query kept, without circles, and with a word where a page was taken down.

    An article that was published and is not any more answers 410. If an editor entered a redirect for it, that page
    names what replaced it, since the replacement is not what the reader asked for. All else that has a redirect
    leads on at once.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Look only where nothing was found."""
        if response.status_code != HTTPStatus.NOT_FOUND:
            return response
        forwarding = find_forwarding(request)
        gone = is_taken_down(request)
        if forwarding and not (gone and forwarding.by_hand):
            kind = HttpResponsePermanentRedirect if forwarding.is_permanent else HttpResponseRedirect
            return kind(forwarding.url)
        return show_gone(request, forwarding) if gone else response


def find_forwarding(request: HttpRequest) -> Forwarding | None:
    """Where the address of the request leads; None if nowhere, to a page that is not public, or back to itself."""
    full = Redirect.normalise_path(request.get_full_path(), decode_unicode=False)
    path = urlsplit(full).path
    exact = get_redirect(request, full)
    found, feed = exact or get_redirect(request, path), ""
    if not found and path.endswith(_FEEDS):
        stem, _, feed = path.rpartition("/")
        found = get_redirect(request, stem)
    page: Page | None = found.redirect_page if found else None
    link = found.link if found and (page is None or page.live) else None
    if not found or not link:
        return None
    if feed:
        link = link.rstrip("/") + f"/{feed}" + ("" if "." in feed else "/")
    if urlsplit(link).path.rstrip("/") == request.path.rstrip("/") and not urlsplit(link).netloc:
        return None
    kept = "" if exact and "?" in full else request.META.get("QUERY_STRING", "")
    title = page.title if page else ""
    return Forwarding(_with_query(link, kept), title, found.is_permanent, not found.automatically_created)


def _with_query(link: str, query: str) -> str:
    parts = urlsplit(link)
    return urlunsplit(parts._replace(query="&".join(filter(None, [parts.query, query]))))


def is_taken_down(request: HttpRequest) -> bool:
    """Whether a page stood here that was published once and is not now."""
    site = Site.find_for_request(request)
    if site is None or "\0" in request.path:
        return False
    place = site.root_page.url_path.rstrip("/") + request.path.rstrip("/") + "/"
    return Page.objects.filter(url_path=place, live=False, first_published_at__isnull=False).exists()


def show_gone(request: HttpRequest, replaced_by: Forwarding | None) -> HttpResponse:
    """410: it was here, it was taken down, and what to read in its place."""
    return render(request, "404.html", {"is_gone": True, "replaced_by": replaced_by}, status=HTTPStatus.GONE)
