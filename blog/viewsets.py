"""Topics and reusable notes in the admin."""

from typing import ClassVar

from wagtail.snippets.views.snippets import SnippetViewSet

from blog.models import Helpline, RefusalReason, ReusableNote, SavedReply, Topic


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


class NoteViewSet(SnippetViewSet):
    """Write the notes that stand in many articles; “Usage” shows in which."""

    model = ReusableNote
    icon = "copy"
    menu_label = "Reusable notes"
    menu_order = 225
    add_to_admin_menu = True
    list_display: ClassVar[list[str]] = ["name", "style", "title"]
    list_filter: ClassVar[list[str]] = ["style"]
    search_fields: ClassVar[list[str]] = ["name", "title"]
    ordering: ClassVar[list[str]] = ["name"]


class RefusalReasonViewSet(SnippetViewSet):
    """The usual reasons for refusing a comment; a change does not touch what writers were told before."""

    model = RefusalReason
    icon = "list-ul"
    menu_label = "Reasons for refusal"
    menu_order = 710
    add_to_settings_menu = True
    add_to_reference_index = False
    list_display: ClassVar[list[str]] = ["title", "words", "sort_order"]
    ordering: ClassVar[list[str]] = ["sort_order", "title"]


class SavedReplyViewSet(SnippetViewSet):
    """Answers that the team gives often, to start from."""

    model = SavedReply
    icon = "comment"
    menu_label = "Saved replies"
    menu_order = 711
    add_to_settings_menu = True
    add_to_reference_index = False
    list_display: ClassVar[list[str]] = ["title", "sort_order"]
    search_fields: ClassVar[list[str]] = ["title", "text"]
    ordering: ClassVar[list[str]] = ["sort_order", "title"]


class HelplineViewSet(SnippetViewSet):
    """Whom to call when life is in danger; whoever writes of it is shown these at once, in this order."""

    model = Helpline
    icon = "help"
    menu_label = "Helplines"
    menu_order = 712
    add_to_settings_menu = True
    add_to_reference_index = False
    list_display: ClassVar[list[str]] = ["name", "country", "number", "hours", "sort_order"]
    ordering: ClassVar[list[str]] = ["sort_order", "country", "name"]
