"""Decisions on comments taken back."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from wagtail.log_actions import LogContext
from wagtail.log_actions import registry as log_registry

from blog.actions import comments
from blog.actions.undoing import Undone, undo_decisions
from blog.models import Comment, RefusalReason
from letters.models import Letter
from tests.factories import ArticlePageFactory, CommentFactory
from users.models import User

pytestmark = pytest.mark.django_db
STATE_FIELDS = ("state", "refusal_reason", "refused_for_id", "decided_by_id", "text", "version")


@contextmanager
def one_press(person: User) -> Iterator[uuid.UUID]:
    """As the admin does it: what is logged by one request shares a mark."""
    with LogContext(user=person) as context:
        yield context.uuid


def facts(comment: Comment) -> tuple[Any, ...]:
    return Comment.objects.values_list(*STATE_FIELDS).get(pk=comment.pk)


def state_of(comment: Comment) -> str:
    return Comment.objects.get(pk=comment.pk).state


def decide(comment: Comment, decision: str, by: User) -> None:
    act: Any = {
        "published": comments.approve_comment,
        "refused": comments.refuse_comment,
        "spam": comments.mark_comment_as_spam,
        "held": comments.hold_comment,
    }[decision]
    act(comment, by=by, **({"reason": "It advertises."} if decision == "refused" else {}))


@pytest.mark.parametrize(
    ("before", "decision"),
    [(was, to) for was in ("held", "published", "refused", "spam") for to in ("published", "refused", "spam", "held")
     if was != to],
)  # fmt: skip
def test_undo_puts_a_comment_back_to_what_it_was(moderator: User, editor: User, before: str, decision: str) -> None:
    usual = RefusalReason.objects.create(title="Advert here", words="It advertises.")
    comment = CommentFactory(state="held", judged_at=timezone.now())
    if before == "refused":
        comments.refuse_comment(comment, by=editor, reason=usual.words, usual=usual)
    elif before != "held":
        decide(comment, before, editor)
    was = facts(comment)
    with one_press(moderator) as batch:
        decide(comment, decision, moderator)
    assert facts(comment) != was
    assert undo_decisions(batch, by=moderator) == Undone(back=1, left=0)
    assert facts(comment) == was
    assert undo_decisions(batch, by=moderator) == Undone(back=0, left=1)
    assert facts(comment) == was


def test_a_batch_is_taken_back_but_for_what_was_decided_since(moderator: User, editor: User) -> None:
    article = ArticlePageFactory()
    chosen = [CommentFactory(state="held", article=article, judged_at=timezone.now()) for _ in range(4)]
    with one_press(moderator) as batch:
        for comment in chosen:
            comments.mark_comment_as_spam(comment, by=moderator)
    other = CommentFactory(state="held", article=article)
    comments.mark_comment_as_spam(other, by=moderator)
    comments.approve_comment(Comment.objects.get(pk=chosen[0].pk), by=editor)
    # Back and forth: it looks as it did, but somebody has decided on it.
    comments.hold_comment(Comment.objects.get(pk=chosen[1].pk), by=editor)
    comments.mark_comment_as_spam(Comment.objects.get(pk=chosen[1].pk), by=editor)
    assert undo_decisions(batch, by=moderator) == Undone(back=2, left=2)
    assert [state_of(comment) for comment in [*chosen, other]] == ["published", "spam", "held", "held", "spam"]


def test_words_that_changed_meanwhile_stay_where_they_are(moderator: User) -> None:
    comment = CommentFactory(state="published")
    with one_press(moderator) as batch:
        comments.hold_comment(comment, by=moderator)
    Comment.objects.filter(pk=comment.pk).update(version=2, text="Other words.")
    assert undo_decisions(batch, by=moderator) == Undone(back=0, left=1)
    assert state_of(comment) == "held"


def test_after_an_hour_nothing_is_taken_back(moderator: User) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        comment = CommentFactory(state="held")
        with one_press(moderator) as batch:
            comments.approve_comment(comment, by=moderator)
        clock.shift(timedelta(hours=1, seconds=1))
        assert undo_decisions(batch, by=moderator) == Undone(back=0, left=0)
        clock.shift(timedelta(seconds=-2))
        assert undo_decisions(batch, by=moderator) == Undone(back=1, left=0)


def test_a_decision_undone_at_once_is_told_to_nobody(moderator: User) -> None:
    comment = CommentFactory(state="held")
    with one_press(moderator) as batch:
        comments.approve_comment(comment, by=moderator)
    assert Letter.objects.filter(kind="comment_published").count() == 1
    undo_decisions(batch, by=moderator)
    assert not Letter.objects.exists()


def test_what_had_not_been_judged_waits_for_the_judgement_again(moderator: User) -> None:
    comment = CommentFactory(state="pending")
    with one_press(moderator) as batch:
        comments.approve_comment(comment, by=moderator)
    undo_decisions(batch, by=moderator)
    assert state_of(comment) == "pending"


def test_a_reason_that_was_deleted_meanwhile_does_not_come_back(moderator: User) -> None:
    usual = RefusalReason.objects.create(title="Advert here", words="It advertises.")
    comment = CommentFactory(state="held")
    comments.refuse_comment(comment, by=moderator, reason=usual.words, usual=usual)
    with one_press(moderator) as batch:
        comments.approve_comment(comment, by=moderator)
    usual.delete()
    assert undo_decisions(batch, by=moderator).back == 1
    comment.refresh_from_db()
    assert (comment.state, comment.refused_for_id, comment.refusal_reason) == ("refused", None, "It advertises.")


def test_undo_is_logged_once_and_readers_see_it(moderator: User) -> None:
    comment = CommentFactory(state="held")
    with one_press(moderator) as batch:
        comments.approve_comment(comment, by=moderator)
    for _ in range(2):
        undo_decisions(batch, by=moderator)
    actions = log_registry.get_logs_for_instance(comment).order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["comment.approve", "comment.undo"]
    assert undo_decisions(uuid.uuid4(), by=moderator) == Undone(0, 0)
