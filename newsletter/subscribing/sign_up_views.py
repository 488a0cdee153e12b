"""Joining, as a browser sees it."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from guard.client import client_address
from guard.limits import take_network_turn
from guard.origin import same_origin_only
from newsletter.actions.ebooks import is_usable, newest_grant
from newsletter.actions.sign_up import ask_again, confirm_subscription, request_subscription
from newsletter.errors import BadLink, LateLink, NotAllowed
from newsletter.links import Link, Purpose, ebook_url, read_link
from newsletter.models import Ebook, NewsletterPage, Subscriber
from newsletter.subscribing.forms import SignUpForm
from newsletter.subscribing.token_pages import is_read, page, token_page
from newsletter.subscribing.wording import shown_wording


@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Take the form; the answer is the same for every address that is one, and for robots in the trap."""
    if is_read(request):
        return redirect(newsletter_address())
    form = SignUpForm(request.POST)
    if form.is_trapped:
        return _see_inbox()
    if not form.is_valid():
        return page(request, "sign_up_error", status=422, form=form)
    if not take_network_turn(client_address(request) or ""):
        return page(request, "sign_up_too_many", status=429)
    asked = form.cleaned_data
    request_subscription(
        email=asked["email"],
        name=asked["name"],
        form=asked["place"],
        source_url=asked["source"],
        wording=shown_wording(asked["wording"]),
    )
    return _see_inbox()


@require_safe
def sign_up_done(request: HttpRequest) -> HttpResponse:
    """Now look in your inbox."""
    return page(request, "sign_up_done", newsletter_address=newsletter_address())


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponseBase:
    """A page with one button, whose POST puts the person on the list; opening the page changes nothing."""
    link = read_link(Purpose.CONFIRM, token)
    if link.subscriber.state == Subscriber.State.CONFIRMED:
        return _confirmed(request, link.subscriber)
    try:
        return _act_on(request, link)
    except LateLink:
        return page(request, "confirm_late", status=410)
    except NotAllowed as error:
        raise BadLink(str(error)) from error


def _act_on(request: HttpRequest, link: Link) -> HttpResponse:
    if not is_read(request) and "again" in request.POST:
        ask_again(link.subscriber)
        return _see_inbox()
    if link.is_late or link.subscriber.state == Subscriber.State.LEFT:
        raise LateLink("A new link is needed.")
    if is_read(request):
        return page(request, "confirm", subscriber=link.subscriber, ebook=Ebook.objects.offered().first())
    confirm_subscription(link.subscriber, link_made_at=link.made_at)
    return redirect(request.path)


def newsletter_address() -> str:
    """The path of the page with the form and the archive."""
    found = NewsletterPage.objects.live().first()
    return (found and found.url) or "/newsletter/"


def _see_inbox() -> HttpResponse:
    response = redirect("newsletter:sign_up_done")
    response.status_code = 303  # the browser shall GET the page, and a reload shall not send the form again
    return response


def _confirmed(request: HttpRequest, subscriber: Subscriber) -> HttpResponse:
    grant = newest_grant(subscriber)
    return page(
        request,
        "confirmed",
        ebook=grant and grant.ebook,
        ebook_url=grant and ebook_url(grant),
        is_usable=bool(grant and is_usable(grant)),
    )
