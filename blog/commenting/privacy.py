"""Answers that are for one pair of eyes."""

from django.http import HttpResponse


def private(response: HttpResponse) -> HttpResponse:
    """The same answer, kept by no cache, named to no other site, found by no search engine."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
