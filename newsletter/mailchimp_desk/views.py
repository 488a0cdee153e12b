"""Settings > Mailchimp: check the key, choose the audience, set it up, see how it does, disconnect.

No page asks Mailchimp: a worker takes each step, and the page looks at its row.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem

from newsletter.actions.connecting import ask_for_step, choose_audience, choose_what_goes, last_look
from newsletter.admin_pages import needs, page_of
from newsletter.errors import NewsletterError
from newsletter.mailchimp.payload import merge_fields_of
from newsletter.mailchimp_desk.health import tell_health
from newsletter.models import MailchimpConnection, MailchimpStep, NewsletterPage
from newsletter.people.hooks import RightfulMenuItem

CONNECT = "newsletter.change_mailchimpconnection"
Kind = MailchimpStep.Kind
NewMembers = MailchimpConnection.NewMembers


@needs(CONNECT)
@require_safe
def show_mailchimp(request: HttpRequest) -> HttpResponse:
    """Where things stand. GET changes nothing."""
    connection = MailchimpConnection.objects.filter(pk=1).first()
    look, last = last_look(), MailchimpStep.objects.first()
    newsletter = NewsletterPage.objects.first()
    context = {
        **page_of("Mailchimp", icon="mail"),
        "has_key": bool(settings.MAILCHIMP_API_KEY),
        "has_secret": bool(settings.MAILCHIMP_WEBHOOK_SECRET),
        "fixed": settings.MAILCHIMP_AUDIENCE_ID,
        "connection": connection,
        "look": look,
        "audiences": look.found.get("audiences", []) if look else [],
        "last": last,
        "waits": last is not None and last.state == MailchimpStep.State.WAITING,
        "fields": ", ".join(merge_fields_of(connection)) if connection else "",
        "ways": NewMembers.choices,
        "facts": tell_health(connection) if connection else [],
        "newsletter": newsletter,
        "goes_by_it": newsletter is not None and newsletter.sends_with == "mailchimp",
    }
    return render(request, "newsletter/admin/mailchimp.html", context)


@needs(CONNECT)
@require_POST
def take_mailchimp_step(request: HttpRequest, verb: str) -> HttpResponse:
    """Order one step, or choose the audience."""
    try:
        _VERBS[verb](request)
    except NewsletterError as error:
        messages.error(request, str(error))
    return redirect("newsletter_mailchimp")


def _choose(request: HttpRequest) -> None:
    chosen = choose_audience(request.POST.get("audience", ""))
    messages.success(request, f"“{chosen.audience_name}” is chosen. Set it up, and people are kept in step.")


def _set_up(request: HttpRequest) -> None:
    given = request.POST
    new = given.get("new_members", "")
    choose_what_goes(
        sends_ebook="sends_ebook" in given,
        sends_offer="sends_offer" in given,
        brings_in="brings_in" in given,
        new_members=new if new in NewMembers.values else NewMembers.SUBSCRIBED,
    )
    _order(Kind.SET_UP)(request)


def _order(kind: Kind) -> Callable[[HttpRequest], Any]:
    return lambda request: ask_for_step(kind, by=request.user)  # type: ignore[arg-type]


_VERBS: dict[str, Callable[[HttpRequest], Any]] = {
    "look": _order(Kind.LOOK),
    "choose": _choose,
    "set-up": _set_up,
    "disconnect": _order(Kind.DISCONNECT),
}


def admin_urls() -> list[URLPattern]:
    """Below /admin/."""
    verbs = [
        path(f"newsletter/mailchimp/{verb}/", take_mailchimp_step, {"verb": verb}, name=f"newsletter_mailchimp_{name}")
        for verb, name in zip(_VERBS, ("look", "choose", "set_up", "disconnect"), strict=True)
    ]
    return [path("newsletter/mailchimp/", show_mailchimp, name="newsletter_mailchimp"), *verbs]


def menu_item() -> MenuItem:
    """Settings > Mailchimp."""
    return RightfulMenuItem(
        "Mailchimp", reverse("newsletter_mailchimp"), icon_name="mail", order=910, right=CONNECT, name="mailchimp"
    )
