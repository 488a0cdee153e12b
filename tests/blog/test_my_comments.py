"""Everything from one mailbox: asked for without an account, listed, taken along, erased."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from blog.actions import comments
from blog.actions.commenters import stop_letters
from blog.actions.own_comments import erase_commenter, export_commenter
from blog.commenting.links import MINE_HOURS, SKEW, Purpose, make_own_token, own_url
from blog.models import AkismetCheck, Comment, Commenter, CommentReport
from guard.addresses import fingerprint
from guard.forms import make_token
from letters.models import Letter
from tests.factories import ArticlePageFactory, CommentFactory
from users.models import User

pytestmark = pytest.mark.django_db
STATES = ["pending", "held", "published", "refused", "spam", "withdrawn"]


@pytest.fixture
def joan() -> Any:
    return CommentFactory(email="Joan@example.com", author_name="Joan W.", text="Walking helps me.").commenter


def ask(email: str, client: Client | None = None, **fields: str) -> Any:
    words = {"email": email, "website": "", "form_token": make_token("my-comments"), **fields}
    return (client or Client(enforce_csrf_checks=True)).post(reverse("blog:my_comments"), words)


def path_of(commenter: Commenter, name: str = "list_my_comments") -> str:
    return reverse(f"blog:{name}", args=[make_own_token(Purpose.MINE, commenter)])


def test_who_has_written_here_gets_a_link(joan: Any, client: Client) -> None:
    answer = ask(" JOAN@Example.com ", client)
    assert answer.status_code == 303
    assert "Now look in your inbox" in client.get(answer.url, follow=True).text
    letter = Letter.objects.get()
    assert (letter.kind, letter.to) == ("my_comments", "joan@example.com")
    assert f"{own_url(Purpose.MINE, joan)[:40]}" in letter.text


def test_the_answer_is_the_same_bytes_whoever_is_asked_for(joan: Any) -> None:
    stopped = CommentFactory(email="stopped@example.com").commenter
    stop_letters(stopped)
    Commenter.objects.create(key=fingerprint("empty@example.com"), mailbox="empty@example.com")
    answers = [
        ask(email, **fields)
        for email, fields in [
            ("joan@example.com", {}),
            ("joan@example.com", {}),  # within the limit
            ("stopped@example.com", {}),
            ("empty@example.com", {}),
            ("nobody@example.com", {}),
            ("joan@example.com", {"website": "a robot"}),
        ]
    ]
    assert (
        len({(answer.status_code, answer["Location"], answer.content, answer.cookies.output()) for answer in answers})
        == 1
    )
    assert [letter.to for letter in Letter.objects.all()] == ["joan@example.com"]


def test_one_inbox_gets_three_letters_a_day(joan: Any) -> None:
    start = timezone.now()
    for number in range(100):
        with time_machine.travel(start + timedelta(minutes=10 * number), tick=False):
            ask("joan@example.com")
    assert Letter.objects.count() == 3


def test_who_stopped_all_letters_gets_the_link_from_the_page_behind_their_own_letters_alone(joan: Any) -> None:
    stop_letters(joan)
    ask("joan@example.com")  # anybody can type that
    assert not Letter.objects.exists()
    client, page = Client(enforce_csrf_checks=True), urlsplit(own_url(Purpose.STOP, joan)).path
    assert "Send me the link to my comments" in client.get(page).text
    with time_machine.travel(timezone.now() + timedelta(minutes=11), tick=False):
        answer = client.post(page, {"act": "mine"})
        assert (answer.status_code, answer.url) == (303, reverse("blog:my_comments_sent"))
        client.post(page, {"act": "mine"})  # within the limit of that mailbox
    letter = Letter.objects.get()
    assert (letter.kind, letter.to) == ("my_comments", "joan@example.com")
    assert Commenter.objects.get(pk=joan.pk).stopped_at
    erase_commenter(joan)
    client.post(page, {"act": "mine"})
    assert "Send me the link" not in client.get(page).text
    assert not Letter.objects.exists()


def test_one_network_asks_for_some_addresses_and_no_more(joan: Any, settings: Any) -> None:
    client = Client(REMOTE_ADDR="81.2.69.142")
    codes = [ask(f"a{number}@example.com", client).status_code for number in range(12)]
    assert codes == [303] * 10 + [429] * 2


@pytest.mark.parametrize("email", ["", "x", "a@b", "joan@example.com\n\nBcc: x@y.example", "\u202ejoan@example.com"])
def test_what_is_no_address_is_sent_back(email: str) -> None:
    answer = ask(email)
    assert answer.status_code == 422
    assert "email address" in answer.text
    assert not Letter.objects.exists()


def test_other_sites_cannot_send_the_form(joan: Any) -> None:
    client = Client(headers={"sec-fetch-site": "cross-site"})
    assert ask("joan@example.com", client).status_code == 403


def test_the_link_lists_every_comment_with_its_state(joan: Any, client: Client) -> None:
    for state in STATES:
        CommentFactory(email="joan@example.com", state=state, text=f"I am {state} <b>here</b>.")
    CommentFactory(email="tom@example.com", text="Somebody else's.")
    page = client.get(path_of(joan))
    for state in STATES:
        assert f"I am {state} &lt;b&gt;here&lt;/b&gt;." in page.text
    assert "Somebody else's" not in page.text
    assert page["Cache-Control"] == "no-store"
    assert page.text.count("waiting for a moderator") == 3


@pytest.mark.parametrize("name", ["list_my_comments", "download_my_comments", "erase_my_comments"])
def test_after_a_day_the_link_is_too_old(joan: Any, client: Client, name: str) -> None:
    path, life = path_of(joan, name), timedelta(hours=MINE_HOURS) + SKEW
    with time_machine.travel(timezone.now() + life - timedelta(seconds=2), tick=False):
        assert client.get(path).status_code == 200
    with time_machine.travel(timezone.now() + life + timedelta(seconds=2), tick=False):
        assert client.get(path).status_code == 410
        client.post(path)
    assert Comment.objects.count() == 1


def test_a_comment_in_the_list_can_be_claimed(joan: Any) -> None:
    other = CommentFactory(email="tom@example.com")
    client = Client(enforce_csrf_checks=True)
    own = joan.comments.get()
    for key in (str(own.pk), str(other.pk), "x", "9" * 30, ""):
        assert client.post(path_of(joan), {"prove": key}).status_code == 303
    own.refresh_from_db()
    other.refresh_from_db()
    assert own.proven_at
    assert other.proven_at is None


def test_everything_that_is_kept_can_be_taken_along(joan: Any, client: Client, moderator: User) -> None:
    own = joan.comments.get()
    Comment.objects.filter(pk=own.pk).update(ip="81.2.69.142", user_agent="Firefox", proven_at=timezone.now())
    CommentFactory(email="joan@example.com", ip="81.2.69.143", text="By whoever typed the address.")
    AkismetCheck.objects.create(comment=own, values={"comment_content": "Walking helps me."}, answer="ham")
    comments.refuse_comment(own, by=moderator, reason="It names a person.")
    answer = client.get(path_of(joan, "download_my_comments"))
    assert answer["Content-Disposition"].startswith("attachment;")
    found = json.loads(answer.content)
    assert found == json.loads(json.dumps(export_commenter(joan)))
    assert found["address"] == "joan@example.com"
    first, second = found["comments"]
    assert (first["text"], first["network_address"]) == ("Walking helps me.", "81.2.69.142")
    assert first["asked_of_akismet"][0]["sent"] == {"comment_content": "Walking helps me."}
    assert first["reason_of_refusal"] == "It names a person."
    assert second["network_address"] is None
    assert [letter["to"] for letter in found["letters"]] == ["Joan@example.com"]


def test_every_field_of_a_comment_is_in_the_copy_or_left_out_for_a_reason(joan: Any) -> None:
    """A field that is added later must be thought of."""
    left_out = {
        *("id", "parent", "answers", "commenter", "staff", "version", "verdict", "learnt_as", "original_until"),
        *("told_at", "decided_by", "refused_for"),
    }
    exported = {
        *("article", "author_name", "email", "text", "wants_replies", "proven_at", "edited_at", "state", "score"),
        *("personal_data", "crisis", "reasons", "refusal_reason", "original_text", "helpful_count", "created_at"),
        *("judged_at", "decided_at", "ip", "user_agent"),
    }
    fields = {field.name for field in Comment._meta.concrete_fields}
    assert fields == left_out | exported


def test_erasing_needs_a_second_press(joan: Any, client: Client) -> None:
    answered = joan.comments.get()
    CommentFactory(article=answered.article, parent=answered, email="tom@example.com")
    for _ in range(2):
        page = client.get(path_of(joan, "erase_my_comments"))
        client.head(path_of(joan, "erase_my_comments"))
    assert "Others have answered one of them" in page.text
    assert Comment.objects.filter(commenter=joan).exists()
    answer = Client(enforce_csrf_checks=True).post(path_of(joan, "erase_my_comments"))
    assert "Everything is erased" in answer.text
    assert not Commenter.objects.filter(pk=joan.pk).exists()


def test_what_is_erased_stands_nowhere_and_others_answers_stay(joan: Any, moderator: User, client: Client) -> None:
    began = joan.comments.get()
    Comment.objects.filter(pk=began.pk).update(state="held", ip="81.2.69.142", original_text="Walking helps me, Ann.")
    began.refresh_from_db()
    AkismetCheck.objects.create(comment=began, values={"comment_author": "Joan W."})
    CommentReport.objects.create(comment=began, reason="other", words="Joan W. again")
    comments.refuse_comment(began, by=moderator, reason="Joan names Ann.")
    Letter.objects.update(state=Letter.State.HANDED_OVER)
    kept = Letter.objects.create(kind="welcome", to="joan@newsletter.example")
    comments.approve_comment(began, by=moderator)
    theirs = CommentFactory(article=began.article, parent=began, author_name="Tom", text="It helps me too.")
    mine = CommentFactory(article=began.article, parent=began, answers=theirs, email="joan@example.com", text="Good!")
    alone = CommentFactory(email="joan@example.com", text="Alone.")
    assert erase_commenter(joan) == 3
    assert not Comment.objects.filter(pk__in=[mine.pk, alone.pk]).exists()
    began.refresh_from_db()
    assert (began.state, began.text, began.author_name, began.email) == ("withdrawn", "", "", "")
    assert (began.commenter, began.ip, began.original_text) == (None, None, "")
    assert list(Letter.objects.all()) == [kept]
    page = client.get(began.article.url).text
    assert "It helps me too." in page
    for words in ("Walking helps me", "Joan W.", "joan@example.com", "Joan names Ann"):
        assert words not in page
        assert words not in _whole_database(), words


def _whole_database() -> str:
    models: list[Any] = [Comment, Commenter, CommentReport, AkismetCheck, ModelLogEntry, Letter]
    return "\n".join(str(list(model.objects.values())) for model in models).replace("Joan@", "joan@")


def test_a_wish_for_no_letters_outlives_the_erasure(joan: Any, client: Client) -> None:
    stop_letters(joan)
    link = path_of(joan)
    erase_commenter(Commenter.objects.get(pk=joan.pk))
    kept = Commenter.objects.get()
    assert (kept.mailbox, kept.proven_at) == ("", None)
    assert kept.key == fingerprint("joan@example.com")
    assert client.get(link).status_code == 404
    ask("joan@example.com")
    assert not Letter.objects.exists()


def test_the_state_page_of_an_erased_comment_says_so(joan: Any, client: Client) -> None:
    from blog.commenting.links import status_path

    began = joan.comments.get()
    CommentFactory(article=began.article, parent=began, email="tom@example.com")
    erase_commenter(joan)
    assert "Your comment was erased" in client.get(status_path(began)).text


def test_all_devices_and_links_can_be_made_worthless(joan: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    path = path_of(joan)
    assert "All devices are forgotten" in client.post(path_of(joan, "forget_my_devices")).text
    assert client.get(path).status_code == 404


def test_listing_asks_the_database_as_often_for_many_as_for_one(
    joan: Any, client: Client, django_assert_max_num_queries: Any
) -> None:
    article = ArticlePageFactory()
    for number in range(40):
        CommentFactory(email="joan@example.com", article=article, text=f"No. {number}")
    client.get(path_of(joan))
    with django_assert_max_num_queries(20):
        client.get(path_of(joan))


def test_the_way_to_the_list_stands_in_letters_and_on_the_state_page(
    joan: Any, client: Client, moderator: User
) -> None:
    from blog.commenting.links import status_path

    own = joan.comments.get()
    assert reverse("blog:my_comments") in client.get(status_path(own)).text
    comments.refuse_comment(own, by=moderator, reason="No.")
    assert "http://testserver/comments/mine/" in Letter.objects.get().text
    assert urlsplit("http://testserver/comments/mine/").path == reverse("blog:my_comments")
