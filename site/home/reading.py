"""A reader's own text size and colours: two cookies that only those who chose something have."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers

CHOICES = {"text": ("large", "largest"), "colours": ("light", "dark")}
MAX_AGE = 365 * 24 * 3600  # seconds


@dataclass(frozen=True)
class Reading:
    """What the page says on `<html>`; empty means standard size, colours as the device has them."""

    text: str = ""
    colours: str = ""


def chosen(request: HttpRequest) -> Reading:
    """The reader's choice; what is not on offer counts as none."""
    picked = {name: request.COOKIES.get(name, "") for name in CHOICES}
    return Reading(**{name: value for name, value in picked.items() if value in CHOICES[name]})


def remember(response: HttpResponse, name: str, value: str, *, secure: bool) -> None:
    """Set the cookie `name`, or take it away when the value is the standard one or none on offer."""
    if value in CHOICES[name]:
        response.set_cookie(name, value, max_age=MAX_AGE, secure=secure, httponly=True, samesite="Lax")
    else:
        response.delete_cookie(name, samesite="Lax")


class ReadingSettingsMiddleware:
    """Puts `request.reading` in reach of templates.

    A page that follows such a cookie is private and varies by cookie; everybody else's page stays the same bytes,
    fit for any cache.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and mark the answer as this reader's own where it is."""
        request.reading = chosen(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        if any(name in request.COOKIES for name in CHOICES):
            patch_vary_headers(response, ["Cookie"])
            patch_cache_control(response, private=True)
        return response
