"""Who asked for it is told of answers; and whoever gets letters can end them with one press."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from blog.actions import comments
from blog.actions.commenters import ask_for_my_comments, ask_for_proof
from blog.commenting import letters
from blog.models import Comment, Commenter
from letters.actions import hand_over_letter, release_lost_letters
from letters.models import Letter
from tests.factories import AuthorPageFactory, CommentFactory
from tests.fakes.smtp import Sink
from users.models import User

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
ONE_CLICKS = [
    (b"List-Unsubscribe=One-Click", FORM),
    (b"List-Unsubscribe=One-Click\r\n", FORM),
    (b"LIST-UNSUBSCRIBE=ONE-CLICK", FORM),
    (b"List-Unsubscribe=One-Click", "text/plain"),
    (b"List-Unsubscribe=One-Click", "nonsense"),
    (b"List-Unsubscribe=One-Click", "multipart/form-data"),
    (b'{"List-Unsubscribe": "One-Click"}', "application/json"),
]


@pytest.fixture
def asked() -> Any:
    """A comment whose writer wants to hear of answers."""
    return CommentFactory(
        author_name="Joan",
        email="joan@example.com",
        text="Does walking help?",
        wants_replies=True,
        proven_at=timezone.now(),
    )


def answer(asked: Comment, **fields: Any) -> Any:
    words = {"author_name": "Tom", "text": "It helps me. See https://walks.example/now", "state": "held", **fields}
    return CommentFactory(article=asked.article, parent=asked.parent or asked, answers=asked, **words)


def replies() -> list[Letter]:
    return list(Letter.objects.filter(kind="comment_reply"))


def stop_path(letter: Letter) -> str:
    return urlsplit(letter.headers["List-Unsubscribe"].strip("<>")).path


def test_who_asked_for_it_is_told_of_an_answer_once_it_is_published(asked: Any, moderator: User, sink: Sink) -> None:
    reply = answer(asked)
    assert not replies()
    comments.approve_comment(reply, by=moderator)
    letter = replies()[0]
    assert letter.to == "joan@example.com"
    for part in (letter.text, letter.html):
        assert f"http://testserver/comments/go/{reply.pk}/" in part
        assert "It helps me. See …" in part
        assert "Does walking help?" in part
        assert "walks.example" not in part
    assert release_lost_letters() == []  # a decision that is taken back at once is told to nobody
    with time_machine.travel(timezone.now() + letters.UNDO_TIME, tick=False):
        for pk in release_lost_letters():
            hand_over_letter(pk)
    comments.hold_comment(reply, by=moderator)
    comments.approve_comment(reply, by=moderator)
    assert len(replies()) == 1
    assert sink.recipients["joan@example.com"] == 1


def test_an_answer_that_is_taken_down_at_once_is_told_to_nobody(asked: Any, moderator: User) -> None:
    reply = answer(asked)
    comments.approve_comment(reply, by=moderator)
    comments.hold_comment(reply, by=moderator)
    assert not replies()


def test_an_answer_to_a_reply_goes_to_the_writer_of_that_reply(asked: Any, moderator: User) -> None:
    first = answer(asked, email="tom@example.com", wants_replies=True, proven_at=timezone.now(), state="published")
    comments.approve_comment(answer(first), by=moderator)
    assert [letter.to for letter in replies()] == ["tom@example.com"]


@pytest.mark.parametrize("why", ["not asked for", "not proven", "own", "stopped", "hidden", "erased", "staff"])
def test_nobody_else_is_told_of_an_answer(asked: Any, moderator: User, why: str) -> None:
    changes: dict[str, Any] = {
        "not asked for": {"wants_replies": False},
        "not proven": {"proven_at": None},
        "hidden": {"state": "held"},
        "erased": {"state": "withdrawn", "email": "", "commenter": None},
    }.get(why, {})
    if why == "stopped":
        Commenter.objects.filter(pk=asked.commenter_id).update(stopped_at=timezone.now())
    if why == "staff":
        changes = {"staff": AuthorPageFactory()}
    Comment.objects.filter(pk=asked.pk).update(**changes)
    reply = answer(Comment.objects.get(pk=asked.pk), email="JOAN@example.com" if why == "own" else "tom@example.com")
    comments.approve_comment(reply, by=moderator)
    assert not replies()


def test_every_letter_to_a_commenter_says_how_to_get_no_more(asked: Any, moderator: User) -> None:
    comments.approve_comment(answer(asked), by=moderator)
    comments.refuse_comment(asked, by=moderator, reason="No.")
    ask_for_proof(CommentFactory(email="new@example.com"))
    ask_for_my_comments("joan@example.com")
    assert {letter.kind for letter in Letter.objects.all()} == set(letters.KINDS)
    for letter in Letter.objects.all():
        assert letter.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert stop_path(letter) in letter.text
        assert stop_path(letter) in letter.html
        assert "/comments/mine/" in letter.text
        for part in (letter.subject, letter.text, letter.html):
            assert not re.search(r"\{\{|\}\}|\{%|None|False", part)


@pytest.mark.parametrize(("body", "kind"), ONE_CLICKS)
def test_a_mail_programs_one_click_ends_all_letters(asked: Any, moderator: User, body: bytes, kind: str) -> None:
    comments.approve_comment(answer(asked), by=moderator)
    path = stop_path(replies()[0])
    for _ in range(3):
        response = Client(enforce_csrf_checks=True).post(path, body, content_type=kind)
        assert response.status_code == 200
        assert response["Content-Type"].startswith("text/plain")
        assert not response.cookies
    assert Commenter.objects.get(pk=asked.commenter_id).stopped_at
    assert not Letter.objects.filter(to="joan@example.com").exists()  # what waited is taken back
    comments.approve_comment(answer(asked), by=moderator)
    comments.refuse_comment(asked, by=moderator, reason="No.")
    assert not Letter.objects.filter(to="joan@example.com").exists()


def test_the_page_behind_the_link_asks_what_shall_end(asked: Any, moderator: User) -> None:
    client = Client(enforce_csrf_checks=True)
    comments.approve_comment(answer(asked), by=moderator)
    path = stop_path(replies()[0])
    page = client.get(path)
    assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert "No more about answers to this comment" in page.text
    assert client.post(path, {"act": "this"}).status_code == 303
    asked.refresh_from_db()
    assert not asked.wants_replies
    assert not asked.commenter.stopped_at
    assert "No more about answers to this comment" not in client.get(path).text
    client.post(path, {"act": "all"})
    assert "You get no more letters about comments" in client.get(path).text
    client.post(path, {"act": "resume"})
    assert Commenter.objects.get(pk=asked.commenter_id).stopped_at is None


def test_the_way_out_never_grows_old(asked: Any, moderator: User) -> None:
    comments.approve_comment(answer(asked), by=moderator)
    path = stop_path(replies()[0])
    Commenter.objects.update(links_version=9)
    with time_machine.travel(timezone.now() + timedelta(days=4000), tick=False):
        assert Client().post(path, b"List-Unsubscribe=One-Click", content_type=FORM).status_code == 200
    assert Commenter.objects.get(pk=asked.commenter_id).stopped_at
