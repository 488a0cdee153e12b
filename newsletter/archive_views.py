"""The archive's page of an issue as it was sent."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from newsletter.as_sent import write_as_sent
from newsletter.models import Dispatch, IssuePage
from pagecache.views import shared


@shared
@require_safe
def show_as_sent(_request: HttpRequest, pk: int) -> HttpResponse:
    """The same for everybody, for as long as the issue's own page may be read; search engines are led to that."""
    launched = Dispatch.objects.exclude(launched_at=None).exclude(html="")
    dispatch = get_object_or_404(launched, pk=pk)
    issue = get_object_or_404(IssuePage.objects.live().public(), pk=dispatch.issue_id)
    return HttpResponse(write_as_sent(dispatch, issue), headers={"X-Robots-Tag": "noindex"})
