"""Who is told by letter of remarks in the editor, in place of the mails that Wagtail hands over while it saves.

Wagtail calls them comments. Whom to tell, and of what, stays Wagtail's matter; only the sending is ours.
"""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from wagtail.admin.views.pages import edit

from blog.colleagues import name_of, post_to_colleague

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
        "by": name_of(extra_context["editor"]),
        "replies": [(thread["comment"].text, [reply.text for reply in thread["replies"]]) for thread in threads],
        **{name: [remark.text for remark in extra_context[name]] for name in LISTS},
    }
    for person in recipient_users:
        post_to_colleague("remarks", person, wish=notification, context=everything)
    return True
