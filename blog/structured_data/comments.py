"""Readers' comments: only those that are shown."""

from collections.abc import Iterable
from typing import Any, Protocol

from blog.models import Comment

from .people import describe_helper
from .script import without_gaps


class Thread(Protocol):
    """A comment, or None where it was taken away, and the replies to it."""

    comment: Comment | None
    replies: list[Comment]


def describe_threads(threads: Iterable[Thread], *, address: str) -> list[dict[str, Any]]:
    """A list of Comment, each with its replies inside; `address` is the article's. Asks no query."""
    found = []
    for thread in threads:
        replies = [_describe(reply, address) for reply in thread.replies]
        if thread.comment is None:
            found += replies
        else:
            found.append(without_gaps({**_describe(thread.comment, address), "comment": replies}))
    return found


def _describe(comment: Comment, address: str) -> dict[str, Any]:
    writer = describe_helper(comment.staff) if comment.staff else {"@type": "Person", "name": comment.author_name}
    return {
        "@type": "Comment",
        "url": f"{address}#comment-{comment.pk}",
        "author": writer,
        "datePublished": comment.created_at.isoformat(),
        "text": comment.text,
    }
