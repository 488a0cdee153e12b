"""Decisions on many comments at once."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.http import Http404
from wagtail.admin import messages
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction

from blog.actions.comments import Seen
from blog.actions.learning import learn_together
from blog.errors import CommentMovedError
from blog.models import Comment
from letters.many import many_letters

from .decisions import DECISIONS, may_decide, undo_address
from .forms import RefusalForm


class DecideMany(SnippetBulkAction):
    """Shows what was chosen, then decides on each that still is what was shown."""

    models: ClassVar[list[type[Comment]]] = [Comment]
    template_name = "blog/admin/decide_many.html"
    decision: ClassVar[str]
    done: ClassVar[str]
    useless_in: ClassVar[tuple[str, ...]] = ()  # the tabs that hold only what is so already

    @classmethod
    def get_queryset(cls, model: type[Comment], object_ids: Iterable[str]) -> list[Comment]:
        """The chosen ones with their articles; 404 when none is left."""
        keys = [int(key) for key in object_ids if str(key).isdecimal()]
        found = list(Comment.objects.filter(pk__in=keys).select_related("article", "commenter"))
        if not found:
            raise Http404
        return found

    def get_all_objects_in_listing_query(self, parent_id: str | None) -> list[int]:
        """Wagtail's “all” would reach beyond the tab that the moderator looks at."""
        return []

    def check_perm(self, comment: Comment) -> bool:
        """Moderators only."""
        return may_decide(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add `decision`."""
        return {**super().get_context_data(**kwargs), "decision": DECISIONS[self.decision]}

    def object_context(self, comment: Comment) -> dict[str, Any]:
        """There is nothing to edit."""
        return {"item": comment}

    @classmethod
    def execute_action(cls, objects: list[Comment], **kwargs: Any) -> tuple[int, int]:
        """Decide on each; (how many, how many of them had moved)."""
        view = kwargs["self"]
        with many_letters(), learn_together():
            moved = sum(not view.decide_one(comment) for comment in objects)
        if moved:
            messages.warning(view.request, f"{moved} had been decided on by somebody else and stay as they are.")
        return len(objects) - moved, moved

    def decide_one(self, comment: Comment) -> bool:
        """False when somebody else was faster."""
        seen = Seen.read(self.request.POST.get(f"seen-{comment.pk}", ""))
        try:
            DECISIONS[self.decision].act(comment, by=self.request.user, seen=seen, **self.more())
        except CommentMovedError:
            return False
        return True

    def more(self) -> dict[str, Any]:
        """What the action wants to know besides."""
        return {}

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> None:
        """Say how many, with the way back; nothing when there were none. Wagtail's own message has no button."""
        if num_parent_objects:
            undo = messages.button(undo_address(), "Undo")
            messages.success(self.request, f"{num_parent_objects} {self.done}.", buttons=[undo])


class ApproveMany(DecideMany):
    """Publish them."""

    decision = action_type = "approve"
    display_name = "Approve"
    aria_label = "Approve the selected comments"
    action_priority = 10
    done = "published"
    useless_in = ("published", "reported", "withdrawn")


class RefuseMany(DecideMany):
    """Refuse them all for one reason."""

    decision = action_type = "refuse"
    display_name = "Refuse"
    aria_label = "Refuse the selected comments"
    action_priority = 20
    done = "refused"
    useless_in = ("refused", "withdrawn")
    form_class: type[forms.Form] = RefusalForm

    def more(self) -> dict[str, Any]:
        """The reason."""
        return self.cleaned_form.decision


class MarkManyAsSpam(DecideMany):
    """Put them with the spam."""

    decision = action_type = "spam"
    display_name = "Spam"
    aria_label = "Mark the selected comments as spam"
    action_priority = 25
    done = "put with the spam"
    useless_in = ("spam", "withdrawn")


class HoldMany(DecideMany):
    """Put them back among those that wait."""

    decision = action_type = "hold"
    display_name = "Hold again"
    aria_label = "Put the selected comments back among those that wait"
    action_priority = 30
    done = "waiting for a decision again"
    useless_in = ("danger", "waiting", "clear", "unsure", "personal", "withdrawn")


BULK_ACTIONS: tuple[type[DecideMany], ...] = (ApproveMany, RefuseMany, MarkManyAsSpam, HoldMany)
