"""A reader sends a comment, or changes one: it is kept first and judged afterwards."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from blog.actions.commenters import find_commenter
from blog.commenting.rules import takes_comments
from blog.errors import CommentsClosedError
from blog.models import ArticlePage, Comment
from blog.spam.local import TRAP

State = Comment.State
DOUBLE_POST = timedelta(minutes=1)


def submit_comment(
    article: ArticlePage,
    *,
    text: str,
    name: str,
    email: str,
    answers: Comment | None = None,
    wants_replies: bool = False,
    is_proven: bool = False,
    trapped: bool = False,
    ip: str | None = None,
    user_agent: str = "",
) -> Comment:
    """Keep a comment as pending and ring for its judgement. `answers`: the comment that it replies to.

    The same words by the same person within a minute are one comment: its row is returned. `is_proven`: the writer has
    shown that the address is theirs. `trapped`: a robot gave itself away. Raises CommentsClosedError.
    """
    parent = (answers.parent or answers) if answers else None
    with transaction.atomic():
        # The row of the article is the door: two clicks on the button come through one after the other.
        locked = ArticlePage.objects.select_for_update(of=("self",)).get(pk=article.pk)
        if not takes_comments(locked):
            raise CommentsClosedError("This article takes no comments any more.")
        same = locked.comments.filter(text=text, email__iexact=email, parent=parent)
        since = timezone.now() - DOUBLE_POST
        if twin := same.filter(created_at__gt=since).exclude(state=State.WITHDRAWN).first():
            return twin
        comment = Comment.objects.create(
            article=locked,
            parent=parent,
            answers=answers,
            commenter=find_commenter(email),
            author_name=name,
            email=email,
            text=text,
            wants_replies=wants_replies,
            proven_at=timezone.now() if is_proven else None,
            reasons=[TRAP.as_json()] if trapped else [],
            ip=ip,
            user_agent=user_agent[:250],
        )
        ring_for_judgement(comment.pk)
    return comment


def ring_for_judgement(pk: int) -> None:
    """Ring after the commit. A broker that is down costs the reader nothing: the sweep rings again."""
    from blog.tasks import judge_comment as bell  # noqa: PLC0415 - the task calls this module

    def ring() -> None:
        bell.delay(pk)

    transaction.on_commit(ring, robust=True)
