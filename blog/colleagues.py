"""People with a log-in: what they are called, and how a letter reaches them."""

from typing import Any

from wagtail.users.models import UserProfile

from letters.actions import post_letter


def name_of(person: Any) -> str:
    """The name, else the log-in; empty for nobody."""
    return str(person.get_full_name() or person.get_username()) if person else ""


def post_to_colleague(kind: str, person: Any, *, wish: str, context: dict[str, Any]) -> None:
    """A letter to somebody with an open account and an address who wants such mails.

    `wish`: which of Wagtail's account settings it heeds ("submitted", "approved", …). Adds `name` to the context.
    """
    wanted = getattr(UserProfile.get_for_user(person), f"{wish}_notifications")
    if person.is_active and person.email and wanted:
        post_letter(kind, to=person.email, context={**context, "name": name_of(person)})
