"""The admin's pages before an issue goes out: look, try, be sure."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages

from newsletter.actions.approving import needs_approval, why_not_approved
from newsletter.actions.campaign_trials import ask_for_trial, is_tried
from newsletter.actions.campaign_words import goes_by_mailchimp
from newsletter.actions.checking import ask_for_check
from newsletter.actions.dispatching import newsletter_of
from newsletter.actions.ordering import order_through_gate, why_locked
from newsletter.actions.testing import last_test_list, send_test
from newsletter.checks import Check, Examined, Level, examine_issue
from newsletter.checks.subjects import tell_lots
from newsletter.dispatch_forms import FORMATS, SendForm, SureForm
from newsletter.errors import CannotRender, NewsletterError
from newsletter.models import CheckRun, Dispatch, IssuePage
from newsletter.recipients import count_recipients
from newsletter.reporting.heads import head
from newsletter.rights import may_send
from newsletter.sending_hours import say_hours

UNPROCESSABLE = 422
ORDER = (Level.RED, Level.AMBER, Level.NOTE)


@require_http_methods(["GET", "HEAD", "POST"])
def send_issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Two steps: what it is and when it goes, then whether that is really meant. GET changes nothing."""
    issue = _find(request, pk)
    if (earlier := issue.current_dispatch) is not None:
        return redirect("newsletter_dispatch", earlier.pk)
    try:
        return _take_step(request, issue)
    except CannotRender as error:
        return tell_fault(request, issue, error)


def tell_fault(request: HttpRequest, issue: IssuePage, error: CannotRender) -> HttpResponse:
    """Instead of a page about an issue that cannot be written as a mail: why, and what to do."""
    context = {**head(f"{issue.label}: {issue.title}", issue), "issue": issue, "fault": str(error)}
    return render(request, "newsletter/admin/send_fault.html", context, status=UNPROCESSABLE)


def _take_step(request: HttpRequest, issue: IssuePage) -> HttpResponse:
    is_sure = request.POST.get("step") == "send"
    form = (SureForm if is_sure else SendForm)(request.POST or None)
    if request.method != "POST" or "count" in request.POST or not form.is_valid():
        return _show(request, issue, form)
    if not isinstance(form, SureForm):
        return _ask_once_more(request, issue, form)
    return _order(request, issue, form)


@require_safe
def count_reach(request: HttpRequest, pk: int) -> JsonResponse:
    """How many it would go to with this choice: `{"number": 12, "html": "…"}`, for the page before it goes out."""
    issue = _find(request, pk)
    form = SendForm(request.GET)
    recipients = count_recipients(issue, form.rule, on=timezone.localdate())
    html = render_to_string("newsletter/admin/reach.html", {"form": form, "recipients": recipients}, request)
    return JsonResponse({"number": recipients.number, "html": html})


@require_POST
def check_issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a worker ask the links, and come back."""
    issue = _find(request, pk)
    by = _who(request)
    ask_for_check(issue, by=by)
    if goes_by_mailchimp(issue):
        ask_for_trial(issue, by=by)
    return redirect("newsletter_send", issue.pk)


@require_POST
def test_issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Post a test to the addresses that were typed in, and come back."""
    issue = _find(request, pk)
    try:
        addresses = send_test(issue, to=request.POST.get("to", ""), by=_who(request))
    except NewsletterError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"The test is on its way to {', '.join(addresses)}.")
    return redirect("newsletter_send", issue.pk)


def _who(request: HttpRequest) -> Any:
    return request.user if request.user.is_authenticated else None


def _find(request: HttpRequest, pk: int) -> IssuePage:
    issue = get_object_or_404(IssuePage, pk=pk)
    if not may_send(request.user):
        raise PermissionDenied
    return issue


def _order(request: HttpRequest, issue: IssuePage, form: SureForm) -> HttpResponse:
    by = request.user if request.user.is_authenticated else None
    wish = {name: form.cleaned_data[name] for name in ("segment", "reason", "expected")}
    try:
        dispatch = order_through_gate(issue, at=form.moment, by=by, **wish)
    except NewsletterError as error:
        messages.error(request, str(error))
        if issue.current_dispatch is not None:
            return redirect("newsletter_send", issue.pk)
        return _ask_once_more(request, issue, form)
    return redirect("newsletter_dispatch", dispatch.pk)


def _show(request: HttpRequest, issue: IssuePage, form: SendForm) -> HttpResponse:
    found = examine_issue(issue, form.rule)
    context = {
        **_context(request, issue, form, found),
        "run": issue.check_runs.first(),
        "test_to": ", ".join(last_test_list()) or getattr(request.user, "email", ""),
        "asking": issue.check_runs.exclude(state=CheckRun.State.DONE).exists() or is_tried(issue),
        "good": [check for check in found.checks if check.level is Level.GOOD],
        "approvals": issue.approvals.select_related("asked_by", "decided_by"),
        "cancelled_before": issue.dispatches.filter(state=Dispatch.State.CANCELLED, launched_at__isnull=False),
    }
    return render(request, "newsletter/admin/send.html", context)


def _ask_once_more(request: HttpRequest, issue: IssuePage, form: SendForm) -> HttpResponse:
    """The second step; back to the first where something stops it."""
    found = examine_issue(issue, form.rule, at=form.moment)
    context = {**_context(request, issue, form, found), "moment": form.moment, "whom": form.whom}
    context["at"] = form.cleaned_data["at"].strftime(FORMATS[0]) if form.moment else ""  # as it was typed, in no zone
    if not context["is_ready"]:
        for words in filter(None, [context["locked"], context["not_approved"], *map(str, found.stops)]):
            messages.error(request, words)
        return _show(request, issue, form)
    given = form.cleaned_data
    segment = given["segment"].pk if given["segment"] else ""
    again = {"segment": segment, "expected": found.recipients.number, "reason": request.POST.get("reason", "")}
    context["form"] = SureForm(initial=again)
    return render(request, "newsletter/admin/send_sure.html", context)


def _context(request: HttpRequest, issue: IssuePage, form: SendForm, found: Examined) -> dict[str, Any]:
    by: Any = request.user if request.user.is_authenticated else None
    locked = why_locked(issue, by=by)
    approval = why_not_approved(issue, found.mail.digest, by=by)
    return {
        **head(f"Send {issue.label.lower()}: {issue.title}", issue),
        "issue": issue,
        "form": form,
        "found": found,
        "findings": sorted(_bad(found.checks), key=lambda check: ORDER.index(check.level)),
        "locked": locked,
        "needs_approval": needs_approval(issue),
        "not_approved": approval,
        "is_ready": not (found.stops or locked or approval),
        "recipients": found.recipients,
        "readers": found.recipients.number,
        "lots": tell_lots(issue, found.recipients.number),
        "zone": form.zone,
        "hours": say_hours(newsletter_of(issue)),
    }


def _bad(checks: list[Check]) -> list[Check]:
    return [check for check in checks if check.level is not Level.GOOD]
