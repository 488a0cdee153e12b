"""Where sending hangs itself into Wagtail's admin: addresses, buttons, a menu entry, a guard on deletion."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import Permission
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import URLPattern, path, re_path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import Button, ListingButton

from blog.models import ArticlePage, Correction
from newsletter import approval_views, send_views
from newsletter.models import Dispatch, IssuePage
from newsletter.reporting import correction_views, dispatch_page, list_page, move_page, readers_page, report_page
from newsletter.rights import may_send


def admin_urls() -> list[URLPattern]:
    """The pages about sending, and of `newsletter.reporting`."""
    verbs, one = "|".join(dispatch_page.VERBS), "|".join(readers_page.READER_VERBS)
    return [
        path("newsletter/issues/<int:pk>/send/", send_views.send_issue, name="newsletter_send"),
        path("newsletter/issues/<int:pk>/reach/", send_views.count_reach, name="newsletter_reach"),
        path("newsletter/issues/<int:pk>/check/", send_views.check_issue, name="newsletter_check"),
        path("newsletter/issues/<int:pk>/ask-approval/", approval_views.ask, name="newsletter_ask_approval"),
        path("newsletter/issues/<int:pk>/mail/", approval_views.show_mail, name="newsletter_mail"),
        path("newsletter/approvals/<int:pk>/", approval_views.decide, name="newsletter_approve"),
        path("newsletter/issues/<int:pk>/test/", send_views.test_issue, name="newsletter_test"),
        path("newsletter/issues/<int:pk>/correction/", correction_views.correct_issue, name="newsletter_correct"),
        path(
            "newsletter/articles/<int:pk>/corrections/",
            correction_views.list_corrections,
            name="newsletter_article_corrections",
        ),
        path("newsletter/dispatches/compare/", report_page.compare_dispatches, name="newsletter_compare"),
        path("newsletter/dispatches/compare.csv", report_page.export_comparison, name="newsletter_compare_csv"),
        path("newsletter/dispatches/", list_page.list_dispatches, name="newsletter_dispatches"),
        path("newsletter/dispatches/<int:pk>/", dispatch_page.show_dispatch, name="newsletter_dispatch"),
        path("newsletter/dispatches/<int:pk>/move/", move_page.show_move, name="newsletter_move_dispatch"),
        path("newsletter/dispatches/<int:pk>/readers/", readers_page.list_readers, name="newsletter_readers"),
        path(
            "newsletter/dispatches/<int:pk>/readers.csv", readers_page.export_readers, name="newsletter_export_readers"
        ),
        re_path(
            rf"^newsletter/dispatches/(?P<pk>[0-9]+)/readers/(?P<delivery>[0-9]+)/(?P<verb>{one})/$",
            readers_page.decide_reader,
            name="newsletter_decide_reader",
        ),
        re_path(
            rf"^newsletter/dispatches/(?P<pk>[0-9]+)/(?P<verb>{verbs})/$",
            dispatch_page.change_dispatch,
            name="newsletter_change_dispatch",
        ),
    ]


def register_actions(actions: Any) -> None:
    """The words of the log."""
    actions.register_action("newsletter.export_outcomes", "Export outcomes", "Exported what became of each reader")


def header_buttons(page: Any, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    """The way to the Send page from an issue's own pages."""
    if found := _where_to(page, user):
        label, url = found
        yield Button(label, url, icon_name="mail", priority=5)


def listing_buttons(page: Any, user: Any, next_url: str | None = None) -> Iterator[Button]:
    """The same beside the issue in lists of pages."""
    if found := _where_to(page, user):
        label, url = found
        yield ListingButton(label, url, icon_name="mail", priority=5)


def load_lengths() -> SafeString:
    """The script that says beside a field of an issue how long it is; it does nothing on other pages."""
    return format_html('<script type="module" src="{}"></script>', static("js/issue-lengths.js"))


def article_buttons(page: Any, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    """From an article with a correction that mattered to those who got it by mail."""
    if page.specific_class is ArticlePage and view_name == "edit" and may_send(user):
        mattered = Correction.objects.filter(article=page.pk).exclude(grade=Correction.Grade.TYPO)
        if mattered.exists():
            url = reverse("newsletter_article_corrections", args=[page.pk])
            yield Button("Tell readers of a correction…", url, icon_name="mail", priority=60)


class DispatchesMenuItem(MenuItem):
    """Shown to those who may send."""

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether the person may see all dispatches."""
        return may_send(request.user)


def send_rights() -> Any:
    """For the form of a group: what it may do with issues, apart from their pages."""
    return Permission.objects.filter(
        content_type__app_label="newsletter", codename__in=("send_issue", "approve_issue", "change_mailchimpconnection")
    )


def menu_item() -> MenuItem:
    """Reports > Dispatches."""
    return DispatchesMenuItem("Dispatches", reverse("newsletter_dispatches"), icon_name="mail", order=50)


def keep_sent_issues(request: HttpRequest, page: Any) -> HttpResponse | None:
    """An issue that was ordered has a report, so it is unpublished at most, never deleted."""
    if not Dispatch.objects.filter(issue__path__startswith=page.path).exists():
        return None
    messages.error(
        request, "This cannot be deleted: an issue in it went out, and its report hangs on it. Unpublish it."
    )
    return redirect("wagtailadmin_explore", page.get_parent().pk)


def _where_to(page: Any, user: Any) -> tuple[str, str] | None:
    if page.specific_class is not IssuePage or not may_send(user):
        return None
    dispatch = Dispatch.objects.filter(issue=page.pk).exclude(state=Dispatch.State.CANCELLED).first()
    if dispatch is not None:
        return "See the dispatch", reverse("newsletter_dispatch", args=[dispatch.pk])
    return "Send…", reverse("newsletter_send", args=[page.pk])
