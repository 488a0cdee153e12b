"""How the desk hangs in Wagtail's admin: addresses, menu item, the page of one comment."""

from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, path
from wagtail.admin.menu import MenuItem
from wagtail.snippets.views.snippets import SnippetViewSet

from blog.models import Comment

from .bans_desk import change_ban, lift_ban, list_bans, make_ban
from .blanking import blank, restore, stays
from .comment_page import CommentPageView
from .commenter_page import commenter, erase, export
from .decisions import decide, may_decide
from .queue import CommentQueueView, QueueFilterSet
from .staff_reply import answer
from .undo import undo


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
            path("<int:pk>/blank/", blank, name="blank"),
            path("<int:pk>/restore/", restore, name="restore"),
            path("<int:pk>/stays/", stays, name="stays"),
            path("<int:pk>/<slug:decision>/", decide, name="decide"),
            path("undo/<uuid:batch>/", undo, name="undo"),
            path("bans/", list_bans, name="bans"),
            path("bans/new/", make_ban, name="ban"),
            path("bans/<int:pk>/", change_ban, name="change_ban"),
            path("bans/<int:pk>/lift/", lift_ban, name="lift_ban"),
            path("from/<int:pk>/", commenter, name="commenter"),
            path("from/<int:pk>/export/", export, name="export_commenter"),
            path("from/<int:pk>/erase/", erase, name="erase_commenter"),
        ]

    def register_chooser_viewset(self) -> None:
        """Nothing refers to a comment, and a chooser would show comments to everybody in the admin."""
