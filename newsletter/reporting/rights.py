"""Who may send issues and see what became of them."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from newsletter.models import Dispatch, NewsletterPage


def may_send(user: Any, page: Any) -> bool:
    """Whether this person may send the issue, or the issues below the newsletter's page: those who may publish it."""
    return bool(page.permissions_for_user(user).can_publish())


def may_see_dispatches(user: Any) -> bool:
    """Whether this person may see all dispatches."""
    return any(may_send(user, page) for page in NewsletterPage.objects.all())


def find_dispatch(request: HttpRequest, pk: int) -> Dispatch:
    """The dispatch, for who may send its issue. Raises Http404 or PermissionDenied."""
    dispatch = get_object_or_404(Dispatch.objects.select_related("issue", "ordered_by"), pk=pk)
    if not may_send(request.user, dispatch.issue):
        raise PermissionDenied
    return dispatch
