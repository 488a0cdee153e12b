"""Who may do what with comments in the admin."""

from typing import Any

from wagtail.permission_policies import ModelPermissionPolicy


class CommentPermissionPolicy(ModelPermissionPolicy):
    """Django's permissions, save that nobody writes or deletes a reader's comment in the admin: one decides on it."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        """`view` and `change` as Django says; `change` is the right to decide."""
        return action not in {"add", "delete"} and bool(super().user_has_permission(user, action))
