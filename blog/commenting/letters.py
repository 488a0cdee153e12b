"""Every letter to the writer of a comment, one function each; the words are in `templates/letters/`."""

import re
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.text import Truncator

from blog.commenting.links import article_url, comment_url, status_path
from blog.commenting.rules import takes_comments
from blog.models import Comment
from letters.actions import post_letter

# The address was typed by whoever wrote the comment: a letter must not carry an advertisement to somebody else.
LINKS = re.compile(r"\S*(?:://|www\.|@|[a-z0-9-]\.[a-z]{2,})\S*", re.IGNORECASE)
QUOTED = 120
UNDO_TIME = timedelta(minutes=2)  # a decision that is taken back so soon is told to nobody


def post_comment_published(comment: Comment) -> None:
    """Thanks, where it stands, and where it can be taken back. Nothing while no page shows it."""
    if address := comment_url(comment):
        _post("comment_published", comment, {"comment_url": address})


def post_comment_refused(comment: Comment, *, was_published: bool) -> None:
    """The moderator's reason and what the writer can do. `was_published`: readers could see it before."""
    article = article_url(comment)
    form = f"{article}#comment-form" if article and takes_comments(comment.article) else ""
    _post("comment_refused", comment, {"was_published": was_published, "form_url": form})


def about(comment: Comment) -> str:
    """What letters about this comment are filed under."""
    return f"comment {comment.pk}"


def _post(kind: str, comment: Comment, context: dict[str, Any]) -> None:
    if comment.staff_id or not comment.email or (comment.commenter and comment.commenter.stopped_at):
        return
    everything = {
        "name": _without_links(comment.author_name),
        "article_title": comment.article.title,
        "quote": Truncator(_without_links(comment.text)).chars(QUOTED),
        "reason": comment.refusal_reason,
        "status_url": f"{settings.SITE_URL}{status_path(comment)}",
        **context,
    }
    post_letter(kind, to=comment.email, context=everything, about=about(comment), wait=UNDO_TIME)


def _without_links(words: str) -> str:
    """One line of plain words."""
    return " ".join(LINKS.sub("…", words).split())
