"""Who may do what with the list."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

MENU_HOOK = "register_people_menu_item"  # of the menu “Subscribers”
SEE, IMPORT, SUPPRESS = "newsletter.view_subscriber", "newsletter.add_subscriberimport", "newsletter.add_suppression"
ERASE = SUPPRESS  # it keeps the mailbox off the list as well
LIFT = "newsletter.delete_suppression"
SEGMENT = "newsletter.change_segment"


def needs(right: str) -> Callable[..., Any]:
    """Let only those into an admin page who have the right."""

    def decorate(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.has_perm(right):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def page_of(title: str, *, parent: tuple[str, str] | None = None, icon: str = "group") -> dict[str, Any]:
    """What every page needs for its head. `parent` is (name of its address, label)."""
    crumbs = [{"url": reverse("wagtailadmin_home"), "label": "Home"}]
    if parent:
        crumbs.append({"url": reverse(parent[0]), "label": parent[1]})
    crumbs.append({"url": "", "label": title})
    return {"page_title": title, "header_title": title, "header_icon": icon, "breadcrumbs_items": crumbs}
