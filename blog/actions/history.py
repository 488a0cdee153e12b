"""The history of a comment: who did what with it and when, without a word of what it says or who wrote it."""

from typing import Any

from django.contrib.auth.models import AbstractUser
from wagtail.log_actions import log

from blog.models import Comment


def write_down(comment: Comment, action: str, *, by: AbstractUser | None, data: dict[str, Any] | None = None) -> None:
    """One entry. It stays when the comment is erased, so its title names the article and not the writer."""
    log(comment, action, user=by, title=f"Comment on “{comment.article.title}”"[:250], data=data)
