"""`{% bulk_decisions tab %}`: the buttons for the comments that are ticked; `|plain_comment`: without markup."""

from typing import Any

from django import template
from django.urls import reverse
from wagtail.admin.widgets.button import ListingButton

from blog.commenting.text import plain_comment
from blog.moderation.bulk import BULK_ACTIONS

register = template.Library()
register.filter("plain_comment", plain_comment)


@register.inclusion_tag("wagtailadmin/shared/buttons.html")
def bulk_decisions(tab: str = "") -> dict[str, Any]:
    """Buttons that Wagtail's script finds by their data attribute; those that make sense in the tab."""
    return {
        "buttons": [
            ListingButton(
                action.display_name,
                reverse("wagtail_bulk_action", args=["blog", "comment", action.action_type]),
                attrs={"aria-label": action.aria_label, "data-bulk-action-button": ""},
                priority=action.action_priority,
                classname="bulk-action-btn",
            )
            for action in BULK_ACTIONS
            if tab not in action.useless_in
        ]
    }
