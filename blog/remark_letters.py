"""Who is told by letter of remarks in the editor, in place of the mails that Wagtail hands over while it saves.

Wagtail calls them comments. Whom to tell, and of what, stays Wagtail's matter; only the sending is ours.
"""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from wagtail.admin.views.pages import edit
from wagtail.users.models import UserProfile

from letters.actions import post_letter

LISTS = ("new_comments", "resolved_comments", "deleted_comments")


def watch() -> None:
    """Take the place of the function by which Wagtail's page editor sends; it sends nothing else."""
    edit.send_notification = post_remarks


def post_remarks(recipient_users: Iterable[Any], notification: str, extra_context: dict[str, Any]) -> bool:
    """One letter to each who has an address and wants such mails (Wagtail's account settings)."""
    page, threads = extra_context["page"], extra_context["replied_comments"]
    everything = {
        "title": page.get_admin_display_title(),
        "url": f"{settings.SITE_URL}{reverse('wagtailadmin_pages:edit', args=[page.pk])}",
        "by": _name(extra_context["editor"]),
        "replies": [(thread["comment"].text, [reply.text for reply in thread["replies"]]) for thread in threads],
        **{name: [remark.text for remark in extra_context[name]] for name in LISTS},
    }
    for person in recipient_users:
        wanted = getattr(UserProfile.get_for_user(person), f"{notification}_notifications")
        if person.is_active and person.email and wanted:
            post_letter("remarks", to=person.email, context={**everything, "name": _name(person)})
    return True


def _name(person: Any) -> str:
    return str(person.get_full_name() or person.get_username())
