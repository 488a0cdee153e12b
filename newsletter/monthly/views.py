"""Monthly draft: when the next one makes itself, what would be in it now, what became of the months before."""

from datetime import datetime
from itertools import groupby
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin import messages

from newsletter.actions.drafting import (
    find_month_to_make,
    make_draft_now,
    make_missed_draft,
    months_ahead,
    people_who_may_publish,
    set_schedule,
    skip_missed_draft,
)
from newsletter.admin_pages import page_of
from newsletter.errors import NewsletterError
from newsletter.gathering import Gathered, gather
from newsletter.models import DraftRun, DraftSchedule, NewsletterPage
from newsletter.monthly.forms import ScheduleForm
from newsletter.rights import may_send
from newsletter.wall_clock import say_moment, site_zone

HOME = "newsletter_monthly"
AHEAD = 3
A_PAGE = 12


@require_http_methods(["GET", "HEAD", "POST"])
def show_monthly(request: HttpRequest) -> HttpResponse:
    """Everything about it on one page; only “Save” writes the schedule."""
    newsletter = _find_newsletter(request)
    schedule = DraftSchedule.objects.filter(newsletter=newsletter).first() or DraftSchedule(newsletter=newsletter)
    form = ScheduleForm(request.POST or None, instance=schedule, people=people_who_may_publish(newsletter))
    if request.method == "POST" and form.is_valid():
        set_schedule(form.save(commit=False), told=form.cleaned_data["told"])
        messages.success(request, "Saved.")
        return redirect(HOME)
    context = {
        **page_of("Monthly draft", icon="calendar-alt"),
        **_what_is_next(newsletter, timezone.now()),
        "form": form,
        "runs": Paginator(_runs(newsletter), A_PAGE).get_page(request.GET.get("p")),
    }
    return render(request, "newsletter/admin/monthly.html", context, status=422 if form.errors else 200)


@require_POST
def make_monthly(request: HttpRequest) -> HttpResponse:
    """Make this month's draft now, and open it."""
    newsletter = _find_newsletter(request)
    try:
        run = make_draft_now(newsletter, by=_who(request))
    except NewsletterError as error:
        messages.error(request, str(error))
        return redirect(HOME)
    return _show_result(request, run)


@require_POST
def answer_monthly(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """A month that was missed: make its draft now, or skip it."""
    newsletter = _find_newsletter(request)
    run = get_object_or_404(DraftRun.objects.select_related("newsletter"), pk=pk, newsletter=newsletter)
    try:
        if verb == "make":
            return _show_result(request, make_missed_draft(run, by=_who(request)))
        skip_missed_draft(run, by=_who(request))
    except NewsletterError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{_name(run)} is left out.")
    return redirect(HOME)


def _find_newsletter(request: HttpRequest) -> NewsletterPage:
    newsletter = get_object_or_404(NewsletterPage)
    if not may_send(request.user):
        raise PermissionDenied
    return newsletter


def _show_result(request: HttpRequest, run: DraftRun) -> HttpResponse:
    if run.issue is None:
        messages.warning(request, "Nothing new has been published since the last issue, so no draft was made.")
        return redirect(HOME)
    messages.success(request, f"The draft of {_name(run)} is made. It still wants an introduction.")
    return redirect("wagtailadmin_pages:edit", run.issue.pk)


def _what_is_next(newsletter: NewsletterPage, now: datetime) -> dict[str, Any]:
    """The saved schedule in words, the question that is open, the month that the button would make, its content."""
    schedule = DraftSchedule.objects.filter(newsletter=newsletter).select_related("newsletter").first()
    month, earlier = find_month_to_make(newsletter, now)
    gathered = gather(newsletter, until=now)
    ahead = months_ahead(schedule, now, AHEAD) if schedule and schedule.is_on else []
    return {
        "schedule": schedule,
        "moments": [say_moment(schedule.due_at(one), schedule.zone) for one in ahead] if schedule else [],
        "other_zone": site_zone() if schedule and schedule.zone != site_zone() else "",
        "question": newsletter.draft_runs.filter(state=DraftRun.State.ASKED).first(),
        "month": month,
        "made_already": earlier,
        "gathered": gathered,
        "shelves": _shelves(gathered),
    }


def _shelves(gathered: Gathered) -> list[tuple[str, list[Any]]]:
    """What would follow the lead, topic by topic."""
    by_topic = groupby(gathered.articles[1:], key=lambda article: article.topic.name if article.topic else "No topic")
    return [(name, list(articles)) for name, articles in by_topic]


def _runs(newsletter: NewsletterPage) -> Any:
    return newsletter.draft_runs.select_related("issue", "by").order_by("-period")


def _name(run: DraftRun) -> str:
    return str(date_format(run.period, "F Y"))


def _who(request: HttpRequest) -> Any:
    return request.user
