"""“Waiting for you”: the first panel on the admin's first page."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpRequest
from wagtail.admin.ui.components import Component
from wagtail.admin.views.home import WorkflowObjectsToModeratePanel

from .shelves import find_waiting, may_have_something


class WaitingPanel(Component):
    """What waits for the person who looks, or the word that nothing does."""

    name = "waiting"
    order = 80
    template_name = "blog/admin/waiting_panel.html"

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["css/desk.css"]}

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """`shelves`: a list of Shelf."""
        return {"shelves": find_waiting(parent_context["request"].user)}


def add_panel(request: HttpRequest, panels: list[Any]) -> None:
    """For whoever may have something to do. Wagtail's own list of what waits for review would say it twice."""
    if may_have_something(request.user):
        panels[:] = [panel for panel in panels if not isinstance(panel, WorkflowObjectsToModeratePanel)]
        panels.append(WaitingPanel())
