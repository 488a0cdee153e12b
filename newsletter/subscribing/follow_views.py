"""Following an author, a topic or an article by email: the form, the button behind a letter, and the way out."""

from contextlib import suppress
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from blog.models import Topic
from guard.addresses import mask_address
from newsletter.actions.following import begin_following, stop_following
from newsletter.errors import NotAllowed
from newsletter.follow_targets import find_target, kind_of
from newsletter.links import Link, Purpose, make_link, own_url, read_link
from newsletter.models import Follow, Subscriber
from newsletter.subscribing.forms import SignUpForm
from newsletter.subscribing.token_pages import asks_to_end, is_read, page, read_act, token_page

SEE_OTHER, CONFLICT, GONE = 303, 409, 410


@require_safe
def follow(request: HttpRequest, mark: str) -> HttpResponse:
    """The form to follow what is behind the mark. It is sent to where all sign-ups go, and answered as they are."""
    target = find_target(mark)
    if target is None:
        raise Http404("Nothing that can be followed.")
    response = show_form(request, target, SignUpForm(initial={"follow": mark, "source": _address(target)}))
    response["X-Robots-Tag"] = "noindex"
    return response


def show_form(request: HttpRequest, target: Any, form: SignUpForm, *, status: int = 200) -> HttpResponse:
    """The page with the form, as it is first seen, or with what was typed and what is wrong with it."""
    wish = Follow(**{kind_of(target): target})
    return page(request, "follow", status=status, wish=wish, target=target, address=_address(target), form=form)


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def follow_yes(request: HttpRequest, token: str) -> HttpResponseBase:
    """GET asks whoever reads the mailbox; POST begins to follow."""
    link = read_link(Purpose.FOLLOW, token)
    wish = _wish(link)
    if wish is None or (link.is_late and not wish.confirmed_at):
        return page(request, "own_button_late", status=GONE)
    if is_read(request):
        return page(request, "follow_yes", wish=wish, email=mask_address(link.subscriber.email))
    try:
        begin_following(link.subscriber, wish.pk, form="letter")
    except NotAllowed:
        return page(request, "own_button_late", status=CONFLICT)
    return _own_page(link.subscriber, done="follow")


@token_page
@require_http_methods(["GET", "HEAD", "POST"])
def unfollow(request: HttpRequest, token: str) -> HttpResponseBase:
    """GET asks; POST ends one wish, or all of them, at once. A mail program gets a plain answer (RFC 8058)."""
    link = read_link(Purpose.UNFOLLOW, token)
    wish = _wish(link)
    context: dict[str, Any] = {"wish": wish, "is_all": not link.target, "own_url": own_url(link.subscriber)}
    if is_read(request):
        is_on = link.subscriber.follows.confirmed().filter(**({"pk": link.target} if link.target else {})).exists()
        return page(request, "unfollow", is_on=is_on, **context)
    if asks_to_end(request):
        stop_following(link.subscriber, link.target, form="header")
        return HttpResponse("You follow it no more.\n", content_type="text/plain; charset=utf-8")
    if wish and read_act(request) == "undo":
        return _take_back(link.subscriber, wish)
    stop_following(link.subscriber, link.target, form="link")
    return page(request, "unfollow", is_on=False, **context)


def follow_act(request: HttpRequest, subscriber: Subscriber) -> None:
    """The button of the own page that begins."""
    if not begin_following(subscriber, _key(request), form="own page"):
        raise NotAllowed("That was too long ago. Please ask for it once more on its page.")


def unfollow_act(request: HttpRequest, subscriber: Subscriber) -> None:
    """The button of the own page that ends one."""
    if key := _key(request):
        stop_following(subscriber, key, form="own page")


def _address(target: Any) -> str:
    return str(target.get_absolute_url() if isinstance(target, Topic) else target.url)


def _wish(link: Link) -> Follow | None:
    return link.subscriber.follows.with_targets().filter(pk=link.target).first()


def _take_back(subscriber: Subscriber, wish: Follow) -> HttpResponse:
    with suppress(NotAllowed):  # they have left meanwhile: their own page says so
        begin_following(subscriber, wish.pk, form="undo")
    return _own_page(subscriber, done="follow")


def _key(request: HttpRequest) -> int:
    wish = request.POST.get("wish", "")
    return int(wish) if wish.isascii() and wish.isdigit() and len(wish) < 10 else 0  # noqa: PLR2004 - as keys are long


def _own_page(subscriber: Subscriber, *, done: str) -> HttpResponse:
    address = reverse("newsletter:own", args=[make_link(Purpose.OWN, subscriber)])
    return HttpResponseRedirect(f"{address}?done={done}#done", status=SEE_OTHER)
