"""Leaving, as a mail program (RFC 8058) and as a browser sees it."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_http_methods

from guard.addresses import mask_address
from newsletter.actions.leaving import can_undo, may_tell_reason, tell_reason, undo_leaving
from newsletter.actions.leaving import unsubscribe as leave
from newsletter.errors import NotAllowed
from newsletter.links import Purpose, own_url, read_link
from newsletter.models import Subscriber
from newsletter.subscribing.own_forms import ReasonForm
from newsletter.subscribing.token_pages import asks_to_end, is_read, page, read_act, token_page

UNPROCESSABLE = 422


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponseBase:
    """GET asks; POST acts at once, whoever sends it and however often. A mail program gets a plain answer."""
    link = read_link(Purpose.UNSUBSCRIBE, token)
    subscriber = link.subscriber
    if is_read(request):
        return _ask(request, subscriber)
    if asks_to_end(request):
        leave(subscriber, by="header", through=link.target)
        return HttpResponse("You have left the list.\n", content_type="text/plain; charset=utf-8")
    act = read_act(request)
    if act == "undo":
        return _undo(request, subscriber)
    if act == "reason":
        return _tell(request, subscriber)
    leave(subscriber, by="link", through=link.target)
    return _left(request, subscriber)


def _ask(request: HttpRequest, subscriber: Subscriber) -> HttpResponse:
    if subscriber.state == Subscriber.State.LEFT:
        return _left(request, subscriber)
    # An issue may have been passed on, with this link in it: nobody learns the whole address here.
    return page(request, "unsubscribe", email=mask_address(subscriber.email), own_url=own_url(subscriber))


def _left(request: HttpRequest, subscriber: Subscriber, form: ReasonForm | None = None) -> HttpResponse:
    subscriber.refresh_from_db()
    told = {} if form else {"is_told": not may_tell_reason(subscriber)}
    return page(
        request,
        "unsubscribed",
        status=UNPROCESSABLE if form else 200,
        email=mask_address(subscriber.email),
        can_undo=can_undo(subscriber),
        form=form or ReasonForm(),
        **told,
    )


def _tell(request: HttpRequest, subscriber: Subscriber) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _left(request, subscriber, form)
    tell_reason(subscriber, told=form.told)
    return _left(request, subscriber)


def _undo(request: HttpRequest, subscriber: Subscriber) -> HttpResponse:
    try:
        undo_leaving(subscriber)
    except NotAllowed:
        return _left(request, subscriber)
    return page(request, "stayed", email=mask_address(subscriber.email))
