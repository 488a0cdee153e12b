"""All dispatches, newest first."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from newsletter.models import Dispatch
from newsletter.report import count_all
from newsletter.reporting.heads import head
from newsletter.rights import may_send

A_PAGE = 30


@require_safe
def list_dispatches(request: HttpRequest) -> HttpResponse:
    """The list, with the numbers of each: as many queries for thirty as for one."""
    if not may_send(request.user):
        raise PermissionDenied
    rows = Dispatch.objects.select_related("issue").defer("html", "text", "issue__body").order_by("-ordered_at")
    listing = Paginator(rows, A_PAGE).get_page(request.GET.get("p"))
    counts = count_all(list(listing))
    context = {
        **head("Dispatches"),
        "listing": listing,
        "rows": [(dispatch, counts[dispatch.pk]) for dispatch in listing],
    }
    return render(request, "newsletter/admin/dispatches.html", context)
