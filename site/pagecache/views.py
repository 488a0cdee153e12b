"""Marks the views whose answers all anonymous readers share."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse

from pagecache.keeping import kept_today

View = TypeVar("View", bound=Callable[..., Any])


def shared(view: View) -> View:
    """Say that a GET of this view gives every anonymous reader the same bytes until the next generation or day.

    Such an answer gets an ETag and a date, may be answered with 304, is compressed and may be kept by a cache. It must
    depend on nothing but the address, the rows and the day.
    """
    view.is_shared = True  # type: ignore[attr-defined]
    return view


def kept_whole(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Make the answer of a view once a generation, day and process: for a document that is dear to make.

    It must depend on nothing but the path, the rows, the site and the day. Only its status, content and type are kept.
    """

    @wraps(view)
    def looked_up(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        def make() -> tuple[int, bytes, str]:
            answer = view(request, *args, **kwargs)
            return answer.status_code, answer.content, answer.headers["Content-Type"]

        status, content, content_type = kept_today(request, ("whole", request.path), make)
        return HttpResponse(content, status=status, content_type=content_type)

    return looked_up
