"""The letter that reminds a colleague of articles to be read again; the words are in `templates/letters/`."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.urls import reverse
from django.utils import timezone

from letters.actions import post_letter

LISTED = 20  # more would not be read; the report has them all


def post_review_due(person: AbstractBaseUser, articles: list[Any]) -> None:
    """One letter to one colleague. `articles` are of `blog.due.articles_due`, the longest overdue first."""
    today = timezone.localdate()
    rows = [_row(article, (article.due_on - today).days) for article in articles]
    context = {
        "name": getattr(person, "first_name", ""),
        "count": len(rows),
        "overdue": [row for row in rows[:LISTED] if row["days"] < 0],
        "soon": [row for row in rows[:LISTED] if row["days"] >= 0],
        "more": max(0, len(rows) - LISTED),
        "report_url": settings.SITE_URL + reverse("review_due_report"),
    }
    post_letter("review_due", to=str(getattr(person, "email", "")), context=context)


def _row(article: Any, days: int) -> dict[str, Any]:
    return {
        "title": article.title,
        "topic": article.topic.name if article.topic else "",
        "due_on": article.due_on,
        "days": days,
        "late": -days,
        "edit_url": settings.SITE_URL + reverse("wagtailadmin_pages:edit", args=[article.pk]),
    }
