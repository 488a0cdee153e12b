"""Leaving, as a mail program (RFC 8058) and as a browser sees it."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_http_methods

from newsletter.actions.sign_up import can_undo, undo_leaving
from newsletter.actions.sign_up import unsubscribe as leave
from newsletter.errors import NotAllowed
from newsletter.links import Purpose, read_link
from newsletter.models import Subscriber
from newsletter.subscribing.token_pages import is_read, page, token_page


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponseBase:
    """GET asks; POST acts at once, whoever sends it and however often. A mail program gets a plain answer."""
    subscriber = read_link(Purpose.UNSUBSCRIBE, token).subscriber
    if is_read(request):
        return _ask(request, subscriber)
    # The raw body: any content type will do, and a broken one must not stop anybody from leaving.
    body = request.body.lower()
    if b"list-unsubscribe" in body and b"one-click" in body:
        leave(subscriber, by="header")
        return HttpResponse("You have left the list.\n", content_type="text/plain; charset=utf-8")
    if b"undo" in body:
        return _undo(request, subscriber)
    leave(subscriber, by="link")
    return _left(request, subscriber)


def _ask(request: HttpRequest, subscriber: Subscriber) -> HttpResponse:
    if subscriber.state == Subscriber.State.LEFT:
        return _left(request, subscriber)
    return page(request, "unsubscribe", email=subscriber.email)


def _left(request: HttpRequest, subscriber: Subscriber) -> HttpResponse:
    subscriber.refresh_from_db()
    return page(request, "unsubscribed", email=subscriber.email, can_undo=can_undo(subscriber))


def _undo(request: HttpRequest, subscriber: Subscriber) -> HttpResponse:
    try:
        undo_leaving(subscriber)
    except NotAllowed:
        return _left(request, subscriber)
    return page(request, "stayed", email=subscriber.email)
