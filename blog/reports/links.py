"""Reports > Outward links: those that are gone, have moved or fail, and the articles that hold them."""

from typing import Any, ClassVar

import django_filters
from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Case, IntegerField, Prefetch, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_POST
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.utils import get_valid_next_url_from_request

from blog.actions.links import ask_again
from blog.models import ArticlePage, OutwardLink

from .base import DeskReport, articles_of, may_see_reports

State = OutwardLink.State
TROUBLE = [State.DEAD, State.MOVED, State.FAILING]
ANY = "any"
STATES = (
    (State.DEAD, "Gone"),
    (State.MOVED, "Moved for good"),
    (State.FAILING, "Fails just now"),
    (State.SKIPPED, "To be looked at by a person"),
    (State.FINE, "Answers"),
    (State.UNCHECKED, "Not asked yet"),
    (ANY, "All links"),
)
WORDS = dict(STATES)
_WORST_FIRST = Case(
    *(When(state=state, then=Value(place)) for place, (state, _) in enumerate(STATES) if state != ANY),
    output_field=IntegerField(),
)


class LinkFilterSet(WagtailFilterSet):
    """One state at a time; without a choice, all that an editor should look at."""

    state = django_filters.ChoiceFilter(
        label="State", choices=STATES, method="in_state", empty_label="In trouble", widget=forms.RadioSelect
    )

    class Meta:
        model = OutwardLink
        fields: ClassVar[list[str]] = []

    def in_state(self, links: QuerySet[OutwardLink], name: str, value: str) -> QuerySet[OutwardLink]:
        """Those in one state."""
        return links if value == ANY else links.filter(state=value)


class AddressColumn(BaseColumn):
    """The address, what the server said, and where it has gone."""

    cell_template_name = "blog/admin/link_cell.html"


class LinkStateColumn(BaseColumn):
    """The state in words, when it was asked, and when it is asked again."""

    cell_template_name = "blog/admin/link_state_cell.html"

    def get_cell_context_data(self, instance: OutwardLink, parent_context: Any) -> dict[str, Any]:
        """Add `is_off`."""
        return {**super().get_cell_context_data(instance, parent_context), "is_off": not settings.LINK_CHECKS}


class HoldersColumn(BaseColumn):
    """The articles that hold the link, each with a way to edit it."""

    cell_template_name = "blog/admin/link_holders_cell.html"


class AskAgainColumn(BaseColumn):
    """The button that brings the link's turn forward."""

    cell_template_name = "blog/admin/link_button_cell.html"

    def get_cell_context_data(self, instance: OutwardLink, parent_context: Any) -> dict[str, Any]:
        """Add `link`, the CSRF token and where to come back to."""
        context = super().get_cell_context_data(instance, parent_context)
        request = context["request"]
        next_url = request.get_full_path().replace("/results/", "/")
        return {**context, "link": instance, "csrf_token": get_token(request), "next_url": next_url}


class LinkReport(DeskReport):
    """Links of the live articles that this person may edit."""

    report = "link_report"
    page_title = "Outward links"
    header_icon = "link-external"
    model = ArticlePage  # whose rights count
    filterset_class = LinkFilterSet
    is_searchable = True
    results_template_name = "blog/admin/link_report_results.html"
    columns: ClassVar[list[BaseColumn]] = [
        AddressColumn("url", label="Address", width="38%"),
        LinkStateColumn("state", label="State"),
        HoldersColumn("articles", label="Stands in"),
        AskAgainColumn("again", label="What to do"),
    ]
    export_headings: ClassVar[dict[str, str]] = {
        "url": "Address",
        "state_words": "State",
        "answer": "What was found",
        "moved_to": "New address",
        "failing_since": "Fails since",
        "checked_at": "Last asked",
        "titles": "Stands in",
    }
    list_export: ClassVar[list[str]] = list(export_headings)

    def get_base_queryset(self) -> QuerySet[Any]:
        """With the live articles of this person that hold each, in one query."""
        mine = ArticlePage.objects.live().filter(pk__in=articles_of(self.request.user).values("pk"))
        holders = Prefetch(
            "articles", queryset=mine.only("title", "path", "depth").order_by("title"), to_attr="holders"
        )
        return OutwardLink.objects.filter(articles__in=mine).distinct().prefetch_related(holders)

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The worst first."""
        return queryset.annotate(how_bad=_WORST_FIRST).order_by("how_bad", "url")

    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By a part of the address."""
        return queryset.filter(url__icontains=self.search_query) if self.is_searching else queryset

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Without a choice, those in trouble."""
        links = super().filter_queryset(queryset)
        return links if self.request.GET.get("state") else links.filter(state__in=TROUBLE)

    def decorate_paginated_queryset(self, object_list: QuerySet[Any]) -> QuerySet[Any]:
        """Put the words of the columns beside each row."""
        for link in object_list:
            link.state_words = WORDS[State(link.state)]
            link.titles = ", ".join(article.title for article in link.holders)
            link.checked_words = _moment(link.checked_at)
            link.next_words = _moment(link.next_check_at) if link.next_check_at > timezone.now() else ""
        return object_list

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `is_off`: whether links are asked about at all."""
        return {**super().get_context_data(*args, **kwargs), "is_off": not settings.LINK_CHECKS}


@require_POST
def ask_link_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Bring one link's turn forward and go back to the list."""
    if not may_see_reports(request.user):
        raise PermissionDenied
    mine = ArticlePage.objects.live().filter(pk__in=articles_of(request.user).values("pk"))
    link = get_object_or_404(OutwardLink.objects.filter(articles__in=mine).distinct(), pk=pk)
    if not settings.LINK_CHECKS:
        messages.error(request, "Links are not asked about on this machine: LINK_CHECKS is off.")
    elif ask_again(link):
        messages.success(request, f"{link.url} is asked about in a moment. Reload the page to see the answer.")
    else:
        messages.warning(request, f"{link.url} was asked about less than a minute ago.")
    return HttpResponseRedirect(get_valid_next_url_from_request(request) or reverse("link_report"))


def _moment(moment: Any) -> str:
    return date_format(timezone.localtime(moment), "j M Y, H:i") if moment else ""
