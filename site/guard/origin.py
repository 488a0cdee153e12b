"""Cross-site request forgery, refused without a cookie: the browser itself says from where a form came."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt


def is_same_origin(request: HttpRequest) -> bool:
    """Whether the request may come from a page of this site.

    Browsers send `Sec-Fetch-Site` (all since 2023) or `Origin` (all since 2020) with every form that is posted across
    sites. A request with neither is no browser's, so it carries nobody's rights and may pass.
    """
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site:
        return fetch_site in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.get_host()


def same_origin_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Replace Django's cookie-bound token for the forms on pages that everybody shares; 403 for other sites' forms."""

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in {"GET", "HEAD"} and not is_same_origin(request):
            return render(request, "403.html", status=403)
        return view(request, *args, **kwargs)

    return guarded
