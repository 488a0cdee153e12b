"""The list of comments, oldest first among those that wait, with the buttons in each row."""

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import Count, QuerySet
from django.middleware.csrf import get_token
from django.utils.functional import cached_property
from django.utils.text import Truncator
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, BulkActionsCheckboxColumn, Column, DateColumn, TitleColumn
from wagtail.snippets.views.snippets import IndexView

from blog.models import Comment

from .decisions import decisions_for, may_decide

State = Comment.State
WAITING = "waiting"
TABS: dict[str, tuple[str, list[State]]] = {
    WAITING: ("Waiting", [State.PENDING, State.HELD]),
    "published": ("Published", [State.PUBLISHED]),
    "refused": ("Refused", [State.REFUSED]),
    "spam": ("Spam", [State.SPAM]),
    "withdrawn": ("Taken back", [State.WITHDRAWN]),
    "all": ("All", list(State)),
}


class QueueFilterSet(WagtailFilterSet):
    """One tab at a time; without a choice, those that wait."""

    tab = django_filters.ChoiceFilter(
        label="State",
        choices=[(key, label) for key, (label, _) in TABS.items()],
        method="in_tab",
        empty_label=None,
        initial=WAITING,
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Comment
        fields: ClassVar[list[str]] = []

    def in_tab(self, comments: QuerySet[Comment], name: str, value: str) -> QuerySet[Comment]:
        """Those in the states of the tab."""
        return comments.filter(state__in=TABS[value][1])


class CommentColumn(TitleColumn):
    """The words, who wrote them and where."""

    cell_template_name = "blog/admin/comment_cell.html"


class ReasonsColumn(Column):
    """What the judgement found."""

    cell_template_name = "blog/admin/reasons_cell.html"


class DecisionsColumn(BaseColumn):
    """The buttons, as one form a row."""

    cell_template_name = "blog/admin/decisions_cell.html"

    def get_cell_context_data(self, instance: Comment, parent_context: Any) -> dict[str, Any]:
        """Add `decisions`, the CSRF token and where to come back to."""
        context = super().get_cell_context_data(instance, parent_context)
        request = context["request"]
        return {
            **context,
            "comment": instance,
            "decisions": decisions_for(instance) if may_decide(request.user) else [],
            "csrf_token": get_token(request),
            "next_url": request.get_full_path().replace("/results/", "/"),
        }


def excerpt(comment: Comment) -> str:
    """As much of the text as a row takes."""
    return Truncator(" ".join(comment.text.split())).chars(180)


class CommentQueueView(IndexView):
    """Wagtail's listing with tabs above it."""

    @cached_property
    def default_ordering(self) -> str:
        """Who has waited longest comes first; elsewhere the newest."""
        return "created_at" if self.tab == WAITING else "-created_at"

    @property
    def tab(self) -> str:
        """The chosen tab; a name that is none of ours is the first."""
        asked_for = self.request.GET.get("tab", WAITING)
        return asked_for if asked_for in TABS else WAITING

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """What a moderator needs to decide most comments without opening them."""
        return [
            BulkActionsCheckboxColumn("bulk_actions", obj_type="snippet"),
            CommentColumn(
                "text",
                label="Comment",
                accessor=excerpt,
                get_url=self.get_inspect_url,
                get_title_id=lambda comment: f"snippet_{comment.pk}_title",
                width="50%",
            ),
            ReasonsColumn("reasons", label="Found"),
            *([Column("state", label="State", accessor="state_in_words")] if self.tab == "all" else []),
            DateColumn("created_at", label="Came in", sort_key="created_at"),
            DecisionsColumn("decisions", label="Decide"),
        ]

    def get_base_queryset(self) -> QuerySet[Comment]:
        """With the article, which every row names."""
        return Comment.objects.select_related("article")

    def get_filterset_kwargs(self) -> dict[str, Any]:
        """The first tab is chosen where the address names none."""
        data = self.request.GET.copy()
        data["tab"] = self.tab
        return {**super().get_filterset_kwargs(), "data": data}

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `tabs` (key, label, count) and `tab`."""
        counts = dict(Comment.objects.order_by().values_list("state").annotate(Count("pk")))
        tabs = [(key, label, sum(counts.get(s, 0) for s in states)) for key, (label, states) in TABS.items()]
        return {**super().get_context_data(*args, **kwargs), "tabs": tabs, "tab": self.tab}
