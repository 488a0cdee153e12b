"""What the newsletter's own pages in the admin have in common: who is let in, and their head."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import resolve_url


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
    """What every page needs for its head. `parent` is (its address or the name of that, label)."""
    above = [("wagtailadmin_home", "Home"), *([parent] if parent else [])]
    crumbs = [{"url": resolve_url(to), "label": label} for to, label in above]
    crumbs.append({"url": "", "label": title})
    return {"page_title": title, "header_title": title, "header_icon": icon, "breadcrumbs_items": crumbs}
