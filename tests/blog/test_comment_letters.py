"""What the writer of a comment is told: each decision once, whole, and with no harm to others."""

import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from wagtail.models import Site

from blog.actions import comments
from blog.commenting import letters
from blog.commenting.links import status_path
from blog.errors import CommentMovedError
from blog.models import Comment
from home.models import SiteSettings
from letters.actions import hand_over_letter, release_lost_letters
from letters.models import Letter
from tests.factories import AuthorPageFactory, CommentFactory
from tests.fakes.smtp import Sink
from users.models import User

pytestmark = pytest.mark.django_db
REASON = "It advertises something."


@pytest.fixture
def held() -> Any:
    return CommentFactory(
        state="held",
        author_name="O'Neil & <b>Son</b>",
        email="joan@example.com",
        text="Walking <i>helps</i>\n\nme & her.",
    )


def kinds() -> list[str]:
    return list(Letter.objects.order_by("pk").values_list("kind", flat=True))


def send_all_later() -> None:
    """What the worker does when the time in which a decision can be taken back is over."""
    with time_machine.travel(timezone.now() + letters.UNDO_TIME, tick=False):
        for pk in release_lost_letters():
            hand_over_letter(pk)


def test_who_is_published_is_told_where_and_how_to_take_it_back(held: Any, moderator: User, client: Client) -> None:
    comments.approve_comment(held, by=moderator)
    letter = Letter.objects.get()
    assert (letter.kind, letter.to) == ("comment_published", "joan@example.com")
    assert held.article.title in letter.subject
    for part in (letter.text, letter.html):
        assert f"http://testserver/comments/go/{held.pk}/" in part
        assert f"http://testserver{status_path(held)}" in part
        assert "wrote a comment on" in part
        assert "Leave the list" not in part
    assert client.get(f"/comments/go/{held.pk}/")["Location"] == f"{held.article.url}#comment-{held.pk}"
    assert "Take my comment back" in client.get(status_path(held)).text


def test_who_is_refused_is_told_why_and_what_can_be_done(held: Any, moderator: User) -> None:
    settings = SiteSettings.for_site(Site.objects.get(is_default_site=True))
    settings.contact_email = "post@meadowsweet.example"
    settings.save()
    comments.refuse_comment(held, by=moderator, reason="It names <her> & him.")
    letter = Letter.objects.get()
    assert letter.kind == "comment_refused"
    assert "It names <her> & him." in letter.text
    assert "It names &lt;her&gt; &amp; him." in letter.html
    for part in (letter.text, letter.html):
        assert f"http://testserver{held.article.url}#comment-form" in part
        assert f"http://testserver{status_path(held)}" in part
        assert "post@meadowsweet.example" in part


@pytest.mark.parametrize("decision", ["approve", "refuse"])
def test_both_parts_are_whole_and_the_readers_words_stay_text(held: Any, moderator: User, decision: str) -> None:
    if decision == "approve":
        comments.approve_comment(held, by=moderator)
    else:
        comments.refuse_comment(held, by=moderator, reason=REASON)
    letter = Letter.objects.get()
    for part in (letter.subject, letter.text, letter.html):
        assert part.strip()
        assert not re.search(r"\{\{|\}\}|\{%|None|False", part)
    assert "Walking <i>helps</i> me & her." in letter.text
    assert "Walking &lt;i&gt;helps&lt;/i&gt; me &amp; her." in letter.html
    assert "Hello O&#x27;Neil &amp; &lt;b&gt;Son&lt;/b&gt;" in letter.html
    assert all(link.startswith("http://testserver/") for link in re.findall(r'href="([^"]+)"', letter.html))


def test_a_letter_carries_no_link_of_the_writers_to_an_address_that_may_be_anybodys(held: Any, moderator: User) -> None:
    Comment.objects.filter(pk=held.pk).update(
        author_name="Win at pills.example",
        text=f"Buy at https://pills.example/x or mail a@pills.example. {'Yes. ' * 90}",
    )
    comments.refuse_comment(held, by=moderator, reason=REASON)
    letter = Letter.objects.get()
    assert "pills" not in letter.subject + letter.text + letter.html
    assert letter.text.count("Yes.") < 30


def test_a_second_thought_sends_no_second_letter_of_a_kind(held: Any, moderator: User, sink: Sink) -> None:
    comments.approve_comment(held, by=moderator)
    send_all_later()
    comments.hold_comment(held, by=moderator)
    comments.approve_comment(held, by=moderator)
    assert kinds() == ["comment_published"]
    comments.refuse_comment(held, by=moderator, reason=REASON)
    assert kinds() == ["comment_published", "comment_refused"]
    assert "taken it down" in Letter.objects.get(kind="comment_refused").text
    send_all_later()
    comments.approve_comment(held, by=moderator)
    comments.refuse_comment(held, by=moderator, reason="Another.")
    assert kinds() == ["comment_published", "comment_refused"]
    assert sink.recipients == {"joan@example.com": 2}


def test_a_decision_that_is_taken_back_at_once_is_told_to_nobody(held: Any, moderator: User) -> None:
    comments.approve_comment(held, by=moderator)
    assert release_lost_letters() == []
    comments.hold_comment(held, by=moderator)
    assert kinds() == []
    comments.refuse_comment(held, by=moderator, reason=REASON)
    assert "taken it down" not in Letter.objects.get().text


def test_who_decides_second_sends_no_letter(held: Any, moderator: User, editor: User) -> None:
    as_the_editor_saw_it = Comment.objects.get(pk=held.pk)
    comments.approve_comment(held, by=moderator)
    with pytest.raises(CommentMovedError):
        comments.refuse_comment(as_the_editor_saw_it, by=editor, reason=REASON)
    assert kinds() == ["comment_published"]


def test_spam_holding_and_taking_back_are_told_to_nobody(held: Any, moderator: User) -> None:
    comments.mark_comment_as_spam(held, by=moderator)
    comments.hold_comment(held, by=moderator)
    comments.withdraw_comment(held)
    assert kinds() == []


@pytest.mark.parametrize("own", ["staff", "without an address"])
def test_nobody_is_written_to_who_is_ours_or_gave_no_address(held: Any, moderator: User, own: str) -> None:
    if own == "staff":
        held.staff = AuthorPageFactory()
    else:
        held.email = ""
    held.save()
    comments.approve_comment(held, by=moderator)
    assert kinds() == []


def test_nobody_is_sent_to_an_article_that_is_away(held: Any, moderator: User) -> None:
    held.article.unpublish()
    held.refresh_from_db()
    comments.approve_comment(held, by=moderator)
    assert kinds() == []
    comments.refuse_comment(held, by=moderator, reason=REASON)
    assert "#comment-form" not in Letter.objects.get().text


def test_the_text_of_a_letter_is_wiped_once_it_is_handed_over(held: Any, moderator: User, sink: Sink) -> None:
    comments.refuse_comment(held, by=moderator, reason=REASON)
    letter = Letter.objects.get()
    assert not hand_over_letter(letter.pk)
    send_all_later()
    letter.refresh_from_db()
    assert (letter.text, letter.html) == ("", "")
    assert sink.recipients == {"joan@example.com": 1}
