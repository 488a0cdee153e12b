"""What the first page of the admin says to moderators: how many comments wait, and for how long."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpRequest
from wagtail.admin.ui.components import Component

from blog.models import Comment

from .decisions import may_decide


class WaitingCommentsPanel(Component):
    """Drawn only while something waits."""

    name = "waiting_comments"
    order = 90
    template_name = "blog/admin/waiting_panel.html"

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["css/desk.css"]}

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """`count` and `oldest`, the comment that has waited longest (None: nothing waits)."""
        waiting = Comment.objects.undecided()
        return {"count": waiting.count(), "oldest": waiting.order_by("created_at").first()}


def add_panel(request: HttpRequest, panels: list[Component]) -> None:
    """For those who may decide, and only when there is something to decide."""
    if may_decide(request.user) and Comment.objects.undecided().exists():
        panels.append(WaitingCommentsPanel())
