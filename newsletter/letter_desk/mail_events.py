"""The list of what came back: to look at and to filter."""

from typing import Any, ClassVar

from wagtail.admin.panels import FieldPanel, Panel
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.snippets.views.snippets import SnippetViewSet

from newsletter.admin_lists import WIDE, LookingList
from newsletter.models import MailEvent


class MailEventViewSet(SnippetViewSet):
    """Returned mail and spam reports."""

    model = MailEvent
    icon = "rotate"
    menu_label = "Returned mail"
    menu_order = 330
    add_to_admin_menu = True
    copy_view_enabled = False
    add_to_reference_index = False
    index_view_class = LookingList
    list_display: ClassVar[list[Any]] = [
        Column("get_kind_display", label="What"),
        Column("subscriber", label="Reader"),
        Column("status", label="Status", classname=WIDE),
        Column("diagnostic", label="In the server’s words", classname=WIDE),
        DateColumn("at", label="When"),
    ]
    list_filter: ClassVar[list[str]] = ["kind", "provider"]
    ordering: ClassVar[list[str]] = ["-at", "-pk"]
    # Never shown, since nobody may edit; Wagtail wants a form all the same.
    panels: ClassVar[list[Panel]] = [FieldPanel("diagnostic")]

    def register_chooser_viewset(self) -> None:
        """Nothing refers to an event, and a chooser would show addresses."""
