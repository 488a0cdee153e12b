"""Where the desk of reviews hangs itself into the admin."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import QuerySet
from django.urls import URLPattern, path, reverse
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.widgets import Button
from wagtail.log_actions import LogFormatter

from blog.models import ArticlePage
from blog.models.tasks import SIGN

from . import views


def admin_urls() -> list[URLPattern]:
    """Below /admin/."""
    return [
        path("medical-reviews/sign/<int:pk>/", views.sign, name="sign_review"),
        path("medical-reviews/article/<int:pk>/", views.record, name="record_review"),
    ]


class SignMenuItem(ActionMenuItem):
    """In the editor: leads to the page where the saved words are signed."""

    name = "action-sign-review"
    label = "Read and sign"
    icon_name = "clipboard-list"

    def get_url(self, parent_context: Any) -> str:
        """The desk, for the task in progress."""
        return reverse("sign_review", args=[parent_context["page"].current_workflow_task_state.pk])


def lead_to_the_desk(menu_items: list[Any], request: Any, context: Any) -> None:
    """The first button of whoever may sign. Wagtail's own would save and leave; what is saved is to be read first."""
    for item in [item for item in menu_items if item.name == SIGN]:
        menu_items.remove(item)
        menu_items.insert(0, SignMenuItem(order=item.order))


def review_button(page: Any, user: Any, *args: Any, **kwargs: Any) -> Iterator[Button]:
    """Among an article's actions, for those who may write reviews down."""
    if issubclass(page.specific_class or object, ArticlePage) and user.has_perm("blog.add_review"):
        yield Button("Reviews", reverse("record_review", args=[page.pk]), icon_name="clipboard-list", priority=55)


def review_permissions() -> QuerySet[Permission]:
    """What an administrator can give to a group."""
    return Permission.objects.filter(content_type__app_label="blog", codename__in=["add_review", "view_review"])


def log_actions(actions: Any) -> None:
    """What the history of an article says."""
    actions.register_action("review.record")(ReviewFormatter)


class ReviewFormatter(LogFormatter):
    """Who read what."""

    label = "Record a review"

    def format_message(self, log_entry: Any) -> str:
        """One line."""
        return f"Medical review by {log_entry.data['reviewer']}: {log_entry.data['scope'].lower()}"


HOOKS = {
    "register_admin_urls": admin_urls,
    "construct_page_action_menu": lead_to_the_desk,
    "register_page_header_buttons": review_button,
    "register_page_listing_more_buttons": review_button,
    "register_permissions": review_permissions,
    "register_log_actions": log_actions,
}
