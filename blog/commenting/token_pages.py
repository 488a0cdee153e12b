"""What all pages behind a link of the comments' letters have in common."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from blog.commenting.links import OwnLink, Purpose, read_own_token
from blog.commenting.privacy import private


def token_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Mark a view whose address holds a token: kept nowhere, named to nobody; words instead of a bare 404.

    Such a page needs no other proof against forged requests: who knows its address holds the link.
    """

    @csrf_exempt
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return private(view(request, *args, **kwargs))
        except Http404:
            return private(render(request, "blog/comment_link_bad.html", status=404))

    return guarded


def is_read(request: HttpRequest) -> bool:
    """Whether the request may change nothing. Mail scanners send these, people's buttons do not."""
    return request.method in {"GET", "HEAD"}


def read_link(purpose: Purpose, token: str) -> OwnLink:
    """The link behind a token, perhaps a late one. Raises Http404 for one that is not ours."""
    link = read_own_token(purpose, token)
    if link is None:
        raise Http404
    return link
