"""How the desk hangs in Wagtail's admin: addresses, menu item, the page of one comment."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import registry as log_registry
from wagtail.snippets.views.snippets import InspectView, SnippetViewSet

from blog.models import Comment

from .decisions import decide, decisions_for, may_decide
from .forms import RefusalForm
from .queue import CommentQueueView, QueueFilterSet
from .staff_reply import answer


class CommentMenuItem(MenuItem):
    """“Comments (3)”: how many wait for a person or will in a moment."""

    def is_shown(self, request: HttpRequest) -> bool:
        """To moderators only."""
        return may_decide(request.user)

    def render_component(self, request: HttpRequest) -> Any:
        """The item is shared by all requests: the number goes into what is drawn, not into the item."""
        component = super().render_component(request)
        if waiting := Comment.objects.undecided().count():
            component.label = f"{self.label} ({waiting})"
        return component


class CommentPageView(InspectView):
    """One comment with everything that helps to decide on it."""

    template_name = "blog/admin/comment.html"
    page_title = "Comment"
    object: Comment

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the thread around it, the buttons, the form of refusal, what was decided before."""
        comment = self.object
        thread = Comment.objects.filter(article=comment.article).select_related("parent")
        same_writer = Comment.objects.filter(email__iexact=comment.email).exclude(pk=comment.pk)
        return {
            **super().get_context_data(**kwargs),
            "comment": comment,
            "thread": thread.filter(parent=comment.parent_id or comment.pk).exclude(pk=comment.pk),
            "same_writer": same_writer.select_related("article").order_by("-created_at")[:5],
            "decisions": decisions_for(comment) if may_decide(self.request.user) else [],
            "refusal_form": RefusalForm(),
            "log": log_registry.get_logs_for_instance(comment).select_related("user").order_by("timestamp"),
        }

    def get_edit_url(self) -> None:
        """Nobody edits a reader's words."""


class CommentViewSet(SnippetViewSet):
    """The desk. Wagtail's views for writing, deleting and choosing snippets have no address here."""

    model = Comment
    name = "comments"
    url_prefix = "comments"
    url_namespace = "comments"
    icon = "comment"
    add_to_admin_menu = True
    add_to_reference_index = False
    menu_label = "Comments"
    menu_name = "comments"
    menu_order = 150
    menu_item_class = CommentMenuItem
    index_view_class = CommentQueueView
    inspect_view_class = CommentPageView
    inspect_view_enabled = True
    inspect_template_name = "blog/admin/comment.html"
    index_template_name = "blog/admin/queue.html"
    index_results_template_name = "blog/admin/queue_results.html"
    filterset_class = QueueFilterSet
    list_per_page = 30
    search_fields = ("text", "author_name", "email", "article__title")
    search_backend_name = None

    def get_urlpatterns(self) -> list[URLPattern]:
        """List, page, decisions. Wagtail's reports ask for an address called `edit`: it is the same page."""
        return [
            path("", self.index_view, name="list"),
            path("results/", self.index_results_view, name="list_results"),
            path("<int:pk>/", self.inspect_view, name="inspect"),
            path("<int:pk>/", self.inspect_view, name="edit"),
            path("<int:pk>/answer/", answer, name="answer"),
            path("<int:pk>/<slug:decision>/", decide, name="decide"),
        ]

    def register_chooser_viewset(self) -> None:
        """Nothing refers to a comment, and a chooser would show comments to everybody in the admin."""
