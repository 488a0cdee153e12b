"""Where the list hangs itself into Wagtail's admin: addresses, a menu of its own, what the log calls its steps."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, reverse
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from newsletter.people import import_views
from newsletter.people.rights import IMPORT

MENU_HOOK = "register_people_menu_item"
ACTIONS = (
    ("newsletter.import", "Import people", "Took the people of a list"),
    ("newsletter.undo_import", "Undo an import", "Took the people of a list off again"),
    ("newsletter.export", "Export people", "Exported people"),
    ("newsletter.suppress", "Suppress a mailbox", "Put a mailbox on the list of those that are not mailed"),
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
    return import_views.admin_urls()


def menu() -> SubmenuMenuItem:
    """The menu “Subscribers”, without entries that somebody may not open; gone when none is left."""
    return SubmenuMenuItem(
        "Subscribers", Menu(register_hook_name=MENU_HOOK), name="people", icon_name="group", order=320
    )


def import_item() -> MenuItem:
    """Bringing people."""
    return RightfulMenuItem("Import", reverse("newsletter_imports"), icon_name="upload", order=30, right=IMPORT)


MENU_ITEMS = (import_item,)


def register_actions(actions: Any) -> None:
    """The words of the log."""
    for action, label, message in ACTIONS:
        actions.register_action(action, label, message)
