"""The head of every page about sending: title and the way back."""

from typing import Any

from django.urls import reverse

from newsletter.models import Dispatch, IssuePage


def head(title: str, issue: IssuePage | None = None, *, dispatch: Dispatch | None = None) -> dict[str, Any]:
    """What Wagtail's header needs. With a dispatch, the page is one below it."""
    crumbs = [
        {"url": reverse("wagtailadmin_home"), "label": "Home"},
        {"url": reverse("newsletter_dispatches"), "label": "Dispatches"},
    ]
    if dispatch is not None:
        crumbs += [{"url": reverse("newsletter_dispatch", args=[dispatch.pk]), "label": dispatch.issue.label}]
    elif issue is not None:
        crumbs += [{"url": reverse("wagtailadmin_pages:edit", args=[issue.pk]), "label": issue.label}]
    if issue is not None:
        crumbs += [{"url": "", "label": title}]
    return {"page_title": title, "header_title": title, "header_icon": "mail", "breadcrumbs_items": crumbs}
