"""What a worker does for Akismet's questions, without a worker: one turn of its clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.utils import timezone

from blog.actions.akismet import ask_about, ask_akismet
from blog.actions.akismet_feedback import send_feedback
from blog.models import AkismetCheck, AkismetFeedback, Comment
from tests.factories import ArticlePageFactory, CommentFactory

HELD: dict[str, Any] = {"state": "held", "verdict": "unsure", "ip": "203.0.113.7", "user_agent": "Firefox/140"}
SPAMMER = "akismet-guaranteed-spam"


def unsure_comment(**fields: Any) -> Comment:
    """A held comment that our own check was unsure about, and the order to ask."""
    comment: Comment = CommentFactory(**{**HELD, "proven_at": timezone.now(), **fields})
    ask_about(comment)
    return comment


def unsure_comments(number: int, *, every_spam: int) -> list[Comment]:
    """So many under one article, quickly made; every so manieth is spam to Akismet. Their text is their number."""
    article = ArticlePageFactory()
    rows = [
        Comment(article=article, author_name="Joan" if n % every_spam else SPAMMER, text=f"Number {n}", **HELD)
        for n in range(number)
    ]
    made = Comment.objects.bulk_create(rows)
    for comment in made:
        ask_about(comment)
    return made


def ask_due() -> int:
    """Ask whatever is due now; how many were asked."""
    due = AkismetCheck.objects.filter(state="waiting", next_try_at__lte=timezone.now()).order_by("next_try_at", "pk")
    return sum(ask_akismet(pk) for pk in list(due.values_list("pk", flat=True)))


def tell_due() -> int:
    """Tell whatever is due now; how many were told."""
    due = AkismetFeedback.objects.filter(state="waiting", next_try_at__lte=timezone.now()).order_by("next_try_at", "pk")
    return sum(send_feedback(pk) for pk in list(due.values_list("pk", flat=True)))


@contextmanager
def own_connection() -> Iterator[None]:
    """For what happens while a question is under way, in the thread that answers it."""
    try:
        yield
    finally:
        connection.close()
