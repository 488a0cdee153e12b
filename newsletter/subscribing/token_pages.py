"""What all pages behind a signed link have in common: nothing keeps them, nothing tells on them."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from newsletter.errors import BadLink


def token_page(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Mark a view whose address holds a token: not stored, not indexed, no Referer; 404 for a token that is not ours.

    Such a page needs no other proof against forged requests: who knows its address holds the link.
    """

    @csrf_exempt
    @wraps(view)
    def private(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except BadLink:
            response = render(request, "newsletter/bad_link.html", status=404)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return private


def is_read(request: HttpRequest) -> bool:
    """Whether the request may change nothing. Mail scanners send these, people's buttons do not."""
    return request.method in {"GET", "HEAD"}


def asks_to_end(request: HttpRequest) -> bool:
    """Whether a mail program posts its one click (RFC 8058). To be asked before anything reads `request.POST`.

    By the raw body: any content type will do, and a broken one must not stop anybody from leaving.
    """
    body = request.body.lower()
    return b"list-unsubscribe" in body and b"one-click" in body


def read_act(request: HttpRequest) -> str:
    """Which of our buttons it was; empty for anything else."""
    try:
        return request.POST.get("act", "")
    except MultiPartParserError:
        return ""


def page(request: HttpRequest, name: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """One of the newsletter's own pages."""
    return render(request, f"newsletter/{name}.html", context, status=status)
