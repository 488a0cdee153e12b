"""Two people at one comment in the same moment, each in a transaction of their own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections, transaction
from django.test import Client
from django.urls import reverse

from blog.actions import comments
from blog.actions.editing import edit_comment
from blog.actions.own_comments import erase_commenter
from blog.actions.submitting import submit_comment
from blog.errors import AnsweredIsGoneError, CommentMovedError
from blog.models import Comment, LearntWord
from guard.forms import make_token
from letters.models import Letter
from pagecache.models import Generation
from tests.factories import ArticlePageFactory, CommentFactory
from users.models import User

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
LONG_ENOUGH = 1.0  # seconds for the other to come as far as it can


def while_open(first: Callable[[], Any], then: Callable[[], Any]) -> Any:
    """Do `first`, and before its transaction ends begin `then` in another; what `then` gave."""
    done, release = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                first()
                done.set()
                release.wait(LONG_ENOUGH)
        finally:
            done.set()
            connections.close_all()

    def follow() -> Any:
        try:
            done.wait()
            return then()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        held, result = pool.submit(hold), pool.submit(follow)
    held.result()
    return result.result()


def test_words_to_a_comment_that_is_erased_in_this_moment_are_given_back() -> None:
    article = ArticlePageFactory()
    first = CommentFactory(article=article)
    typed = {"text": "Walking helps me.", "name": "Eileen", "email": "eileen@example.org", "website": ""}
    sent = {**typed, "parent": str(first.pk), "form_token": make_token("comment")}
    address = reverse("blog:post_comment", args=[article.pk])
    answer = while_open(lambda: erase_commenter(first.commenter), lambda: Client().post(address, sent))
    assert answer.status_code == 422
    assert "The comment that you were answering is gone" in answer.text
    assert "Walking helps me." in answer.text
    assert not Comment.objects.exists()


@pytest.mark.parametrize("state", ["held", "refused", "withdrawn"])
def test_what_readers_no_longer_see_is_not_answered(state: str) -> None:
    first = CommentFactory()
    Comment.objects.filter(pk=first.pk).update(state=state)
    with pytest.raises(AnsweredIsGoneError):
        submit_comment(first.article, text="Me too.", name="Ann", email="ann@example.com", answers=first)
    assert Comment.objects.count() == 1


def test_a_comment_that_is_published_while_it_is_erased_leaves_no_page_and_no_letter(moderator: User) -> None:
    begun = CommentFactory(state="held", email="joan@example.com", text="Erase me.")
    CommentFactory(parent=begun, article=begun.article, email="ann@example.com")
    shown, before = Comment.objects.get(pk=begun.pk), Generation.read()
    while_open(lambda: comments.approve_comment(shown, by=moderator), lambda: erase_commenter(begun.commenter))
    after = Generation.read()
    assert before
    assert after
    assert after.number >= before.number + 2, "readers may be given the page of a moment ago"
    begun.refresh_from_db()
    assert (begun.state, begun.text) == ("withdrawn", "")
    assert not Letter.objects.filter(to="joan@example.com").exists()
    assert "Erase me." not in Client().get(begun.article.url).text


def said_by(decide: Callable[[], Any]) -> Callable[[], str]:
    """The words in which a decision is refused; empty where it was made."""

    def act() -> str:
        try:
            decide()
        except CommentMovedError as error:
            return str(error)
        return ""

    return act


def test_two_moderators_at_once_make_one_decision(moderator: User, editor: User) -> None:
    mine = CommentFactory(state="held", email="joan@example.com")
    other = Comment.objects.get(pk=mine.pk)
    said = while_open(
        lambda: comments.approve_comment(mine, by=moderator),
        said_by(lambda: comments.refuse_comment(other, by=editor, reason="Off.")),
    )
    assert "moderator has published this comment meanwhile" in said
    found = Comment.objects.get()
    assert (found.state, found.decided_by, found.refusal_reason) == ("published", moderator, "")
    assert list(Letter.objects.values_list("kind", flat=True)) == ["comment_published"]


def test_words_that_are_changed_while_they_are_approved_are_not_published(moderator: User) -> None:
    comment = CommentFactory(state="held")
    shown = Comment.objects.get(pk=comment.pk)
    said = while_open(
        lambda: edit_comment(comment, text="Other words.", seen_version=1),
        said_by(lambda: comments.approve_comment(shown, by=moderator)),
    )
    assert "its writer has changed the words meanwhile" in said
    assert Comment.objects.get().state == "pending"


def test_what_is_taken_back_while_it_is_decided_stays_taken_back_and_teaches_nothing(moderator: User) -> None:
    comment = CommentFactory(state="held")
    shown = Comment.objects.get(pk=comment.pk)
    said = while_open(
        lambda: comments.withdraw_comment(comment),
        said_by(lambda: comments.mark_comment_as_spam(shown, by=moderator)),
    )
    assert "its writer has taken this comment back" in said
    assert (Comment.objects.get().state, Comment.objects.get().learnt_as) == ("withdrawn", "")
    assert not LearntWord.objects.exists()
