"""Buttons of a comment's page beside the decisions: blank parts, put the original back, let a reported one stay."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from blog.actions.comments import Seen
from blog.actions.redactions import restore_original
from blog.actions.reports import dismiss_reports
from blog.errors import BlogError
from blog.models import Comment

from .decisions import CONFLICT, answer, may_decide
from .redaction_form import RedactionForm

NEEDS_POST = require_http_methods(["GET", "HEAD", "POST"])


def _open(request: HttpRequest, pk: int) -> Comment:
    if not may_decide(request.user):
        raise PermissionDenied
    return get_object_or_404(Comment.objects.select_related("article"), pk=pk)


@NEEDS_POST
def blank(request: HttpRequest, pk: int) -> HttpResponse:
    """Blank what the form chooses. Looking at the address changes nothing."""
    comment, page = _open(request, pk), reverse("comments:inspect", args=[pk])
    if request.method != "POST":
        return HttpResponseRedirect(page)
    form = RedactionForm(request.POST, comment=comment)
    if not form.is_valid():
        said = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return answer(request, said, status=CONFLICT, back=f"{page}#blank")
    try:
        form.blank(by=request.user)  # type: ignore[arg-type]
    except BlogError as error:
        return answer(request, str(error), status=CONFLICT, back=page)
    return answer(request, f"Blanked. Readers see where something was taken out: {comment}.", back=page)


@NEEDS_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the words back as they were written. Looking at the address changes nothing."""
    comment, page = _open(request, pk), reverse("comments:inspect", args=[pk])
    if request.method != "POST":
        return HttpResponseRedirect(page)
    try:
        restore_original(comment, by=request.user, seen=Seen.read(request.POST.get("seen", "")))  # type: ignore[arg-type]
    except BlogError as error:
        return answer(request, str(error), status=CONFLICT, back=page)
    return answer(request, f"The original stands there again: {comment}.", back=page)


@NEEDS_POST
def stays(request: HttpRequest, pk: int) -> HttpResponse:
    """Settle the reports of a comment: it stays. Looking at the address changes nothing."""
    comment, page = _open(request, pk), reverse("comments:inspect", args=[pk])
    if request.method != "POST":
        return HttpResponseRedirect(page)
    if not dismiss_reports(comment, by=request.user):  # type: ignore[arg-type]
        return answer(request, "Nothing was changed: no report is open any more.", status=CONFLICT, back=page)
    return answer(request, f"It stays: {comment}.")
