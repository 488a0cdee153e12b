"""Where the monthly draft hangs itself into Wagtail's admin: addresses, a menu entry, a button at the newsletter."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, path, re_path, reverse
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import Button

from newsletter.dispatch_hooks import DispatchesMenuItem
from newsletter.models import NewsletterPage
from newsletter.monthly import views
from newsletter.rights import may_send

LABEL, ICON = "Monthly draft", "calendar-alt"


def admin_urls() -> list[URLPattern]:
    """The pages of `newsletter.monthly.views`."""
    return [
        path("newsletter/monthly/", views.show_monthly, name="newsletter_monthly"),
        path("newsletter/monthly/make/", views.make_monthly, name="newsletter_make_monthly"),
        re_path(
            r"^newsletter/monthly/(?P<pk>[0-9]+)/(?P<verb>make|skip)/$",
            views.answer_monthly,
            name="newsletter_answer_monthly",
        ),
    ]


def menu_item() -> MenuItem:
    """Before the e-books, for those who may send."""
    return DispatchesMenuItem(LABEL, reverse(views.HOME), icon_name=ICON, order=324)


def header_buttons(page: Any, user: Any, view_name: str, next_url: str | None = None) -> Iterator[Button]:
    """The way there from the newsletter's own page."""
    if page.specific_class is NewsletterPage and may_send(user):
        yield Button(LABEL, reverse(views.HOME), icon_name=ICON, priority=6)
