"""Where the list hangs itself into Wagtail's admin: addresses, a menu of its own, what the log calls its steps."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, reverse
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from newsletter.people import (
    drift_views,
    erase_views,
    follow_views,
    growth,
    import_views,
    segment_views,
    suppression_views,
)
from newsletter.people.rights import IMPORT, MENU_HOOK, SEE, SUPPRESS

ACTIONS = (
    ("newsletter.import", "Import people", "Took the people of a list"),
    ("newsletter.undo_import", "Undo an import", "Took the people of a list off again"),
    ("newsletter.export", "Export people", "Exported people"),
    ("newsletter.suppress", "Suppress a mailbox", "Put a mailbox on the list of those that are not mailed"),
    ("newsletter.mailchimp_ask", "Have Mailchimp ask", "Had Mailchimp ask a person"),
    ("newsletter.lift", "Lift a suppression", "Took a mailbox off the list of those that are not mailed"),
)


class RightfulMenuItem(MenuItem):
    """Shown to those who have the right."""

    def __init__(self, *args: Any, right: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.right = right

    def is_shown(self, request: HttpRequest) -> bool:
        """Whether they may."""
        return request.user.has_perm(self.right)


def admin_urls() -> list[URLPattern]:
    """Every page of the list that Wagtail does not make."""
    return [url for module in _PAGES for url in module.admin_urls()]


def menu() -> SubmenuMenuItem:
    """The menu “Subscribers”, without entries that somebody may not open; gone when none is left."""
    return SubmenuMenuItem(
        "Subscribers", Menu(register_hook_name=MENU_HOOK), name="people", icon_name="group", order=320
    )


def _item(label: str, name: str, *, icon: str, order: int, right: str) -> Callable[[], MenuItem]:
    return lambda: RightfulMenuItem(label, reverse(name), icon_name=icon, order=order, right=right)


_PAGES = (drift_views, erase_views, follow_views, import_views, segment_views, suppression_views, growth)
MENU_ITEMS = (
    _item("Segments", "newsletter_segments", icon="tag", order=20, right=SEE),
    _item("Import", "newsletter_imports", icon="upload", order=30, right=IMPORT),
    _item("Do not mail", "newsletter_suppressions", icon="no-view", order=40, right=SUPPRESS),
    _item("Follows", "newsletter_follows", icon="view", order=45, right=SEE),
    _item("Mailchimp contacts", "newsletter_in_step", icon="resubmit", order=47, right=SEE),
    _item("Growth", "newsletter_growth", icon="history", order=50, right=SEE),
)


def register_actions(actions: Any) -> None:
    """The words of the log."""
    for action, label, message in ACTIONS:
        actions.register_action(action, label, message)
