"""The admin's pages before an issue goes out: confirm, and try it first."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages

from newsletter.actions.dispatching import order_dispatch
from newsletter.actions.testing import send_test
from newsletter.audience import count_readers
from newsletter.checklist import check_issue
from newsletter.dispatch_forms import SendForm
from newsletter.errors import NewsletterError
from newsletter.models import Dispatch, IssuePage
from newsletter.reporting.heads import head
from newsletter.reporting.rights import may_send


@require_http_methods(["GET", "HEAD", "POST"])
def send_issue(request: HttpRequest, pk: int) -> HttpResponse:
    """The page before it goes out: checks, to whom, how many, now or later. GET and “Count” change nothing."""
    issue = get_object_or_404(IssuePage, pk=pk)
    if not may_send(request.user, issue):
        raise PermissionDenied
    if (earlier := issue.current_dispatch) is not None:
        return redirect("newsletter_dispatch", earlier.pk)
    form = SendForm(request.POST or None)
    if request.method == "POST" and "count" not in request.POST and form.is_valid():
        by = request.user if request.user.is_authenticated else None
        try:
            dispatch = order_dispatch(issue, at=form.moment, by=by, segment=form.cleaned_data["segment"])
        except NewsletterError as error:
            messages.error(request, str(error))
        else:
            return redirect("newsletter_dispatch", dispatch.pk)
    return render(request, "newsletter/admin/send.html", _send_context(issue, form))


@require_safe
def count_reach(request: HttpRequest, pk: int) -> JsonResponse:
    """How many it would go to with this choice: `{"number": 12, "html": "…"}`, for the page before it goes out."""
    issue = get_object_or_404(IssuePage, pk=pk)
    if not may_send(request.user, issue):
        raise PermissionDenied
    form = SendForm(request.GET)
    reach = count_readers(issue, form.rule)
    html = render_to_string("newsletter/admin/reach.html", {"form": form, "reach": reach}, request)
    return JsonResponse({"number": reach.readers, "html": html})


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


def _send_context(issue: IssuePage, form: SendForm) -> dict[str, Any]:
    checks = check_issue(issue)
    return {
        **head(f"Send issue {issue.number}: {issue.title}", issue),
        "issue": issue,
        "form": form,
        "checks": checks,
        "is_ready": all(check.is_good for check in checks if check.is_must),
        "reach": count_readers(issue, form.rule),
        "zone": timezone.get_current_timezone_name(),
        "cancelled_before": issue.dispatches.filter(state=Dispatch.State.CANCELLED),
    }
