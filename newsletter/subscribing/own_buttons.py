"""Pages with one button behind a link in a letter: the new address, the old one back, "keep it coming"."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from guard.addresses import mask_address
from newsletter.actions import address_changes, lapsing
from newsletter.errors import BadLink, NotAllowed
from newsletter.links import Link, Purpose, make_link, read_link
from newsletter.models import AddressChange, Subscriber
from newsletter.subscribing.token_pages import is_read, page, token_page

SEE_OTHER, CONFLICT, GONE = 303, 409, 410


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def new_address(request: HttpRequest, token: str) -> HttpResponseBase:
    """GET asks whoever reads the new mailbox; POST moves the subscriber there."""
    link, change = _change(Purpose.NEW_ADDRESS, token)
    if link.is_late and not change.done_at:
        return page(request, "own_button_late", status=GONE)
    if is_read(request):
        return page(request, "new_address", email=change.new_email, is_done=change.done_at is not None)
    try:
        person = address_changes.change_address(change)
    except NotAllowed:
        return page(request, "own_button_late", status=CONFLICT)
    return _own_page(person, done="moved")


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def put_back(request: HttpRequest, token: str) -> HttpResponseBase:
    """GET asks whoever reads the old mailbox; POST brings the subscriber back to it."""
    link, change = _change(Purpose.PUT_BACK, token)
    if link.is_late and not change.put_back_at:
        return page(request, "own_button_late", status=GONE)
    if is_read(request):
        moved_to = mask_address(change.new_email)
        is_done = change.put_back_at is not None
        return page(request, "put_back", email=change.old_email, moved_to=moved_to, is_done=is_done)
    try:
        address_changes.put_address_back(change)
    except NotAllowed:
        return page(request, "own_button_late", status=CONFLICT)
    return _own_page(link.subscriber, done="back")


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def stay(request: HttpRequest, token: str) -> HttpResponseBase:
    """GET asks; POST is the answer "yes, keep it coming"."""
    subscriber = read_link(Purpose.STAY, token).subscriber
    if is_read(request) and subscriber.state == Subscriber.State.CONFIRMED:
        return page(request, "stay", email=mask_address(subscriber.email), is_asked=bool(subscriber.lapse_asked_at))
    if is_read(request) or not lapsing.stay(subscriber):
        return page(request, "stay_late", status=GONE)
    return _own_page(subscriber, done="stay")


def _change(purpose: Purpose, token: str) -> tuple[Link, AddressChange]:
    link = read_link(purpose, token)
    change = AddressChange.objects.filter(pk=link.target, subscriber=link.subscriber).first()
    if change is None:
        raise BadLink("This change of address is no longer known.")
    return link, change


def _own_page(subscriber: Subscriber, *, done: str) -> HttpResponse:
    subscriber.refresh_from_db()
    address = reverse("newsletter:own", args=[make_link(Purpose.OWN, subscriber)])
    return HttpResponseRedirect(f"{address}?done={done}#done", status=SEE_OTHER)
