"""A comment's whole life from end to end: a reader without JavaScript and cookies, real mail, a real worker process."""

import re
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from blog.actions.moderator_mails import tell_moderators
from blog.commenting import letters
from blog.models import Comment, Commenter, CommentReport
from letters.models import Letter
from letters.tasks import sweep_letters
from tests.factories import ArticlePageFactory
from tests.fakes.reader import Form, form_with, forms_of, links_of
from tests.fakes.smtp import Sink, wait_until
from tests.fakes.workers import Worker
from users.models import User

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
Starter = Callable[..., Worker]
WORDS = "A hot bottle at the foot of the bed helps me."


class Reader:
    """Somebody with a browser that runs no script and keeps no cookie."""

    def page(self, address: str) -> str:
        """What the address shows, relative or absolute."""
        answer = Client().get(_path(address), follow=True)
        assert answer.status_code == 200, address
        assert not answer.cookies
        return answer.text

    def press(self, form: Form, **values: str) -> str:
        """Send the form and read what follows."""
        answer = Client().post(_path(form.action), {**form.fields, **values}, follow=True)
        assert answer.status_code in {200, 303}, (form.action, answer.status_code)
        return answer.text


def _path(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def form_to(html: str, part: str) -> Form:
    """The first posted form whose action has `part` in it."""
    return next(form for form in forms_of(html) if form.method == "post" and part in form.action)


def mail_of(sink: Sink, to: str, words: str, *, since: int = 0) -> EmailMessage:
    """The first mail to the address with these words in its subject."""

    def found() -> list[EmailMessage]:
        return [mail for mail in sink.messages[since:] if mail["To"] == to and words in str(mail["Subject"])]

    wait_until(lambda: bool(found()), seconds=60, what=f"“{words}” to {to}")
    return found()[0]


def let_undo_time_pass() -> None:
    """Decisions are told two minutes later; a test does not wait that long."""
    for letter in Letter.objects.filter(state=Letter.State.WAITING):
        letter.next_try_at -= letters.UNDO_TIME
        letter.save()
    sweep_letters()


def write(reader: Reader, address: str, *, name: str, email: str, text: str, **more: str) -> str:
    form = form_with(reader.page(address), "textarea")
    return reader.press(form, text=text, name=name, email=email, **more)


def is_held(**which: Any) -> bool:
    return Comment.objects.held().filter(**which).exists()


@pytest.fixture
def with_an_address(moderator: User) -> User:
    moderator.email = "mod@example.org"
    moderator.save()
    return moderator


def test_a_comment_from_its_first_word_to_its_erasure(start_worker: Starter, sink: Sink, with_an_address: User) -> None:
    article = ArticlePageFactory(title="Cold mornings")
    start_worker()
    ada, ben, desk = Reader(), Reader(), Client()
    desk.force_login(with_an_address)
    status = _writes_and_changes(ada, article)
    _proves_the_address(ada, sink)
    _is_approved_from_the_mail(sink)
    assert f"{WORDS} And wool." in ada.page(article.url)
    let_undo_time_pass()
    first = Comment.objects.get(author_name="Ada")
    assert links_of(mail_of(sink, "ada@example.org", "published"), f"/comments/go/{first.pk}/")
    reply = _is_answered(ben, desk, first)
    _ends_letters_about_answers(sink, first)
    _is_reported_and_taken_down(ada, desk, reply)
    assert "Wool for me too." not in ben.page(article.url)
    ada.press(form_to(ada.page(_status_of(status)), "/take-back/"))
    assert WORDS not in ada.page(article.url)
    _erases_everything(ben, sink)


def _writes_and_changes(ada: Reader, article: Any) -> str:
    """Held, shown on its private page only, changed within the window and judged anew."""
    status = write(ada, article.url, name="Ada", email="ada@example.org", text=WORDS, wants_replies="on")
    assert "waiting for a moderator" in status
    assert WORDS in status
    wait_until(lambda: is_held(author_name="Ada"), seconds=90, what="the judgement")
    assert WORDS not in ada.page(article.url)
    edit = form_to(ada.page(f"{_status_of(status)}edit/"), "/edit/")
    ada.press(edit, text=f"{WORDS} And wool.")
    wait_until(lambda: is_held(author_name="Ada", version=2), seconds=30, what="the second judgement")
    return status


def _proves_the_address(ada: Reader, sink: Sink) -> None:
    (prove,) = links_of(mail_of(sink, "ada@example.org", ""), "/comments/prove/")
    page = ada.page(prove)
    assert Commenter.objects.get(mailbox="ada@example.org").proven_at is None
    ada.press(Form(prove, "post"), **_pressed(page, "Yes"))
    assert Commenter.objects.get(mailbox="ada@example.org").proven_at is not None


def _pressed(page: str, label: str) -> dict[str, str]:
    """Name and value of the button with that label, as a browser sends them."""
    found = re.search(rf"<button([^>]*)>\s*(?:<[^>]+>\s*)*{label}", page)
    assert found, label
    name, value = (re.search(rf'{what}="([^"]*)"', found[1]) for what in ("name", "value"))
    return {name[1]: value[1] if value else ""} if name else {}


def _is_approved_from_the_mail(sink: Sink) -> None:
    """Looking changes nothing, one press does, and nobody logs in."""
    tell_moderators()
    let_undo_time_pass()
    approve = links_of(mail_of(sink, "mod@example.org", "comment"), "/comments/decide/")[0]
    Reader().page(approve)
    assert is_held(author_name="Ada")
    Reader().press(Form(approve, "post"))


def _is_answered(ben: Reader, desk: Client, first: Comment) -> Comment:
    """By another reader; approved at the desk."""
    write(ben, f"{first.article.url}?reply={first.pk}", name="Ben", email="ben@example.org", text="Wool for me too.")
    wait_until(lambda: is_held(author_name="Ben"), seconds=30, what="the judgement of the answer")
    reply = Comment.objects.get(author_name="Ben")
    assert (reply.parent, reply.answers) == (first, first)
    desk.post(f"/admin/comments/{reply.pk}/approve/", {"seen": reply.mark})
    let_undo_time_pass()
    return reply


def _ends_letters_about_answers(sink: Sink, first: Comment) -> None:
    """She was told because she asked for it; one press of her mail program ends it."""
    told = mail_of(sink, "ada@example.org", "answer")
    (stop,) = re.findall(r"<(http[^>]+)>", told["List-Unsubscribe"])
    assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert Client().post(_path(stop), {"List-Unsubscribe": "One-Click"}).status_code == 200
    first.refresh_from_db()
    assert not first.wants_replies or first.commenter.stopped_at


def _is_reported_and_taken_down(ada: Reader, desk: Client, reply: Comment) -> None:
    page = ada.page(f"/comments/report/{reply.pk}/")
    ada.press(form_to(page, "/comments/report/"), reason=CommentReport.Reason.WRONG, words="Wool itches.")
    assert list(Comment.objects.reported()) == [reply]
    reply.refresh_from_db()
    desk.post(f"/admin/comments/{reply.pk}/refuse/", {"seen": reply.mark, "own_words": "It is not so."})
    assert CommentReport.objects.get().state == CommentReport.State.UPHELD


def _erases_everything(ben: Reader, sink: Sink) -> None:
    """By a link to the address, which lists all that there is."""
    ben.press(form_to(ben.page("/comments/mine/"), "/comments/mine/"), email="ben@example.org")
    let_undo_time_pass()  # only the minute sweep sends this letter, and no beat runs here
    (mine,) = links_of(mail_of(sink, "ben@example.org", "comments"), "/comments/mine/")
    assert "Wool for me too." in ben.page(mine)
    erase = f"{_path(mine)}erase/"
    assert "Erase everything" in ben.page(erase)
    assert Comment.objects.filter(text__contains="Wool for me").exists()
    ben.press(Form(erase, "post"))
    assert not Commenter.objects.filter(mailbox="ben@example.org").exists()
    assert not Comment.objects.filter(text__contains="Wool for me").exists()


def _status_of(html: str) -> str:
    """The private address that a state page is at, from its own form."""
    return form_to(html, "/take-back/").action.removesuffix("take-back/")
