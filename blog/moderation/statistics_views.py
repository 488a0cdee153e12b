"""Reports > Comments: the page, and the same as a file."""

import csv
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_safe
from wagtail.admin.menu import MenuItem

from blog.reports.base import quote_formula

from .decisions import may_decide
from .statistics import count_comments

PERIODS = {7: "7 days", 30: "30 days", 90: "90 days", 365: "a year"}
USUAL = 30


@require_safe
def comment_statistics(request: HttpRequest) -> HttpResponse:
    """What the desk has done in the time that the address asks for; `?format=csv` gives the weeks as a file."""
    if not may_decide(request.user):
        raise PermissionDenied
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, PERIODS) else USUAL
    found = count_comments(days)
    if request.GET.get("format") == "csv":
        return _as_file(found)
    figures = [
        ("Waiting now", str(found.waiting)),
        ("The oldest has waited", in_words(found.oldest)),
        ("Came in", str(found.received)),
        ("Half were decided on within", in_words(found.median_wait)),
        ("Nine of ten within", in_words(found.longest_wait)),
        ("The check called spam", str(found.called_spam)),
        ("A person said otherwise", str(found.overturned)),
    ]
    context = {"found": found, "figures": figures, "periods": PERIODS.items(), "days": days}
    return TemplateResponse(request, "blog/admin/comment_statistics.html", context)


def in_words(seconds: int | None) -> str:
    """A time as people say it; a dash where there is none."""
    if seconds is None:
        return "–"
    minutes = round(timedelta(seconds=seconds) / timedelta(minutes=1))
    for unit, size in (("day", 1440), ("hour", 60)):
        if minutes >= 2 * size:
            return f"{round(minutes / size)} {unit}s"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def _as_file(found: Any) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="comments-by-week.csv"'
    writer = csv.writer(response)
    writer.writerow(["Week from", "Came in", "Published", "Refused", "Spam"])
    for week in found.weeks:
        writer.writerow([week.start.isoformat(), week.received, week.published, week.refused, week.spam])
    writer.writerow([])
    writer.writerow(["Refused because", "Comments", "Percent"])
    for share in found.reasons:
        writer.writerow([quote_formula(share.label), share.number, share.percent])
    return response


class StatisticsMenuItem(MenuItem):
    """For moderators."""

    def is_shown(self, request: HttpRequest) -> bool:
        """To whoever may decide on comments."""
        return may_decide(request.user)


def menu_item() -> StatisticsMenuItem:
    """Reports > Comments."""
    return StatisticsMenuItem("Comments", reverse("comment_statistics"), icon_name="comment", order=15)


def admin_urls() -> list[URLPattern]:
    """Where it lies."""
    return [path("reports/comments/", comment_statistics, name="comment_statistics")]
