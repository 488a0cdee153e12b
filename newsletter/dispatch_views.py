"""The admin's pages about sending: confirm, watch, stop, read the report."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin import messages

from blog.colleagues import name_of
from newsletter.actions.dispatching import (
    cancel_dispatch,
    order_dispatch,
    pause_dispatch,
    release_dispatch,
    resume_dispatch,
)
from newsletter.actions.holding import send_held_again, take_held_as_received
from newsletter.actions.testing import send_test
from newsletter.checklist import check_issue
from newsletter.dispatch_forms import SendForm
from newsletter.errors import NewsletterError
from newsletter.models import Delivery, Dispatch, IssuePage, NewsletterPage, Subscriber
from newsletter.pace import measure_progress
from newsletter.report import Counts, count_deliveries, not_reached, perhaps_twice, tried_again

SHOWN_READERS = 200
A_PAGE = 30


def may_send(user: Any, page: Any) -> bool:
    """Whether this person may send the issue, or the issues below the newsletter's page: those who may publish it."""
    return bool(page.permissions_for_user(user).can_publish())


def may_see_dispatches(user: Any) -> bool:
    """Whether this person may see all dispatches."""
    return any(may_send(user, page) for page in NewsletterPage.objects.all())


@require_http_methods(["GET", "HEAD", "POST"])
def send_issue(request: HttpRequest, pk: int) -> HttpResponse:
    """The page before it goes out: checks, how many, now or later. GET changes nothing."""
    issue = get_object_or_404(IssuePage, pk=pk)
    if not may_send(request.user, issue):
        raise PermissionDenied
    if (earlier := issue.current_dispatch) is not None:
        return redirect("newsletter_dispatch", earlier.pk)
    form = SendForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by = request.user if request.user.is_authenticated else None
        try:
            dispatch = order_dispatch(issue, at=form.moment, by=by)
        except NewsletterError as error:
            messages.error(request, str(error))
        else:
            return redirect("newsletter_dispatch", dispatch.pk)
    return render(request, "newsletter/admin/send.html", _send_context(issue, form))


@require_POST
def test_issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Post a test to the addresses that were typed in, and come back."""
    issue = get_object_or_404(IssuePage, pk=pk)
    if not may_send(request.user, issue):
        raise PermissionDenied
    try:
        addresses = send_test(issue, to=request.POST.get("to", ""))
    except NewsletterError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"The test is on its way to {', '.join(addresses)}.")
    return redirect("newsletter_send", issue.pk)


def show_dispatch(request: HttpRequest, pk: int) -> HttpResponse:
    """Progress while it runs, report afterwards: the same page, counted from rows at each look."""
    dispatch = _find(request, pk)
    counts = count_deliveries(dispatch)
    twice = _first_of(perhaps_twice(dispatch))
    context = {
        **_page(f"Issue {dispatch.issue.number}: {dispatch.issue.title}", dispatch.issue),
        "dispatch": dispatch,
        "counts": counts,
        "tiles": _tiles(counts, twice=twice["number"]),
        "progress": measure_progress(dispatch, waiting=counts.waiting),
        "missed": _first_of(not_reached(dispatch)),
        "again": _first_of(tried_again(dispatch)),
        "twice": twice,
        "cancelled_before": dispatch.issue.dispatches.filter(state=Dispatch.State.CANCELLED).exclude(pk=dispatch.pk),
    }
    return render(request, "newsletter/admin/dispatch.html", context)


@require_POST
def change_dispatch(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Pause, resume, cancel, let a late one go, decide about held readers."""
    dispatch = _find(request, pk)
    try:
        _VERBS[verb](dispatch, request.user)
    except NewsletterError as error:
        messages.error(request, str(error))
    return redirect("newsletter_dispatch", dispatch.pk)


def list_dispatches(request: HttpRequest) -> HttpResponse:
    """All dispatches, newest first."""
    if not may_see_dispatches(request.user):
        raise PermissionDenied
    rows = Dispatch.objects.select_related("issue", "ordered_by").order_by("-ordered_at")
    listing = Paginator(rows, A_PAGE).get_page(request.GET.get("p"))
    context = {
        **_page("Dispatches", None),
        "listing": listing,
        "rows": [(dispatch, count_deliveries(dispatch)) for dispatch in listing],
    }
    return render(request, "newsletter/admin/dispatches.html", context)


def _find(request: HttpRequest, pk: int) -> Dispatch:
    dispatch = get_object_or_404(Dispatch.objects.select_related("issue", "ordered_by"), pk=pk)
    if not may_send(request.user, dispatch.issue):
        raise PermissionDenied
    return dispatch


def _tiles(counts: Counts, *, twice: int) -> list[dict[str, Any]]:
    """The numbers that add up to all readers, each with its words."""
    handed_over = "a mail server accepted it"
    if twice:
        handed_over += f"; {twice:,} in doubt before and sent once more"
    rows = [
        ("Handed over", counts.handed_over, handed_over),
        ("Refused", counts.refused, "by their mail server, for good"),
        ("Skipped", counts.skipped, "left or suppressed since the start"),
        ("Held", counts.held, "nobody can say whether it arrived; a person decides"),
        ("Cancelled", counts.cancelled, "before their turn"),
        ("Still to do", counts.open, "no final answer yet"),
    ]
    return [
        {"words": words, "number": number, "per_cent": counts.per_cent(number), "note": note}
        for words, number, note in rows
        if number or words != "Cancelled"
    ]


def _first_of(deliveries: QuerySet[Delivery]) -> dict[str, Any]:
    """As many as a page can hold, how many there are, and how many are left out."""
    number = deliveries.count()
    return {"shown": deliveries[:SHOWN_READERS], "number": number, "more": max(0, number - SHOWN_READERS)}


def _send_context(issue: IssuePage, form: SendForm) -> dict[str, Any]:
    checks = check_issue(issue)
    return {
        **_page(f"Send issue {issue.number}: {issue.title}", issue),
        "issue": issue,
        "form": form,
        "checks": checks,
        "is_ready": all(check.is_good for check in checks if check.is_must),
        "readers": Subscriber.objects.confirmed().count(),
        "zone": timezone.get_current_timezone_name(),
        "cancelled_before": issue.dispatches.filter(state=Dispatch.State.CANCELLED),
    }


def _page(title: str, issue: IssuePage | None) -> dict[str, Any]:
    crumbs = [
        {"url": reverse("wagtailadmin_home"), "label": "Home"},
        {"url": reverse("newsletter_dispatches"), "label": "Dispatches"},
    ]
    if issue is not None:
        crumbs += [{"url": reverse("wagtailadmin_pages:edit", args=[issue.pk]), "label": f"Issue {issue.number}"}]
        crumbs += [{"url": "", "label": title}]
    return {"page_title": title, "header_title": title, "header_icon": "mail", "breadcrumbs_items": crumbs}


_VERBS: dict[str, Callable[[Dispatch, Any], object]] = {
    "pause": lambda dispatch, user: pause_dispatch(dispatch, reason=f"Paused by {name_of(user)}"),
    "resume": lambda dispatch, _user: resume_dispatch(dispatch),
    "release": lambda dispatch, _user: release_dispatch(dispatch),
    "cancel": lambda dispatch, _user: cancel_dispatch(dispatch),
    "received": lambda dispatch, user: take_held_as_received(dispatch, by=name_of(user)),
    "send-again": lambda dispatch, _user: send_held_again(dispatch),
}
VERBS = tuple(_VERBS)
