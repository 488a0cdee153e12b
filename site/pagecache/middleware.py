"""Answers that all anonymous readers share: their ETag and date, 304 without rendering, compression."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import has_vary_header, patch_vary_headers
from django.utils.http import http_date, parse_etags, parse_http_date_safe

from pagecache.compression import compress
from pagecache.keeping import current_moment, one_moment
from pagecache.shelf import offer_kept_rows
from pagecache.stamps import Stamp, make_stamp

# A browser or a cache may keep the page but asks each time whether it still holds; the answer costs one query.
CACHE_CONTROL = "public, max-age=0, must-revalidate"


class SharedPagesMiddleware:
    """Knows which answers are the same for everybody, and leaves all others as they are.

    They answer a GET of a view marked `shared` by a reader without a cookie of ours, came out as 200 and set nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in one moment, and mark the answer if all may share it."""
        with one_moment():
            response = self.get_response(request)
        stamp: Stamp | None = getattr(request, "shared_stamp", None)
        if stamp is None or not is_for_everybody(response):
            return response
        response.headers["ETag"] = stamp.etag
        if stamp.last_modified is not None:
            response.headers["Last-Modified"] = http_date(stamp.last_modified)
        response.headers.setdefault("Cache-Control", CACHE_CONTROL)
        patch_vary_headers(response, ["Accept-Encoding"])
        if response.status_code != HttpResponseNotModified.status_code:
            compress(response, request.headers.get("Accept-Encoding", ""))
        return response

    def process_view(self, request: HttpRequest, view: Any, *_: Any) -> HttpResponse | None:
        """Say “you have it already”, or let the view begin with what is kept of this generation."""
        if request.method not in {"GET", "HEAD"} or not getattr(view, "is_shared", False):
            return None
        moment = current_moment()
        if moment is None:
            return None
        if not has_own_cookie(request):
            stamp = make_stamp(request, moment)
            request.shared_stamp = stamp  # type: ignore[attr-defined]
            if has_it_already(request, stamp):
                return HttpResponseNotModified()
        offer_kept_rows(request)
        return None


def has_own_cookie(request: HttpRequest) -> bool:
    """Whether the reader sent a cookie that can change a page."""
    return any(name in request.COOKIES for name in settings.PAGECACHE_PERSONAL_COOKIES)


def is_for_everybody(response: HttpResponse) -> bool:
    """Whether nothing in the answer belongs to this reader alone."""
    control = response.headers.get("Cache-Control", "")
    return (
        response.status_code in {200, 304}
        and not response.streaming
        and not response.cookies
        and not has_vary_header(response, "Cookie")
        and not any(word in control for word in ("private", "no-store", "no-cache"))
    )


def has_it_already(request: HttpRequest, stamp: Stamp) -> bool:
    """RFC 9110, 13.2.2: the ETag decides where one is sent, else the date.

    A stamp is only ever given out with a page that everybody shares, so whoever names it has seen that page.
    """
    if tags := request.headers.get("If-None-Match"):
        return stamp.etag in parse_etags(tags)
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    return since is not None and stamp.last_modified is not None and since >= stamp.last_modified
