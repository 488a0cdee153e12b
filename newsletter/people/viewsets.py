"""Subscribers in the admin. Nobody joins, leaves or comes back by an editor's hand."""

from typing import Any, ClassVar

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponseBase, StreamingHttpResponse
from django.utils.functional import cached_property
from django_filters import ChoiceFilter, ModelChoiceFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.panels import FieldPanel, Panel
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.widgets import Button
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.snippets.views.snippets import InspectView, SnippetViewSet

from blog.models import Topic
from newsletter.actions.exporting import export_people
from newsletter.admin_lists import WIDE, LookingList
from newsletter.models import Segment, Subscriber, Suppression
from newsletter.models.subscribers import SubscriberQuerySet
from newsletter.people.history import tell_history
from newsletter.people.rights import MENU_HOOK
from newsletter.segments import NO, YES, known_sources

YES_NO = ((YES, "Yes"), (NO, "No"))


class LookOnlyPolicy(ModelPermissionPolicy):
    """Whoever may see the rows may see and export them; nobody, not even a superuser, adds, changes or deletes one.

    A confirmed row without a consent would be a person who never said yes; a deleted one would forget who left.
    """

    def user_has_permission(self, user: Any, action: str) -> bool:
        """Only "view", for those who have it."""
        return action == "view" and super().user_has_permission(user, action)


class SubscriberFilters(WagtailFilterSet):
    """Whom the list shows."""

    state = ChoiceFilter(choices=Subscriber.State.choices, label="State")
    source = ChoiceFilter(label="How they came", choices=lambda: [(source, source) for source in known_sources()])
    topics = ModelChoiceFilter(queryset=Topic.objects.all(), label="Likes to read of")
    segment = ModelChoiceFilter(queryset=Segment.objects.all(), label="Segment", method="in_segment")
    paused = ChoiceFilter(choices=YES_NO, label="Paused now", method="is_paused")
    suppressed = ChoiceFilter(choices=YES_NO, label="Must not be mailed", method="is_suppressed")

    class Meta:
        model = Subscriber
        fields: ClassVar[list[str]] = []

    def in_segment(self, people: QuerySet[Subscriber], _name: str, segment: Segment) -> QuerySet[Subscriber]:
        """Those whom the segment's rule means."""
        return people.filter(pk__in=segment.people().values("pk"))

    def is_paused(self, people: SubscriberQuerySet, _name: str, answer: str) -> SubscriberQuerySet:
        """Those who asked for no issue before a day that is still to come, or all others."""
        return people.paused() if answer == YES else people.unpaused()

    def is_suppressed(self, people: QuerySet[Subscriber], _name: str, answer: str) -> QuerySet[Subscriber]:
        """Those whose mailbox is on the suppression list, or all others."""
        suppressed = Exists(Suppression.objects.filter(fingerprint=OuterRef("fingerprint")))
        return people.filter(suppressed if answer == YES else ~suppressed)


class SubscriberIndexView(LookingList):
    """The list; its export is a stream of whom the filters leave, and is written down."""

    FORMATS = (LookingList.FORMAT_CSV,)

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """The way to the file."""
        url = self.get_export_url(self.FORMAT_CSV)
        return [*super().header_more_buttons, Button("Download CSV", url=url, icon_name="download", priority=100)]

    def as_spreadsheet(self, queryset: QuerySet[Subscriber], _format: str) -> HttpResponseBase:
        """What the filters leave."""
        chosen = {key: value for key, value in self.request.GET.items() if value and key not in {"export", "q"}}
        searched = {"search": "an address or a name"} if self.is_searching else {}  # which, is nobody's business
        lines = export_people(queryset, by=self.request.user, chosen={**chosen, **searched})
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response.headers["Content-Disposition"] = 'attachment; filename="subscribers.csv"'
        return response


class PersonView(InspectView):
    """One person: what they agreed to, what we wrote to them, what became of each issue."""

    template_name = "newsletter/admin/person.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Their history, in as many queries as there are kinds of it."""
        person = self.object
        barred = Suppression.objects.filter(fingerprint=person.fingerprint).first()
        more = {"person": person, "barred": barred, "sections": tell_history(person), "topics": person.topics.all()}
        return {**super().get_context_data(**kwargs), **more}


class SubscriberViewSet(SnippetViewSet):
    """The list of subscribers: to look at, to search, to export."""

    model = Subscriber
    icon = "group"
    menu_label = "The list"
    menu_order = 10
    menu_hook = MENU_HOOK
    copy_view_enabled = False
    inspect_view_enabled = True
    inspect_view_class = PersonView
    index_view_class = SubscriberIndexView
    filterset_class = SubscriberFilters
    list_display: ClassVar[list[Any]] = [
        "email",
        Column("name", sort_key="name", classname=WIDE),
        Column("get_state_display", label="State"),
        Column("source", label="How they came", classname=WIDE),
        DateColumn("confirmed_at", label="Joined"),
    ]
    search_fields: ClassVar[list[str]] = ["email", "name"]
    search_backend_name = None
    ordering: ClassVar[list[str]] = ["-asked_at"]
    # Never shown, since nobody may edit; Wagtail wants a form all the same.
    panels: ClassVar[list[Panel]] = [FieldPanel("name")]

    def register_chooser_viewset(self) -> None:
        """Nothing refers to a subscriber, and a chooser would show addresses to everybody in the admin."""
