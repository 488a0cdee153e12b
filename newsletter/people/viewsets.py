"""Subscribers in the admin. Nobody joins, leaves or comes back by an editor's hand."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.admin.ui.tables import Column
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views.snippets import IndexView, InspectView, SnippetViewSet

from letters.models import Letter
from newsletter.models import Consent, Subscriber
from newsletter.people.hooks import MENU_HOOK

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class LookOnlyPolicy(ModelPermissionPolicy):
    """Whoever may see the rows may see and export them; nobody, not even a superuser, adds, changes or deletes one.

    A confirmed row without a consent would be a person who never said yes; a deleted one would forget who left.
    """

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Only "view", for those who have it."""
        return action == "view" and super().user_has_permission(user, action)


def quote_formula(value: Any) -> Any:
    """A text that a spreadsheet program would run as a formula, made harmless; anything else as it is."""
    is_formula = isinstance(value, str) and value.startswith(_STARTS_A_FORMULA)
    return f"'{value}" if is_formula else value


class QuotedExport(IndexView):
    """A list whose CSV and XLSX exports hold what strangers typed."""

    def get_preprocess_function(self, field: str, value: Any, export_format: str) -> Callable[[Any], Any] | None:
        """Quote on top of what Wagtail does with the value."""
        inner = super().get_preprocess_function(field, value, export_format)
        return lambda found: quote_formula(inner(found) if inner else found)


class SubscriberInspectView(InspectView):
    """One person: what they agreed to, what we wrote to them, what became of each issue."""

    labels: ClassVar[dict[str, str]] = {"consents": "What they did", "letters": "Letters", "deliveries": "Issues"}

    def get_field_label(self, field_name: str, field: Any) -> str:
        """Plain words for what is not a column."""
        return self.labels.get(field_name) or super().get_field_label(field_name, field)

    def get_consents_display_value(self) -> SafeString | str:
        """Each act with its moment, its place and the words that stood beside the button."""
        return _list(_tell(consent) for consent in self.object.consents.select_related("wording"))

    def get_letters_display_value(self) -> SafeString | str:
        """The latest fifty letters to this address."""
        letters = Letter.objects.filter(to=self.object.email).order_by("-created_at")[:50]
        return _list(
            format_html("{}: {}, {}", _moment(x.created_at), x.subject or x.kind, x.get_state_display())
            for x in letters
        )

    def get_deliveries_display_value(self) -> SafeString | str:
        """The latest fifty outcomes."""
        deliveries = self.object.deliveries.select_related("dispatch__issue").order_by("-at")[:50]
        return _list(
            format_html("{}: {}, {} {}", _moment(d.at), d.dispatch.issue.title, d.get_state_display(), d.reply)
            for d in deliveries
        )


class SubscriberViewSet(SnippetViewSet):
    """The list of subscribers: to look at, to search, to export."""

    model = Subscriber
    icon = "group"
    menu_label = "The list"
    menu_order = 10
    menu_hook = MENU_HOOK
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_view_class = SubscriberInspectView
    index_view_class = QuotedExport
    inspect_view_fields: ClassVar[list[str]] = [
        *("email", "name", "state", "asked_at", "confirmed_at", "left_at"),
        *("consents", "letters", "deliveries"),
    ]
    list_display: ClassVar[list[Any]] = ["email", "name", Column("get_state_display", label="State"), "confirmed_at"]
    list_filter: ClassVar[list[str]] = ["state"]
    list_export: ClassVar[list[str]] = ["email", "name", "state", "asked_at", "confirmed_at", "left_at"]
    export_filename = "subscribers"
    search_fields: ClassVar[list[str]] = ["email", "name"]
    search_backend_name = None
    ordering: ClassVar[list[str]] = ["-asked_at"]
    # Never shown, since nobody may edit; Wagtail wants a form all the same.
    panels: ClassVar[list[Panel]] = [FieldPanel("name")]

    def register_chooser_viewset(self) -> None:
        """Nothing refers to a subscriber, and a chooser would show addresses to everybody in the admin."""


def _list(items: Iterable[SafeString]) -> SafeString | str:
    found = format_html_join("", "<li>{}</li>", ((item,) for item in items))
    return format_html("<ul>{}</ul>", found) if found else "none"


def _tell(consent: Consent) -> SafeString:
    place = ", ".join(part for part in (consent.form, consent.source_url) if part)
    words = format_html("<br>“{}”", consent.wording.text) if consent.wording else ""
    return format_html("{}: {} ({}){}", _moment(consent.at), consent.get_act_display(), place or "no form", words)


def _moment(at: Any) -> str:
    return date_format(localtime(at), "j F Y, H:i")
