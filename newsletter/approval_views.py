"""The admin's pages of a second person: ask for one, look at the mail, say yes or send it back."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from wagtail.admin import messages

from newsletter.actions.approving import approve, ask_for_approval, hands_on, newest_text, send_back
from newsletter.admin_pages import page_of
from newsletter.checks import Level, check_text
from newsletter.errors import CannotRender, NewsletterError
from newsletter.models import Approval, IssuePage
from newsletter.rendering import preview_issue, render_issue
from newsletter.rights import may_approve, may_send
from newsletter.send_views import UNPROCESSABLE, tell_fault


@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a second look, and come back."""
    issue = get_object_or_404(IssuePage, pk=pk)
    if not may_send(request.user):
        raise PermissionDenied
    try:
        ask_for_approval(issue, by=request.user, words=request.POST.get("words", ""))  # type: ignore[arg-type]
    except NewsletterError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Approval is asked for: who may give it gets a letter with the link.")
    return redirect("newsletter_send", issue.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """The mail as a reader gets it, what the checks say of it, and two answers. GET changes nothing."""
    if not may_approve(request.user):
        raise PermissionDenied
    approval = get_object_or_404(Approval.objects.select_related("issue", "asked_by", "decided_by"), pk=pk)
    if request.method == "POST" and _answer(request, approval):
        return redirect("newsletter_approve", approval.pk)
    issue = approval.issue
    newest = newest_text(issue)
    try:
        mail = render_issue(newest)
        checks = check_text(newest, mail)
    except CannotRender as error:
        return tell_fault(request, issue, error)
    context = {
        **page_of(f"Approve issue {issue.number}: {issue.title}", icon="mail"),
        "approval": approval,
        "issue": newest,
        "mail": mail,
        "findings": [check for check in checks if check.level in {Level.RED, Level.AMBER}],
        "is_stale": mail.digest != approval.digest,
        "is_own": request.user.pk in hands_on(issue, approval.asked_by),
        "answer": request.POST.get("words", ""),
        "history": issue.approvals.select_related("asked_by", "decided_by").exclude(pk=approval.pk),
    }
    return render(request, "newsletter/admin/approve.html", context)


@require_safe
@xframe_options_sameorigin
def show_mail(request: HttpRequest, pk: int) -> HttpResponse:
    """The newest saved words as a made-up reader gets them, for the frame of the page above; or their text part."""
    if not (may_approve(request.user) or may_send(request.user)):
        raise PermissionDenied
    try:
        mail = preview_issue(newest_text(get_object_or_404(IssuePage, pk=pk)))
    except CannotRender as error:
        return HttpResponse(str(error), content_type="text/plain; charset=utf-8", status=UNPROCESSABLE)
    if request.GET.get("part") == "text":
        return HttpResponse(mail.text, content_type="text/plain; charset=utf-8")
    return HttpResponse(mail.html)


def _answer(request: HttpRequest, approval: Approval) -> bool:
    words: str = request.POST.get("words", "")
    by: Any = request.user
    try:
        if request.POST.get("answer") == "yes":
            approve(approval, by=by, seen=request.POST.get("seen", ""), words=words)
        else:
            send_back(approval, by=by, words=words)
    except NewsletterError as error:
        messages.error(request, str(error))
        return False
    messages.success(request, "Thank you. Whoever asked gets a letter with your answer.")
    return True
