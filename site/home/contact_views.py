"""Writing to the editors, as a browser sees it."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from guard.client import client_address
from guard.origin import same_origin_only
from home.contact import TooManyMessagesError, send_message
from home.contact_forms import ContactForm
from home.models import ContactPage, SiteSettings

SEE_OTHER, CONFLICT, UNPROCESSABLE, TOO_MANY = 303, 409, 422, 429


@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def take_message(request: HttpRequest) -> HttpResponse:
    """Take the form: 303 to the thanks, also for robots in the trap; 422 or 429 with everything kept."""
    page = _contact_page()
    if request.method != "POST":
        return redirect(page.url)
    form = ContactForm(request.POST)
    to = SiteSettings.for_request(request).contact_email
    if not to:  # the page says how else to reach the team
        return _show_again(request, page, form, status=CONFLICT)
    if not form.is_trapped:
        if not form.is_valid():
            return _show_again(request, page, form, status=UNPROCESSABLE)
        try:
            send_message(form.message, to=to, network=client_address(request) or "")
        except TooManyMessagesError:
            words = f"We take only a few messages an hour. Your words are kept: try again later, or write to {to}."
            form.add_error(None, words)
            return _show_again(request, page, form, status=TOO_MANY)
    return HttpResponseRedirect(reverse("home:message_sent"), status=SEE_OTHER)


@require_safe
def message_sent(request: HttpRequest) -> HttpResponse:
    """What happens next, and when."""
    return TemplateResponse(request, "home/message_sent.html", {"page": _contact_page()})


def _contact_page() -> ContactPage:
    page: ContactPage = get_object_or_404(ContactPage.objects.live().public())
    return page


def _show_again(request: HttpRequest, page: ContactPage, form: ContactForm, *, status: int) -> HttpResponse:
    context = {**page.get_context(request), "form": form}
    response = TemplateResponse(request, page.get_template(request), context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
