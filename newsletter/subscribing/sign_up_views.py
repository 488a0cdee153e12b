"""Joining, as a browser sees it."""

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from guard.client import client_address
from guard.limits import network_of, take_network_turn
from guard.origin import same_origin_only
from letters.headers import one_line
from newsletter.actions.asking import ask_again, ask_to_join
from newsletter.actions.ebooks import is_usable, newest_grant
from newsletter.actions.sign_up import confirm_subscription
from newsletter.actions.sign_up_alarm import is_flooded
from newsletter.errors import BadLink, LateLink, NotAllowed
from newsletter.follow_targets import find_target
from newsletter.links import Link, Purpose, ebook_url, read_link
from newsletter.models import Ebook, NewsletterPage, Subscriber
from newsletter.subscribing.address_help import read_rules, what_is_special, what_was_meant
from newsletter.subscribing.challenge import ask, is_answered
from newsletter.subscribing.follow_views import show_form
from newsletter.subscribing.forms import SignUpForm
from newsletter.subscribing.token_pages import is_read, page, token_page
from newsletter.subscribing.wording import shown_wording


@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Take the form. What is answered depends on what was typed and on the hour, never on whose address it is."""
    if is_read(request):
        return redirect(newsletter_address())
    rules = read_rules()
    form = SignUpForm(request.POST, rules=rules)
    if form.is_trapped:
        return _see_inbox()
    if not form.is_valid():
        return _show_errors(request, form)
    if question := _ask_first(request, form):
        return question
    asked = form.cleaned_data
    network = client_address(request) or ""
    if not take_network_turn(network):
        return page(request, "sign_up_too_many", status=429)
    ask_to_join(
        email=asked["email"],
        name=asked["name"],
        form=asked["place"],
        source_url=asked["source"] or _came_from(request),
        wording=shown_wording(asked["wording"]),
        detail=what_is_special(asked["email"], rules),
        network=network_of(network) if rules.keep_network else "",
        follow=asked["follow"],
    )
    return _see_inbox()


def _show_errors(request: HttpRequest, form: SignUpForm) -> HttpResponse:
    """Whoever wants to follow something still sees what."""
    if target := find_target(str(form.data.get("follow", ""))):
        return show_form(request, target, form, status=422)
    return page(request, "sign_up_error", status=422, form=form)


def _ask_first(request: HttpRequest, form: SignUpForm) -> HttpResponse | None:
    """The page that wants one more answer before we go on, or None."""
    asked = form.cleaned_data
    meant = what_was_meant(asked["email"])
    if meant and not asked["sure"]:
        return page(request, "sign_up_typo", status=422, form=form, meant=meant)
    if is_flooded() and not is_answered(asked["mark"], asked["answer"], asked["email"]):
        question, is_wrong = ask(asked["email"]), bool(asked["mark"])
        return page(request, "sign_up_question", status=422, form=form, question=question, is_wrong=is_wrong)
    return None


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up_from_elsewhere(request: HttpRequest) -> HttpResponse:
    """Take the form of another site to our own one, filled in. Nothing happens before its button is pressed here.

    So whatever protects our form protects this way as well, and its words are those that are recorded.
    """
    if is_read(request):
        return redirect(newsletter_address())
    if SignUpForm(request.POST).is_trapped:
        return _see_inbox()
    typed = {name: one_line(request.POST.get(name, ""))[:254] for name in ("email", "name")}
    form = SignUpForm(initial={**typed, "source": one_line(request.headers.get("Origin", ""))[:254]})
    response = page(request, "sign_up_here", form=form)
    response["Cache-Control"] = "no-store"
    return response


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
        ask_again(link.subscriber, follow=link.target)
        return _see_inbox()
    if link.is_late or link.subscriber.state == Subscriber.State.LEFT:
        raise LateLink("A new link is needed.")
    if is_read(request):
        follow = link.subscriber.follows.with_targets().filter(pk=link.target).first()
        ebook = Ebook.objects.offered().first()
        return page(request, "confirm", subscriber=link.subscriber, ebook=ebook, follow=follow)
    network = network_of(client_address(request) or "") if read_rules().keep_network else ""
    confirm_subscription(link.subscriber, link_made_at=link.made_at, network=network, follow=link.target)
    return redirect(request.path)


def newsletter_address() -> str:
    """The path of the page with the form and the archive."""
    found = NewsletterPage.objects.live().first()
    return (found and found.url) or "/newsletter/"


def _came_from(request: HttpRequest) -> str:
    """The path of our page that the form stood on, as the browser tells it; the footer does not know its page."""
    found = urlsplit(request.headers.get("Referer", ""))
    return one_line(found.path)[:500] if found.netloc == request.get_host() else ""


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
