"""The practice's page: type a code, see whether it is good, mark it as used. Works without scripts, on a phone."""

from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from guard.client import client_address
from newsletter.actions.redeeming import (
    Verdict,
    can_take_back,
    check_code,
    redeem_code,
    redemptions_of_today,
    take_back,
)
from newsletter.codes import read_code, show_code
from newsletter.errors import NotAllowed, TooManyTries
from newsletter.models import Partner
from newsletter.partner_links import read_partner_link
from newsletter.subscribing.token_pages import is_read, page, token_page


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def redeem(request: HttpRequest, token: str) -> HttpResponseBase:
    """GET changes nothing. POST looks a code up; with a `press` it marks it as used; with `back` it undoes that."""
    partner = read_partner_link(token)
    if is_read(request):
        return _show(request, partner)
    try:
        return _act(request, partner)
    except TooManyTries as error:
        return _show(request, partner, status=429, refusal=str(error))
    except NotAllowed as error:
        return _show(request, partner, status=409, refusal=str(error), typed=_typed(request))


def _act(request: HttpRequest, partner: Partner) -> HttpResponse:
    if back := request.POST.get("back"):
        take_back(partner, _number(back))
        return _see_other(request, "back")
    found = check_code(partner, request.POST.get("code", ""), network=client_address(request) or "")
    if press := _press(request):
        redeem_code(partner, request.POST.get("code", ""), press=press)
        return _see_other(request, "marked")
    if not found.is_good:
        status = 422 if found.offer is None else 409
        return _show(request, partner, status=status, verdict=found, refusal=found.refusal, typed=_typed(request))
    return _show(request, partner, verdict=found, shown=show_code(read_code(request.POST["code"])))


def _show(
    request: HttpRequest,
    partner: Partner,
    *,
    status: int = 200,
    verdict: Verdict | None = None,
    refusal: str = "",
    typed: str = "",
    shown: str = "",
) -> HttpResponse:
    today = [(one, can_take_back(one)) for one in redemptions_of_today(partner)]
    return page(
        request,
        "redeem",
        status=status,
        partner=partner,
        verdict=verdict,
        offer=verdict and verdict.offer,
        refusal=refusal,
        typed=typed,
        shown=shown,
        press=uuid4(),
        today=today,
        done=request.GET.get("done", "") if is_read(request) else "",
    )


def _see_other(request: HttpRequest, done: str) -> HttpResponse:
    """The browser shall GET the page, and a reload shall not send the form again."""
    response = redirect(f"{request.path}?done={done}")
    response.status_code = 303
    return response


def _typed(request: HttpRequest) -> str:
    return request.POST.get("code", "")[:40]


def _press(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.POST.get("press", ""))
    except ValueError:
        return None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0  # noqa: PLR2004 - of a row's key
