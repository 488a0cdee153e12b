"""What the admin's own pages about gifts have in common."""

from typing import Any

from django.urls import reverse


def page_context(title: str, *trail: tuple[str, str], icon: str = "doc-full") -> dict[str, Any]:
    """Title and breadcrumb of a page; `trail`: (address, label) of those above it."""
    above = [(reverse("wagtailadmin_home"), "Home"), *trail]
    crumbs = [{"url": url, "label": label} for url, label in [*above, ("", title)]]
    return {"page_title": title, "header_title": title, "header_icon": icon, "breadcrumbs_items": crumbs}
