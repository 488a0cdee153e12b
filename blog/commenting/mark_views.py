"""Reporting a comment, and saying that it helped: pages for one reader, without an account."""

import contextlib
from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from blog.actions.reports import report_comment
from blog.actions.votes import count_now, has_voted, take_vote_back, vote_helpful, voter_of
from blog.commenting.mark_forms import HelpfulForm, ReportForm
from blog.commenting.privacy import private
from blog.errors import CommentMovedError
from blog.models import ArticlePage, Comment
from blog.models.comments import CommentQuerySet
from guard.client import client_address
from guard.limits import Limits, take_network_turn
from guard.origin import same_origin_only

SEE_OTHER, UNPROCESSABLE, TOO_MANY = 303, 422, 429
REPORTS: Limits = ((timedelta(minutes=10), 5), (timedelta(hours=24), 20))
VOTES: Limits = ((timedelta(minutes=1), 20), (timedelta(hours=24), 200))


@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a report: 303 to the thanks, also for robots in the trap; 422 or 429 with everything kept; 404 if unseen."""
    comment = _find(pk)
    if request.method != "POST":
        return _show_report(request, comment, ReportForm())
    form = ReportForm(request.POST)
    if not form.is_trapped:
        if not form.is_valid():
            return _show_report(request, comment, form, status=UNPROCESSABLE)
        ip = client_address(request)
        if not take_network_turn(ip or "", kind="report", limits=REPORTS):
            form.add_error(None, "We take only a few reports at a time. Your words are kept: send them again later.")
            return _show_report(request, comment, form, status=TOO_MANY)
        with contextlib.suppress(CommentMovedError):  # taken down in this moment: what the reader wanted
            report_comment(comment, reason=form.cleaned_data["reason"], words=form.cleaned_data["words"], ip=ip)
    return private(HttpResponseRedirect(reverse("blog:comment_reported", args=[pk]), status=SEE_OTHER))


@require_safe
def reported(request: HttpRequest, pk: int) -> HttpResponse:
    """What happens now; the same when the comment is gone meanwhile."""
    context = {"comment": _seen_by_readers().filter(pk=pk).first()}
    return private(TemplateResponse(request, "blog/report_thanks.html", context))


@same_origin_only
@require_http_methods(["GET", "HEAD", "POST"])
def helpful(request: HttpRequest, pk: int) -> HttpResponse:
    """Count a reader once. POST: 303 to this page, which says what counts and takes it back; JSON to a script.

    Without script the number under the article is that of some minutes ago: only this page can say that it was done.
    """
    comment = _find(pk)
    voter = voter_of(comment, ip=client_address(request), user_agent=request.headers.get("User-Agent", ""))
    if request.method == "POST":
        return private(_vote(request, comment, voter))
    return _show_helpful(request, comment, is_counted=has_voted(comment, voter=voter))


def _vote(request: HttpRequest, comment: Comment, voter: str) -> HttpResponse:
    form = HelpfulForm(request.POST)
    if not form.is_valid():
        return _refuse(request, comment, "This page was open for a long time. Please press once more.", UNPROCESSABLE)
    if not take_network_turn(client_address(request) or "", kind="helpful", limits=VOTES):
        return _refuse(request, comment, "We count only a few at a time. Please come back to it later.", TOO_MANY)
    is_back = form.cleaned_data["take_back"]
    if not form.is_trapped:
        (take_vote_back if is_back else vote_helpful)(comment, voter=voter)
    if not _wants_page(request):
        return JsonResponse({"count": count_now(comment), "counted": not is_back})
    return HttpResponseRedirect(reverse("blog:helpful", args=[comment.pk]), status=SEE_OTHER)


def _wants_page(request: HttpRequest) -> bool:
    """Whether a person's browser asks, and not the script of the page."""
    return request.accepts("text/html")


def _refuse(request: HttpRequest, comment: Comment, words: str, status: int) -> HttpResponse:
    if not _wants_page(request):
        return JsonResponse({"words": words}, status=status)
    return _show_helpful(request, comment, words=words, status=status)


def _find(pk: int) -> Comment:
    """A comment that readers see; 404 for any other."""
    return get_object_or_404(_seen_by_readers(), pk=pk)


def _seen_by_readers() -> CommentQuerySet:
    """Not those under articles that only some may read: these pages quote what they are about."""
    return Comment.objects.published().filter(article__in=ArticlePage.objects.live().public()).select_related("article")


def _show_report(request: HttpRequest, comment: Comment, form: ReportForm, *, status: int = 200) -> HttpResponse:
    context = {"comment": comment, "form": form}
    return private(TemplateResponse(request, "blog/report_comment.html", context, status=status))


def _show_helpful(
    request: HttpRequest, comment: Comment, *, is_counted: bool = False, words: str = "", status: int = 200
) -> HttpResponse:
    context = {"comment": comment, "is_counted": is_counted, "words": words, "form": HelpfulForm()}
    return private(TemplateResponse(request, "blog/helpful.html", context, status=status))
