"""Everything that came from one mailbox: look at it, get it, have it forgotten."""

from collections import Counter
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.admin import messages
from wagtail.admin.paginator import WagtailPaginator

from blog.actions.own_comments import erase_commenter, export_commenter
from blog.models import Ban, Commenter

from .decisions import may_decide
from .rows import History

PER_PAGE = 30


def _find(request: HttpRequest, pk: int) -> Commenter:
    if not may_decide(request.user):
        raise PermissionDenied
    return get_object_or_404(Commenter, pk=pk)


def _page(request: HttpRequest, person: Commenter, title: str, more: dict[str, Any]) -> dict[str, Any]:
    breadcrumbs = [
        {"url": reverse("wagtailadmin_home"), "label": "Home"},
        {"url": reverse("comments:list"), "label": "Comments"},
        {"url": reverse("comments:commenter", args=[person.pk]), "label": str(person)},
    ]
    facts = {"page_title": title, "header_title": title, "header_icon": "comment", "person": person}
    return {**facts, "breadcrumbs_items": breadcrumbs, **more}


@require_safe
def commenter(request: HttpRequest, pk: int) -> HttpResponse:
    """All comments from the mailbox with their states, the bans on it, and what can be done."""
    person = _find(request, pk)
    comments = person.comments.select_related("article").order_by("-created_at", "-pk")
    states = dict(person.comments.order_by().values_list("state").annotate(Count("pk")))
    page = WagtailPaginator(comments, PER_PAGE).get_page(request.GET.get("p"))
    more = {
        "comments": page,
        "count": sum(states.values()),
        "history": History.read(Counter(states)),
        "bans": Ban.objects.filter(kind=Ban.Kind.ADDRESS, value=person.mailbox) if person.mailbox else [],
        "own_url": reverse("comments:commenter", args=[pk]),
    }
    return TemplateResponse(request, "blog/admin/commenter.html", _page(request, person, str(person), more))


@require_safe
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that is kept about whoever writes from the mailbox, as a file for them."""
    answer = JsonResponse(export_commenter(_find(request, pk)), json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer["Content-Disposition"] = 'attachment; filename="comments.json"'
    answer["Cache-Control"] = "no-store"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, and on POST forget all of it. Looking changes nothing."""
    person = _find(request, pk)
    if request.method != "POST":
        more = {"count": person.comments.count()}
        return TemplateResponse(request, "blog/admin/commenter_erase.html", _page(request, person, "Erase", more))
    count = erase_commenter(person)
    what = "Nothing had been written from it" if not count else f"{count} comment{'' if count == 1 else 's'} erased"
    messages.success(request, f"The address is forgotten. {what}.")
    return HttpResponseRedirect(reverse("comments:list"))
