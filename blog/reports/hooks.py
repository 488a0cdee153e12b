"""Where the reports hang themselves into Wagtail's admin."""

from django.urls import URLPattern, path, reverse

from .base import ReportMenuItem
from .handing_in import hand_in
from .links import LinkReport, ask_link_again
from .reading import ReadingReport
from .review_due import ReviewDueReport


def admin_urls() -> list[URLPattern]:
    """The reports and their buttons."""
    return [
        *ReviewDueReport.addresses(),
        *LinkReport.addresses(),
        *ReadingReport.addresses(),
        path("reports/review-due-report/<int:pk>/hand-in/", hand_in, name="review_due_hand_in"),
        path("reports/link-report/<int:pk>/ask-again/", ask_link_again, name="link_report_ask_again"),
    ]


def review_item() -> ReportMenuItem:
    """Reports > Reviews."""
    return ReportMenuItem("Reviews", reverse("review_due_report"), icon_name="calendar-check", order=10)


def link_item() -> ReportMenuItem:
    """Reports > Outward links."""
    return ReportMenuItem("Outward links", reverse("link_report"), icon_name="link-external", order=20)


def reading_item() -> ReportMenuItem:
    """Reports > Reading age."""
    return ReportMenuItem("Reading age", reverse("reading_report"), icon_name="glasses", order=30)


MENU_ITEMS = (review_item, link_item, reading_item)
