"""The list of comments: tabs above it, and each comment as one can decide on it without opening it."""

from typing import Any, ClassVar

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import BaseColumn, DateColumn
from wagtail.admin.widgets.button import Button
from wagtail.snippets.views.snippets import IndexView

from blog.models import ArticlePage, Comment, CommentSettings

from .decisions import may_decide
from .forms import RefusalForm
from .rows import prepare_rows, with_surroundings
from .tabs import TABS, WAITING, count_tabs

OUR_OWN = ("p", "tab", "_w_filter_fragment")  # parts of the address that a tab does not take along

KEYS = (
    ("j", "Next comment"),
    ("k", "Comment before"),
    ("a", "Approve"),
    ("s", "Spam"),
    ("r", "Refuse, with a reason"),
    ("u", "Undo the last decision"),
    ("x", "Select, for deciding on many"),
    ("?", "Show these keys"),
)


def articles_with_comments(request: HttpRequest | None) -> QuerySet[ArticlePage]:
    """What the queue can be narrowed to."""
    written_on = Comment.objects.order_by().values("article").distinct()
    return ArticlePage.objects.filter(pk__in=written_on).order_by("title").only("title")


class QueueFilterSet(WagtailFilterSet):
    """One tab at a time; without a choice, those that wait."""

    tab = django_filters.ChoiceFilter(
        label="State",
        choices=[(key, tab.label) for key, tab in TABS.items()],
        method="in_tab",
        empty_label=None,
        initial=WAITING,
        widget=forms.RadioSelect,
    )
    article = django_filters.ModelChoiceFilter(
        label="Article", queryset=articles_with_comments, empty_label="All articles", widget=forms.Select
    )
    created_at = django_filters.DateFromToRangeFilter(label="Came in", widget=DateRangePickerWidget)

    class Meta:
        model = Comment
        fields: ClassVar[list[str]] = []

    def in_tab(self, comments: QuerySet[Comment], name: str, value: str) -> QuerySet[Comment]:
        """Those that the tab holds."""
        return comments.filter(TABS[value].holds)


class CommentQueueView(IndexView):
    """Wagtail's listing with tabs above it, and our own rows in place of a table's."""

    @cached_property
    def default_ordering(self) -> str:
        """Who has waited longest comes first; elsewhere the newest."""
        return "created_at" if TABS[self.tab].is_open else "-created_at"

    @cached_property
    def tab(self) -> str:
        """The chosen tab; a name that is none of ours is the one of all that wait."""
        asked_for = self.request.GET.get("tab", WAITING)
        return asked_for if asked_for in TABS else WAITING

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """What can be sorted by; the rows are drawn by a template of our own."""
        return [DateColumn("created_at", label="Came in", sort_key="created_at")]

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """The way to the bans."""
        bans = Button("Bans", url=reverse("comments:bans"), icon_name="no-view", priority=90)
        return [*super().header_more_buttons, *([bans] if may_decide(self.request.user) else [])]

    def get_base_queryset(self) -> QuerySet[Comment]:
        """With all that a row names."""
        return with_surroundings(Comment.objects.all())

    def order_queryset(self, queryset: QuerySet[Comment]) -> QuerySet[Comment]:
        """By time; what sounds like danger to life stands above all else that is undecided."""
        danger = ["-crisis"] if TABS[self.tab].is_open else []
        return queryset.order_by(*danger, self.ordering, "pk")

    def get_filterset_kwargs(self) -> dict[str, Any]:
        """The tab of all that wait is chosen where the address names none."""
        data = self.request.GET.copy()
        data["tab"] = self.tab
        return {**super().get_filterset_kwargs(), "data": data}

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add `tabs` (key, label, count, address), `tab`, `rows` and what the buttons need."""
        context = super().get_context_data(*args, **kwargs)
        is_moderator = may_decide(self.request.user)
        profile = getattr(self.request.user, "wagtail_userprofile", None)
        return {
            **context,
            "tabs": self._tabs(),
            "tab": self.tab,
            "nothing": TABS[self.tab].nothing,
            "rows": prepare_rows(context["object_list"], may_decide=is_moderator),
            "may_decide": is_moderator,
            "next_url": self._address(self.request.GET.dict() | {"_w_filter_fragment": ""}),
            "newest_first": self.ordering.startswith("-"),
            "order_url": self._address({**self._narrowed(), "tab": self.tab, "ordering": self._other_order()}),
            "refusal_form": RefusalForm(auto_id="refuse-%s"),
            "keys": KEYS,
            **self._mode(),
            "keys_on": getattr(profile, "keyboard_shortcuts", True),
        }

    def _mode(self) -> dict[str, str]:
        """Add `mode`, how the first site publishes, and `mode_url` for whoever may change that."""
        rules = CommentSettings.objects.filter(site__is_default_site=True).first() or CommentSettings()
        may_change = self.request.user.has_perm("blog.change_commentsettings") and rules.site_id
        url = reverse("wagtailsettings:edit", args=["blog", "commentsettings", rules.site_id]) if may_change else ""
        return {"mode": f"{rules.get_mode_display()}.", "mode_url": url}

    def _tabs(self) -> list[tuple[str, str, int, str]]:
        """Counts are of what the search and the other filters leave, so that a number is what one finds behind it."""
        everything = QueueFilterSet(data={**self._narrowed(), "tab": "all"}, request=self.request)
        counts = count_tabs(self.search_queryset(everything.qs if everything.is_valid() else Comment.objects.all()))
        return [
            (key, tab.label, counts[key], self._address({**self._narrowed(), "tab": key})) for key, tab in TABS.items()
        ]

    def _narrowed(self) -> dict[str, str]:
        """The filters and the search of this address."""
        mine = (*OUR_OWN, "ordering")
        return {name: value for name, value in self.request.GET.items() if name not in mine and value}

    def _other_order(self) -> str:
        return self.ordering[1:] if self.ordering.startswith("-") else f"-{self.ordering}"

    def _address(self, parts: dict[str, str]) -> str:
        query = self.request.GET.__class__(mutable=True)
        query.update({name: value for name, value in parts.items() if value})
        return f"{self.index_url}?{query.urlencode()}"
