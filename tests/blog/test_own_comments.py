"""What a writer sees of their own comment, and how they change it in the first minutes."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry, Site

from blog.actions import comments
from blog.actions.editing import MOST_EDITS, edit_comment
from blog.actions.judging import judge_comment
from blog.commenting.links import make_status_token, status_path
from blog.errors import CommentMovedError, TooLateError
from blog.models import Comment, CommentSettings, Helpline, LearntWord
from letters.models import Letter
from pagecache.changes import is_marked
from tests.factories import AuthorPageFactory, CommentFactory
from users.models import User

pytestmark = pytest.mark.django_db


def edit_path(comment: Comment) -> str:
    return reverse("blog:edit_comment", args=[make_status_token(comment)])


def send(comment: Comment, text: str, **fields: Any) -> Any:
    client = Client(enforce_csrf_checks=True)
    return client.post(edit_path(comment), {"text": text, "version": comment.version, **fields})


def test_a_comment_that_was_published_before_is_said_to_be_taken_down(client: Client, moderator: User) -> None:
    comment = CommentFactory(state="held")
    comments.approve_comment(comment, by=moderator)
    comments.refuse_comment(comment, by=moderator, reason="It names a person.")
    page = client.get(status_path(comment)).text
    assert "We have taken your comment down" in page
    assert "It names a person." in page
    comments.hold_comment(comment, by=moderator)
    assert "waiting for a moderator" in client.get(status_path(comment)).text


def test_a_comment_that_nobody_saw_is_said_to_be_not_published(client: Client, moderator: User) -> None:
    comment = CommentFactory(state="held")
    comments.refuse_comment(comment, by=moderator, reason="It names a person.")
    assert "We did not publish your comment" in client.get(status_path(comment)).text


def test_helplines_stand_on_top_where_life_may_be_in_danger(client: Client) -> None:
    Helpline.objects.create(name="A listening ear", country="UK", number="116 999")
    page = client.get(status_path(CommentFactory(state="pending", crisis=True))).text
    assert page.index("116 999") < page.index("<h1>")
    assert "116 999" not in client.get(status_path(CommentFactory(state="pending"))).text


@pytest.mark.parametrize("state", ["pending", "held", "refused", "spam", "withdrawn"])
def test_links_can_be_pressed_only_where_readers_see_the_comment(client: Client, moderator: User, state: str) -> None:
    words = "See [the *leaflet*](https://walks.example/one) and https://walks.example/two\n\n- <b>one</b>"
    comment = CommentFactory(state=state, text=words)
    pages = [client.get(status_path(comment)).text]
    client.force_login(moderator)
    pages += [client.get(reverse("comments:answer", args=[comment.pk])).text] if state in {"pending", "held"} else []
    for page in pages:
        assert 'href="https://walks.example' not in page
        assert "the <em>leaflet</em> (walks.example) and https://walks.example/two" in page
        assert "<li>&lt;b&gt;one" in page
    Comment.objects.update(state="published")
    assert page_links(client.get(status_path(comment)).text) == ["one", "two"]


def page_links(page: str) -> list[str]:
    return re.findall(r'href="https://walks\.example/(\w+)"', page)


def test_within_the_window_the_words_can_be_changed_and_are_judged_anew(client: Client) -> None:
    comment = CommentFactory(state="held", text="One walk a day.", reasons=[{"code": "link", "words": "Holds a link"}])
    assert "You can change it until" in client.get(status_path(comment)).text
    page = client.get(edit_path(comment))
    assert "One walk a day." in page.text
    assert page["Cache-Control"] == "no-store"
    assert send(comment, "Two walks a day.").status_code == 303
    comment.refresh_from_db()
    assert (comment.text, comment.version, comment.state, comment.reasons) == ("Two walks a day.", 2, "pending", [])
    assert comment.edited_at
    judge_comment(comment.pk)
    comment.refresh_from_db()
    assert comment.state == "held"
    assert ModelLogEntry.objects.get().action == "comment.edit"


def test_opening_the_form_changes_nothing(client: Client) -> None:
    comment = CommentFactory(state="held")
    before = Comment.objects.values().get()
    client.get(edit_path(comment))
    client.head(edit_path(comment))
    assert Comment.objects.values().get() == before


def test_a_published_comment_says_so_before_and_leaves_the_page_until_it_is_seen(
    client: Client, moderator: User
) -> None:
    comment = CommentFactory(state="held", text="One walk a day.")
    comments.approve_comment(comment, by=moderator)
    assert "leaves the page until a moderator has read" in client.get(edit_path(comment)).text
    connection.run_on_commit.clear()
    send(comment, "Two walks a day.")
    assert is_marked()
    comment.refresh_from_db()
    assert (comment.state, comment.decided_by, comment.decided_at) == ("pending", None, None)
    page = client.get(comment.article.url).text
    assert "One walk a day." not in page
    assert "Two walks a day." not in page
    assert not Letter.objects.filter(kind="comment_published").exists()
    with pytest.raises(CommentMovedError):  # the moderator had the old words before the eyes
        comments.approve_comment(Comment(pk=comment.pk, state="pending", version=1), by=moderator)


def test_the_same_words_change_nothing() -> None:
    comment = CommentFactory(state="published", text="One walk a day.")
    assert send(comment, "One walk a day.").status_code == 303
    comment.refresh_from_db()
    assert (comment.state, comment.version) == ("published", 1)


def test_after_the_window_the_words_are_kept_and_given_back(client: Client, home: Any) -> None:
    CommentSettings.objects.create(site=Site.objects.get(), edit_minutes=5)
    comment = CommentFactory(state="published", text="One walk a day.")
    with time_machine.travel(comment.created_at + timedelta(minutes=5, seconds=1), tick=False):
        assert "You can change it until" not in client.get(status_path(comment)).text
        assert client.get(edit_path(comment))["Location"] == status_path(comment)
        late = send(comment, "Two <b>walks</b> a day.")
        assert late.status_code == 409
        assert "Two &lt;b&gt;walks&lt;/b&gt; a day." in late.text
        with pytest.raises(TooLateError):
            edit_comment(comment, text="Two.", seen_version=1)
    assert Comment.objects.get().text == "One walk a day."


def test_two_open_pages_do_not_overwrite_each_other() -> None:
    comment = CommentFactory(state="held", text="One walk a day.")
    assert send(comment, "Two walks a day.").status_code == 303
    second = send(comment, "Three walks a day.")
    assert second.status_code == 409
    assert "Three walks a day." in second.text
    assert Comment.objects.get().text == "Two walks a day."


@pytest.mark.parametrize("text", ["", " \n ", "x" * 8001])
def test_what_is_no_comment_is_sent_back_with_the_words(text: str) -> None:
    comment = CommentFactory(state="held", text="One walk a day.")
    answer = send(comment, text)
    assert answer.status_code == 422
    assert "needs your attention" in answer.text
    assert text.strip() in answer.text
    assert Comment.objects.get().text == "One walk a day."


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
def test_a_version_that_is_none_changes_nothing(version: str) -> None:
    comment = CommentFactory(state="held", text="One walk a day.")
    assert send(comment, "Two walks a day.", version=version).status_code in {409, 422}
    assert Comment.objects.get().text == "One walk a day."


@pytest.mark.parametrize("state", ["refused", "withdrawn"])
def test_what_is_decided_against_or_taken_back_cannot_be_changed(client: Client, state: str) -> None:
    comment = CommentFactory(state=state, text="One walk a day.")
    assert send(comment, "Two walks a day.").status_code == 409
    assert client.get(edit_path(comment)).status_code == 303
    assert Comment.objects.get().text == "One walk a day."


def test_to_its_writer_spam_can_be_changed_like_anything_that_waits() -> None:
    machine = CommentFactory(state="spam", text="Pills.", reasons=[{"code": "trap", "words": "Trap"}])
    person = CommentFactory(state="spam", text="Pills.", decided_at=timezone.now())
    for comment in (machine, person):
        assert send(comment, "Fewer pills.").status_code == 303
    assert list(Comment.objects.order_by("pk").values_list("state", "text")) == [
        ("pending", "Fewer pills."),
        ("spam", "Fewer pills."),
    ]
    assert [reason["code"] for reason in Comment.objects.get(pk=machine.pk).reasons] == ["trap"]


def test_nobody_changes_a_comment_without_end(client: Client) -> None:
    comment = CommentFactory(state="held", text="Walk 0.")
    for number in range(MOST_EDITS + 3):
        send(comment, f"Walk {number + 1}.")
        comment.refresh_from_db()
    assert comment.text == f"Walk {MOST_EDITS}."


def test_our_own_answers_are_not_changed_by_a_link() -> None:
    comment = CommentFactory(staff=AuthorPageFactory(), text="One walk a day.")
    assert send(comment, "Two walks a day.").status_code == 409


def test_personal_data_and_danger_are_looked_for_again() -> None:
    comment = CommentFactory(state="published", text="One walk a day.")
    send(comment, "Ring me on 0161 496 0123, I want to end my life tonight.")
    comment.refresh_from_db()
    assert comment.personal_data
    assert comment.crisis


def test_a_change_forgets_what_a_moderator_had_blanked(moderator: User) -> None:
    from blog.actions.redactions import blank_parts

    comment = CommentFactory(state="held", text="I am Joan Weir, and I walk.")
    blank_parts(comment, by=moderator, phrases=["Joan Weir"])
    assert "I am […], and I walk." in Client().get(edit_path(comment)).text
    comment.refresh_from_db()
    send(comment, "I walk.")
    comment.refresh_from_db()
    assert (comment.text, comment.original_text) == ("I walk.", "")


def test_a_comment_can_be_taken_back_after_it_was_changed(client: Client) -> None:
    comment = CommentFactory(state="held")
    send(comment, "Two walks a day.")
    client.post(reverse("blog:take_back_comment", args=[make_status_token(comment)]))
    comment.refresh_from_db()
    assert comment.state == "withdrawn"


def test_what_was_learnt_from_the_old_words_is_taken_back(moderator: User) -> None:
    comment = CommentFactory(state="held", text="Walking every morning has loosened my stiff old hips wonderfully.")
    comments.approve_comment(comment, by=moderator)
    learnt = LearntWord.objects.filter(ham__gt=0).count()
    assert learnt > 1
    send(comment, "Swimming instead.")
    assert not LearntWord.objects.filter(ham__gt=0).exists()
    comment.refresh_from_db()
    assert comment.learnt_as == ""
