"""`{% comment_section page as section %}`: the thread under an article and the form for one more comment."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django import template

from blog.comment_text import show_text
from blog.forms import CommentForm
from blog.models import ArticlePage, Comment

register = template.Library()
register.filter("show_text", show_text)


@dataclass
class Thread:
    """A comment that answers the article, and the replies to it. `comment` is None where it was taken away."""

    comment: Comment | None
    replies: list[Comment] = field(default_factory=list)


@dataclass(frozen=True)
class Section:
    """All that the comments section shows; `form` is None where nothing can be added."""

    threads: list[Thread]
    count: int
    form: CommentForm | None


@register.simple_tag(takes_context=True)
def comment_section(context: dict[str, Any], page: ArticlePage) -> Section:
    """One query for the thread, one more for the comment that `?reply=` names.

    A bound form under the name `comment_form` in the context is shown as it is.
    """
    comments = list(_published(page)) if page.pk else []
    author_keys = {author.pk for author in page.authors} if any(comment.staff for comment in comments) else set()
    for comment in comments:
        comment.tag = _staff_tag(comment, author_keys)  # type: ignore[attr-defined]
    form = context.get("comment_form") or _new_form(context, page)
    return Section(_gather(comments), len(comments), form if page.takes_comments else None)


def _published(page: ArticlePage) -> Iterable[Comment]:
    return (
        page.comments.published().select_related("staff", "staff__photo").prefetch_related("staff__photo__renditions")
    )


def _new_form(context: dict[str, Any], page: ArticlePage) -> CommentForm:
    request = context.get("request")
    return CommentForm(article=page, answers=request.GET.get("reply", "") if request else "")


def _gather(comments: list[Comment]) -> list[Thread]:
    """Threads in the order in which they began; replies stay when the comment that they answer was taken away."""
    threads: dict[int, Thread] = {}
    for comment in comments:
        if comment.parent_id is None:
            threads.setdefault(comment.pk, Thread(None)).comment = comment
        else:
            threads.setdefault(comment.parent_id, Thread(None)).replies.append(comment)
    return list(threads.values())


def _staff_tag(comment: Comment, author_keys: set[int]) -> str:
    if comment.staff is None:
        return ""
    if comment.staff.pk in author_keys:
        return "Author"
    return "Reviewer" if comment.staff.is_reviewer else "Editor"
