"""Issues beside each other: the page, and the same as a file."""

import csv
from collections.abc import Iterator

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from newsletter.actions.exporting import Echo, as_text
from newsletter.reporting.figures import Figures, earlier_dispatches, figures_of
from newsletter.reporting.heads import head
from newsletter.rights import may_send

MOST = 120  # rows of the file: ten years of monthly issues
COLUMNS = (
    *(
        "Issue",
        "Title",
        "Started",
        "State",
        "Segment",
        "Readers",
        "Handed over",
        "Refused",
        "Skipped",
        "Held",
        "Cancelled",
        "Open",
    ),
    *("Delivered, says the provider", "Came back", "Reported as spam", "Left through it"),
    *("People who pressed a link", "Presses by programs"),
)


@require_safe
def compare_dispatches(request: HttpRequest) -> HttpResponse:
    """The last twelve that went out."""
    if not may_send(request.user):
        raise PermissionDenied
    context = {**head("Issues compared"), "rows": figures_of(earlier_dispatches())}
    return render(request, "newsletter/admin/compare.html", context)


@require_safe
def export_comparison(request: HttpRequest) -> StreamingHttpResponse:
    """All of them as a file; it holds numbers and no address."""
    if not may_send(request.user):
        raise PermissionDenied
    response = StreamingHttpResponse(_lines(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="issues.csv"'
    return response


def _lines() -> Iterator[str]:
    writer = csv.writer(Echo())
    yield writer.writerow(COLUMNS)
    for row in figures_of(earlier_dispatches(number=MOST)):
        yield writer.writerow(map(as_text, _cells(row)))


def _cells(row: Figures) -> list[object]:
    dispatch, counts = row.dispatch, row.counts
    return [
        *(dispatch.issue.label, dispatch.issue.title, dispatch.launched_at, dispatch.get_state_display()),
        *(
            dispatch.segment_name,
            counts.candidates,
            counts.handed_over,
            counts.refused,
            counts.skipped,
            counts.held,
            counts.cancelled,
        ),
        *(counts.open, row.delivered, row.bounced, row.complained, row.left, row.people, row.machines),
    ]
