"""What can be followed by email: an author, a topic, one article; each has a mark, such as “author-12”."""

import re
from typing import Any

from django.db.models import QuerySet

from blog.models import ArticlePage, AuthorPage, Topic

MOST = 40  # characters of a mark
_MARK = re.compile(r"(author|topic|article)-(\d{1,10})", re.ASCII)


def find_target(mark: str) -> Any | None:
    """The page or topic behind a mark that somebody sent, if readers may see it; else None."""
    found = _MARK.fullmatch(mark)
    return _seen(found[1]).filter(pk=int(found[2])).first() if found else None


def mark_of(target: Any) -> str:
    """How a form names an author's or article's page, or a topic."""
    return f"{kind_of(target)}-{target.pk}"


def kind_of(target: Any) -> str:
    """One of `newsletter.models.follows.KINDS`."""
    return {AuthorPage: "author", Topic: "topic", ArticlePage: "article"}[type(target)]


def _seen(kind: str) -> QuerySet[Any]:
    if kind == "author":
        return AuthorPage.objects.live().public()
    return Topic.objects.all() if kind == "topic" else ArticlePage.objects.published()
