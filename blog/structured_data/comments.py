"""Readers' comments: only those that are shown."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Protocol

from django.conf import settings

from blog.commenting.text import plain_comment
from blog.models import Comment

from .people import describe_helper
from .script import without_gaps


class Thread(Protocol):
    """A comment, or None where it was taken away, and the replies to it."""

    comment: Comment | None
    replies: list[Comment]


_plain = lru_cache(maxsize=2048)(plain_comment)  # as for the HTML: a page says the same words again and again


def describe_threads(threads: Iterable[Thread]) -> list[dict[str, Any]]:
    """A list of Comment, each with its replies inside: those that the page shows. Asks no query.

    Of who wrote it no more than the name; the address is the lasting one, since pages of comments fill and move.
    """
    found = []
    for thread in threads:
        replies = [_describe(reply) for reply in thread.replies]
        if thread.comment is None:
            found += replies
        else:
            found.append(without_gaps({**_describe(thread.comment), "comment": replies}))
    return found


def _describe(comment: Comment) -> dict[str, Any]:
    writer = describe_helper(comment.staff) if comment.staff else {"@type": "Person", "name": comment.author_name}
    return {
        "@type": "Comment",
        "url": settings.SITE_URL + comment.get_absolute_url(),
        "author": writer,
        "datePublished": comment.created_at.isoformat(),
        **({"dateModified": comment.edited_at.isoformat()} if comment.edited_at else {}),
        "text": _plain(comment.text),
        **({"upvoteCount": comment.helpful_count} if comment.helpful_count else {}),
    }
