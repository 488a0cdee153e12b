"""Leaving from the site: an address is typed, a link is mailed."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from guard.client import client_address
from guard.limits import take_network_turn
from guard.origin import same_origin_only
from newsletter.actions.leaving import ask_for_leave_link
from newsletter.subscribing.own_forms import LeaveForm
from newsletter.subscribing.token_pages import is_read, page

SEE_OTHER, UNPROCESSABLE, TOO_MANY = 303, 422, 429


@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """The form. The answer is the same for every address: 303 to the page that says to look for a letter."""
    if is_read(request):
        response = page(request, "leave", form=LeaveForm())
        response["X-Robots-Tag"] = "noindex"
        return response
    form = LeaveForm(request.POST)
    if not form.is_trapped:
        if not form.is_valid():
            return page(request, "leave", status=UNPROCESSABLE, form=form)
        if not take_network_turn(client_address(request) or "", kind="leave"):
            return page(request, "leave", status=TOO_MANY, form=form, is_too_many=True)
        ask_for_leave_link(form.cleaned_data["email"])
    return HttpResponseRedirect(reverse("newsletter:leave_sent"), status=SEE_OTHER)


@require_safe
def leave_sent(request: HttpRequest) -> HttpResponse:
    """Now look in your inbox."""
    return page(request, "leave_sent")
