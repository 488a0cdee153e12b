"""The topics' desk in the admin."""

from typing import ClassVar

from wagtail.snippets.views.snippets import SnippetViewSet

from blog.models import Topic


class TopicViewSet(SnippetViewSet):
    """List, make and order the shelves; a shelf that holds articles cannot be taken away."""

    model = Topic
    icon = "folder-open-inverse"
    menu_label = "Topics"
    menu_order = 220
    add_to_admin_menu = True
    list_display: ClassVar[list[str]] = ["name", "slug", "summary", "sort_order"]
    search_fields: ClassVar[list[str]] = ["name"]
    ordering: ClassVar[list[str]] = ["sort_order", "name"]
