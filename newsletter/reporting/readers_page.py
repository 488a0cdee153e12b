"""Every reader of a dispatch, by what became of them: paged, searched, and a decision about one of them."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from blog.colleagues import name_of
from newsletter.actions.exporting_outcomes import export_outcomes
from newsletter.actions.holding import send_one_again, take_one_as_received
from newsletter.errors import NewsletterError
from newsletter.models import Delivery, Subscriber
from newsletter.report import count_deliveries
from newsletter.reporting.heads import head
from newsletter.reporting.readers import EVERYBODY, GROUPS, MISSED, Group, as_rows
from newsletter.reporting.rights import find_dispatch

A_PAGE = 50
MOST_FOUND = 500  # people whom a search may mean; with more, it asks for more of the address


@require_safe
def list_readers(request: HttpRequest, pk: int) -> HttpResponse:
    """One group of readers, a page of it. `show` names the group, `q` is a part of an address."""
    dispatch = find_dispatch(request, pk)
    group = GROUPS.get(request.GET.get("show", ""), MISSED)
    asked = request.GET.get("q", "").strip()
    rows = group.of(dispatch)
    people = _find_people(asked) if asked else []
    if asked:
        rows = rows.filter(subscriber__in=people)
    listing = Paginator(_in_order(rows, group), A_PAGE).get_page(request.GET.get("p"))
    context = {
        **head(f"Readers of {dispatch.issue.label.lower()}", dispatch=dispatch),
        "dispatch": dispatch,
        "counts": count_deliveries(dispatch),
        "group": group,
        "groups": GROUPS.values(),
        "asked": asked,
        "is_cut": len(people) == MOST_FOUND,
        "listing": listing,
        "rows": as_rows(listing, dispatch),
        "back": request.get_full_path(),
        "query": urlencode({"show": group.name, **({"q": asked} if asked else {})}),
    }
    return render(request, "newsletter/admin/dispatch_readers.html", context)


@require_POST
def decide_reader(request: HttpRequest, pk: int, delivery: int, verb: str) -> HttpResponse:
    """Take one as received, or send to one again; then back to where the button stood."""
    dispatch = find_dispatch(request, pk)
    row = dispatch.deliveries.select_related("subscriber", "dispatch").filter(pk=delivery).first()
    if row is None:
        raise Http404
    try:
        words = _VERBS[verb](row, request.user)
    except NewsletterError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, words)
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return redirect(back if is_ours else reverse("newsletter_dispatch", args=[dispatch.pk]))


@require_safe
def export_readers(request: HttpRequest, pk: int) -> HttpResponseBase:
    """All outcomes of a dispatch as a file."""
    dispatch = find_dispatch(request, pk)
    lines = export_outcomes(dispatch, by=request.user)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{dispatch.issue.slug}-readers.csv"'
    return response


def _find_people(asked: str) -> list[int]:
    """Keys of subscribers whose address holds these characters; looked up apart, so that no join meets a million."""
    found = Subscriber.objects.filter(email__icontains=asked).order_by("pk")
    return list(found.values_list("pk", flat=True)[:MOST_FOUND])


def _in_order(rows: QuerySet[Delivery], group: Group) -> QuerySet[Delivery]:
    order = ("subscriber",) if group is EVERYBODY else ("state", "subscriber")
    return rows.select_related("subscriber").order_by(*order, "pk")


def _received(delivery: Delivery, user: Any) -> str:
    take_one_as_received(delivery, by=name_of(user))
    return f"{delivery.subscriber or 'The reader'} counts as reached."


def _again(delivery: Delivery, _user: Any) -> str:
    send_one_again(delivery)
    return f"The issue goes to {delivery.subscriber} once more, within a minute."


_VERBS: dict[str, Callable[[Delivery, Any], str]] = {"received": _received, "again": _again}
READER_VERBS = tuple(_VERBS)
