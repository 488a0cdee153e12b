"""What can happen to a comment, and what cannot."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from wagtail.log_actions import registry as log_registry

from blog.actions import comments, judging, submitting
from blog.errors import CommentMovedError, CommentsClosedError, ReasonMissingError
from blog.models import Comment
from blog.spam import Outcome, Reason, Verdict
from blog.tasks import judge_comment, sweep_comments
from tests.factories import ArticlePageFactory, CommentFactory
from users.models import User

pytestmark = pytest.mark.django_db
WORDS = {"text": "Walking helps me.", "name": "Eileen", "email": "eileen@example.org"}


class Fixed:
    """A checker that says the same of every comment."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome

    def check(self, comment: Comment) -> Verdict:
        return Verdict(self.outcome, (Reason("fixed", "As it was told"),))


def state_of(comment: Comment) -> str:
    return Comment.objects.get(pk=comment.pk).state


@pytest.mark.parametrize(
    ("outcome", "state"), [(Outcome.CLEAR, "held"), (Outcome.UNSURE, "held"), (Outcome.SPAM, "spam")]
)
def test_no_verdict_publishes(outcome: Outcome, state: str) -> None:
    comment = CommentFactory(state="pending")
    judging.judge_comment(comment.pk, checker=Fixed(outcome))
    comment.refresh_from_db()
    assert comment.state == state
    assert comment.reasons == [{"code": "fixed", "words": "As it was told"}]
    assert comment.judged_at is not None


def test_a_comment_that_cannot_be_judged_is_held() -> None:
    comment = CommentFactory(state="pending", ip=None)
    # A reason that is no object, as an old release or a slip in the database may leave it.
    Comment.objects.filter(pk=comment.pk).update(reasons=["broken"])
    judge_comment(comment.pk)
    comment.refresh_from_db()
    assert (comment.state, comment.reasons[0]["code"]) == ("held", "fault")


def test_a_second_bell_changes_nothing(moderator: User) -> None:
    comment = CommentFactory(state="held")
    comments.approve_comment(comment, by=moderator)
    judging.judge_comment(comment.pk, checker=Fixed(Outcome.SPAM))
    judge_comment(987654)
    assert state_of(comment) == "published"


def test_a_trapped_comment_becomes_spam() -> None:
    comment = submitting.submit_comment(ArticlePageFactory(), **WORDS, trapped=True)
    judge_comment(comment.pk)
    assert state_of(comment) == "spam"


def test_an_article_that_was_closed_meanwhile_takes_nothing() -> None:
    article = ArticlePageFactory()
    type(article).objects.filter(pk=article.pk).update(comments_mode="closed")
    with pytest.raises(CommentsClosedError):
        submitting.submit_comment(article, **WORDS)


def test_the_sweep_finds_comments_whose_bell_was_lost() -> None:
    old = CommentFactory(state="pending", created_at=timezone.now() - timedelta(minutes=2))
    CommentFactory(state="pending")
    CommentFactory(state="held", created_at=timezone.now() - timedelta(minutes=2))
    assert judging.find_unjudged_comments() == [old.pk]
    sweep_comments()


def test_every_decision_is_logged_with_its_maker(moderator: User) -> None:
    comment = CommentFactory(state="held")
    comments.approve_comment(comment, by=moderator)
    comments.hold_comment(comment, by=moderator)
    comments.refuse_comment(comment, by=moderator, reason="  It advertises\nsomething. ")
    comments.mark_comment_as_spam(comment, by=moderator)
    comments.withdraw_comment(comment)
    entries = log_registry.get_logs_for_instance(comment).order_by("timestamp", "pk")
    assert [(entry.action, entry.user) for entry in entries] == [
        ("comment.approve", moderator),
        ("comment.hold", moderator),
        ("comment.refuse", moderator),
        ("comment.spam", moderator),
        ("comment.withdraw", None),
    ]
    data = entries[2].data
    assert data.pop("waited") in range(60)
    before = {"refusal_reason": "", "refused_for_id": None, "decided_at": None, "decided_by_id": None}
    assert data.pop("before") == before  # what an undo puts back
    words = {"was": "held", "reason": "It advertises something.", "usual": "", "place": "desk", "version": 1}
    assert data == words


def test_a_refusal_needs_a_reason(moderator: User) -> None:
    comment = CommentFactory(state="held")
    with pytest.raises(ReasonMissingError):
        comments.refuse_comment(comment, by=moderator, reason=" \n ")
    assert state_of(comment) == "held"


def test_a_decision_names_who_and_when_and_taking_it_back_forgets_both(moderator: User) -> None:
    comment = comments.refuse_comment(CommentFactory(state="held"), by=moderator, reason="It advertises something.")
    assert comment.decided_by == moderator
    assert comment.decided_at is not None
    comment = comments.hold_comment(comment, by=moderator)
    assert (comment.decided_by, comment.decided_at, comment.refusal_reason) == (None, None, "")


ALLOWED = {
    "approve": {"pending", "held", "refused", "spam"},
    "refuse": {"pending", "held", "published", "spam"},
    "spam": {"pending", "held", "published", "refused"},
    "hold": {"published", "refused", "spam"},
}
ACTS = {
    "approve": comments.approve_comment,
    "refuse": comments.refuse_comment,
    "spam": comments.mark_comment_as_spam,
    "hold": comments.hold_comment,
}


@pytest.mark.parametrize("act", ALLOWED)
@pytest.mark.parametrize("state", Comment.State.values)
def test_only_the_moves_of_the_plan_are_possible(moderator: User, act: str, state: str) -> None:
    comment = CommentFactory(state=state)
    more: dict[str, Any] = {"reason": "Because."} if act == "refuse" else {}
    if state in ALLOWED[act]:
        ACTS[act](comment, by=moderator, **more)
        assert state_of(comment) != state
    else:
        with pytest.raises(CommentMovedError):
            ACTS[act](comment, by=moderator, **more)
        assert state_of(comment) == state
        assert not log_registry.get_logs_for_instance(comment).exists()


def test_who_decides_second_is_told_so(moderator: User, editor: User) -> None:
    comment = CommentFactory(state="held")
    as_the_editor_saw_it = Comment.objects.get(pk=comment.pk)
    comments.approve_comment(comment, by=moderator)
    with pytest.raises(CommentMovedError, match="moderator has published this comment meanwhile"):
        comments.refuse_comment(as_the_editor_saw_it, by=editor, reason="Because.")
    assert state_of(comment) == "published"


def test_a_judgement_in_between_does_not_stop_a_moderator(moderator: User) -> None:
    comment = CommentFactory(state="pending")
    judge_comment(comment.pk)
    comments.approve_comment(comment, by=moderator, seen=comments.Seen("pending"))
    assert state_of(comment) == "published"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_ten_moderators_at_once_one_wins(moderator: User) -> None:
    comment = CommentFactory(state="held")
    outcomes: list[str] = []

    def decide(act: str, more: dict[str, str]) -> None:
        try:
            ACTS[act](Comment.objects.get(pk=comment.pk), by=moderator, seen=comments.Seen("held"), **more)
            outcomes.append(act)
        except CommentMovedError:
            outcomes.append("told")
        finally:
            connections.close_all()

    choices: list[tuple[str, dict[str, str]]] = [("approve", {}), ("refuse", {"reason": "Because."})] * 5
    threads = [threading.Thread(target=decide, args=choice) for choice in choices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("told") == 9
    assert log_registry.get_logs_for_instance(comment).count() == 1
