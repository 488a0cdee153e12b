"""Letters to moderators; the words are in `templates/letters/`."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from blog.colleagues import name_of
from blog.models import Comment
from blog.moderation.mail_links import decision_url
from letters.actions import post_letter

QUOTED = 700  # signs of a comment: enough to decide on nearly all
LISTED = 10
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


def post_comments_waiting(person: AbstractUser, comments: list[Comment], *, more: int) -> None:
    """One letter about several comments, with the links by which this person decides. `more` wait besides."""
    _post("comments_waiting", person, rows=[_row(comment, person) for comment in comments], more=more)


def post_backlog(person: AbstractUser, late: list[Comment], *, hours: int) -> None:
    """What has waited for longer than `hours`, the longest first."""
    now = timezone.now()
    rows = [
        {**_row(comment, person), "hours": int((now - comment.created_at).total_seconds() // 3600)} for comment in late
    ]
    _post("backlog", person, rows=rows[:LISTED], count=len(rows), more=max(0, len(rows) - LISTED), limit=hours)


def _post(kind: str, person: AbstractUser, **context: Any) -> None:
    queue = settings.SITE_URL + reverse("comments:list")
    post_letter(kind, to=person.email, context={**context, "name": name_of(person), "queue_url": queue})


def _row(comment: Comment, person: AbstractUser) -> dict[str, Any]:
    """What a mail shows of a comment. What may identify somebody or is a matter of life stays at the desk."""
    is_delicate = comment.personal_data or comment.crisis
    links = {
        decision: decision_url(comment, user=person.pk, decision=decision) for decision in ("approve", "refuse", "spam")
    }
    return {
        "comment": comment,
        "article_title": comment.article.title,
        "answers": comment.answers.author_name if comment.answers else "",
        "quote": "" if is_delicate else Truncator(_without_addresses(comment.text)).chars(QUOTED),
        "reasons": [reason.get("words", "") for reason in comment.reasons if isinstance(reason, dict)],
        "desk_url": settings.SITE_URL + reverse("comments:inspect", args=[comment.pk]),
        **links,
    }


def _without_addresses(text: str) -> str:
    """The host of a link is shown and not the link: mail programs make links of what looks like one."""
    return _ADDRESS.sub(_name_host, text)


def _name_host(match: re.Match[str]) -> str:
    try:
        host = urlsplit(match[0]).hostname or "?"
    except ValueError:
        host = "?"
    return f"(link to {host.replace('.', ' . ')})"
