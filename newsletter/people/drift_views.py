"""Subscribers > Mailchimp: where the list and the audience differ, and what to do about it."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from newsletter.actions.mending_drift import (
    ask_by_mailchimp,
    bring_in_strangers,
    compare_now,
    send_form_again,
    tell_again,
)
from newsletter.admin_pages import needs, page_of
from newsletter.errors import NewsletterError
from newsletter.mailchimp.drift import BY_NAME, count_drift, count_there
from newsletter.mailchimp.members import connected
from newsletter.models import MailchimpConnection, MailchimpHealth, MailchimpMember, MailchimpWalk
from newsletter.people.rights import IMPORT, SEE, SUPPRESS

ON_A_PAGE = 50
HOME = "newsletter_in_step"


@needs(SEE)
@require_safe
def show_drift(request: HttpRequest) -> HttpResponse:
    """All kinds with their numbers; without a connection, what to do first."""
    connection = connected()
    counted = count_drift(connection) if connection else []
    context = {
        **page_of("Mailchimp contacts", icon="resubmit"),
        "connection": connection,
        "open": [one for one in counted if one.number and not one.kind.by_itself],
        "by_itself": [one for one in counted if one.number and one.kind.by_itself],
        "there": count_there(connection) if connection else {},
        "walk": _walk(connection),
        "health": MailchimpHealth.objects.filter(pk=1).first(),
        "may_act": request.user.has_perm(SUPPRESS),
    }
    return render(request, "newsletter/admin/drift.html", context)


@needs(SEE)
@require_safe
def show_kind(request: HttpRequest, name: str) -> HttpResponse:
    """The people of one kind, fifty a page, with a button each where one helps."""
    connection, kind = connected(), BY_NAME.get(name)
    if connection is None:
        return redirect(HOME)
    if kind is None:
        raise Http404
    page = Paginator(kind.rows(connection), ON_A_PAGE).get_page(request.GET.get("p"))
    may_act = request.user.has_perm(IMPORT if name == "only-there" else SUPPRESS)
    context = {
        **page_of("Mailchimp contacts", parent=(HOME, "All differences"), icon="resubmit"),
        "kind": kind,
        "listing": page,
        "is_told_why": any(row.why for row in page),
        "may_act": may_act,
    }
    return render(request, "newsletter/admin/drift_kind.html", context)


@needs(SUPPRESS)
@require_POST
def mend_one(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """The button beside one person."""
    connection = connected()
    if connection is None:
        return redirect(HOME)
    row = get_object_or_404(MailchimpMember, pk=pk)
    verbs = {
        "ask": (lambda: ask_by_mailchimp(row, by=request.user), "Mailchimp asks them with the next telling."),
        "again": (lambda: tell_again(row), "Mailchimp is told of them once more."),
        "letter": (lambda: send_form_again(row, connection), "The letter is on its way."),
    }
    if verb not in verbs:
        raise Http404
    work, words = verbs[verb]
    _try(request, work, words)
    came_from = request.POST.get("kind", "")
    return redirect("newsletter_drift_kind", came_from) if came_from in BY_NAME else redirect(HOME)


@needs(IMPORT)
@require_POST
def bring_in(request: HttpRequest) -> HttpResponse:
    """Those who are only there become an import, with its dry run."""
    connection = connected()
    if connection is None:
        return redirect(HOME)
    try:
        found = bring_in_strangers(connection, by=request.user)
    except NewsletterError as error:
        messages.error(request, str(error))
        return redirect(HOME)
    return redirect("newsletter_import", found.pk)


@needs(SUPPRESS)
@require_POST
def compare(request: HttpRequest) -> HttpResponse:
    """Do not wait for the night."""
    _try(request, compare_now, "The audience is compared now. This page tells when it is done.")
    return redirect(HOME)


def admin_urls() -> list[URLPattern]:
    """Where it lies."""
    base = "newsletter/in-step"
    return [
        path(f"{base}/", show_drift, name=HOME),
        path(f"{base}/compare/", compare, name="newsletter_drift_compare"),
        path(f"{base}/bring-in/", bring_in, name="newsletter_drift_bring_in"),
        path(f"{base}/<slug:name>/", show_kind, name="newsletter_drift_kind"),
        path(f"{base}/contact/<int:pk>/<slug:verb>/", mend_one, name="newsletter_drift_mend"),
    ]


def _walk(connection: MailchimpConnection | None) -> MailchimpWalk | None:
    if connection is None:
        return None
    return MailchimpWalk.objects.filter(audience_id=connection.audience_id, ended_at=None).first()


def _try(request: HttpRequest, work: Any, words: str) -> None:
    try:
        work()
    except NewsletterError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words)
