"""A dispatch for who may see it: whoever may send."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from newsletter.models import Dispatch
from newsletter.rights import may_send


def find_dispatch(request: HttpRequest, pk: int) -> Dispatch:
    """The dispatch, for who may send. Raises Http404 or PermissionDenied."""
    dispatch = get_object_or_404(Dispatch.objects.select_related("issue", "ordered_by"), pk=pk)
    if not may_send(request.user):
        raise PermissionDenied
    return dispatch
