"""Our own people answer readers from the desk, under their name and with their mark."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from blog.actions.comments import Seen
from blog.actions.staff_replies import answer_comment
from blog.errors import AnswerRefusedError, CommentMovedError
from blog.models import Comment, SavedReply
from letters.models import Letter
from tests.factories import ArticlePageFactory, AuthorPageFactory, CommentFactory
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def nurse(moderator: User) -> Any:
    return AuthorPageFactory(title="Nurse Nell", user=moderator)


@pytest.fixture
def held() -> Any:
    return CommentFactory(article=ArticlePageFactory(), state="held", text="How long?", author_name="Ada")


@pytest.fixture
def desk(client: Client, moderator: User) -> Client:
    client.force_login(moderator)
    return client


def post(desk: Client, comment: Comment, **data: Any) -> Any:
    return desk.post(reverse("comments:answer", args=[comment.pk]), {"seen": comment.mark, **data}, follow=True)


@pytest.mark.usefixtures("nurse")
def test_one_press_approves_and_answers(desk: Client, held: Comment) -> None:
    answer = post(desk, held, text="Four weeks, as a rule.")
    assert "Your answer to Ada is published" in answer.text
    held.refresh_from_db()
    assert held.state == "published"
    page = Client().get(held.article.url).text
    assert "Four weeks, as a rule." in page
    assert "Nurse Nell" in page
    assert page.index("How long?") < page.index("Four weeks")


def test_the_answer_joins_the_thread_and_is_its_authors(nurse: Any, moderator: User, held: Comment) -> None:
    first = CommentFactory(article=held.article)
    reply = CommentFactory(article=held.article, parent=first, answers=first)
    answer = answer_comment(reply, text="Yes.", by=moderator, seen=Seen.read(reply.mark))
    assert (answer.parent, answer.answers, answer.staff) == (first, reply, nurse)
    assert (answer.state, answer.decided_by, answer.email) == ("published", moderator, "")


@pytest.mark.usefixtures("nurse")
def test_the_writer_is_written_to_who_asked_for_it(moderator: User, held: Comment) -> None:
    Comment.objects.filter(pk=held.pk).update(wants_replies=True, proven_at=held.created_at)
    held.refresh_from_db()
    answer_comment(held, text="Four weeks.", by=moderator, seen=Seen.read(held.mark))
    assert list(Letter.objects.filter(kind="comment_reply").values_list("to", flat=True)) == [held.email]


def test_who_has_no_profile_is_told_how_to_get_one(desk: Client, held: Comment) -> None:
    assert "you need a profile of your own" in desk.get(reverse("comments:answer", args=[held.pk])).text
    assert post(desk, held, text="Hello.").status_code == 422
    held.refresh_from_db()
    assert (held.state, Comment.objects.count()) == ("held", 1)


@pytest.mark.usefixtures("nurse")
@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_an_answer_must_say_something_and_not_too_much(desk: Client, held: Comment, text: str) -> None:
    assert post(desk, held, text=text).status_code == 422
    assert Comment.objects.count() == 1
    held.refresh_from_db()
    assert held.state == "held"


@pytest.mark.usefixtures("nurse")
def test_words_that_changed_meanwhile_are_not_answered(desk: Client, held: Comment, moderator: User) -> None:
    seen = Seen.read(held.mark)
    Comment.objects.filter(pk=held.pk).update(version=2, text="Another question.")
    with pytest.raises(CommentMovedError):
        answer_comment(held, text="Four weeks.", by=moderator, seen=seen)
    answer = post(desk, held, text="Four weeks.")
    assert answer.status_code == 422
    assert "Four weeks." in answer.text
    assert Comment.objects.count() == 1


@pytest.mark.usefixtures("nurse")
def test_a_refused_comment_is_not_answered(moderator: User) -> None:
    refused = CommentFactory(state="refused")
    with pytest.raises(CommentMovedError):
        answer_comment(refused, text="No.", by=moderator, seen=Seen.read(refused.mark))


def test_nobody_answers_under_anothers_name(nurse: Any, editor: User, held: Comment) -> None:
    with pytest.raises(AnswerRefusedError):
        answer_comment(held, text="Hello.", by=editor, seen=Seen.read(held.mark))


@pytest.mark.usefixtures("nurse")
def test_a_saved_reply_begins_the_answer(desk: Client, held: Comment) -> None:
    saved = SavedReply.objects.create(title="Ask a pharmacist", text="Please ask <your> pharmacist.")
    address = reverse("comments:answer", args=[held.pk])
    assert "Ask a pharmacist" in desk.get(address).text
    assert "Please ask &lt;your&gt; pharmacist." in desk.get(address, {"saved": str(saved.pk)}).text
    assert desk.get(address, {"saved": "9" * 30}).status_code == 200


@pytest.mark.usefixtures("nurse")
def test_looking_publishes_nothing(desk: Client, held: Comment) -> None:
    desk.get(reverse("comments:answer", args=[held.pk]))
    held.refresh_from_db()
    assert held.state == "held"
