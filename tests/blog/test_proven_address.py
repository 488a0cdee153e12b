"""An address is proven once, by a person who reads its letters; then it counts, and a device can stand for it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from blog.actions.commenters import ask_for_proof, find_commenter, forget_devices
from blog.actions.judging import judge_comment
from blog.actions.proving import disown_comment, prove_address
from blog.commenting.links import PROVE_DAYS, SKEW, Purpose, make_own_token, make_status_token
from blog.commenting.proof_cookie import NAME
from blog.models import Comment, Commenter
from guard.forms import make_token
from letters.models import Letter
from pagecache.changes import is_marked
from tests.factories import ArticlePageFactory, CommentFactory
from users.models import User

pytestmark = pytest.mark.django_db
ADVERT = "Cheap pills at https://pills.example/now and https://pills.example/2 and https://pills.example/3, buy!"


@pytest.fixture
def comment() -> Any:
    return CommentFactory(state="held", email="Joan@Example.com", text="Walking helps me.", author_name="Joan")


def path_of(comment: Comment, purpose: Purpose = Purpose.PROVE) -> str:
    assert comment.commenter
    token = make_own_token(purpose, comment.commenter, comment=comment.pk)
    return reverse("blog:prove_address", args=[token])


def strict() -> Client:
    """Refused as a browser would be where a token against forged requests is missing."""
    return Client(enforce_csrf_checks=True)


def press(comment: Comment, act: str, client: Client | None = None) -> Any:
    return (client or strict()).post(path_of(comment), {"act": act})


def post(client: Client, article: Any, **fields: str) -> Any:
    words = {"text": "Once more: walking.", "name": "Joan", "email": "joan@example.com", **fields}
    address = reverse("blog:post_comment", args=[article.pk])
    return client.post(address, {**words, "form_token": make_token("comment"), "website": ""})


def test_who_wrote_with_a_new_address_is_asked_once_the_check_is_done(client: Client) -> None:
    article = ArticlePageFactory()
    assert post(client, article).status_code == 303
    comment = Comment.objects.get()
    assert not Letter.objects.exists()
    for _ in range(2):
        judge_comment(comment.pk)
    letter = Letter.objects.get()
    assert (letter.kind, letter.to) == ("prove_address", "joan@example.com")
    assert "/comments/prove/" in letter.text
    assert "Is joan@example.com your address?" in client.get(f"/comments/{make_status_token(comment)}/").text


@pytest.mark.parametrize("trait", [{"text": ADVERT * 2}, {"website": "x"}])
def test_nobody_is_asked_because_of_spam(client: Client, trait: dict[str, str]) -> None:
    article = ArticlePageFactory()
    words = {"text": "Once more: walking.", "name": "Joan", "email": "victim@example.com", "website": "", **trait}
    client.post(
        reverse("blog:post_comment", args=[article.pk]), {**words, "form_token": make_token("comment"), "keep": "1"}
    )
    comment = Comment.objects.get()
    judge_comment(comment.pk)
    comment.refresh_from_db()
    assert comment.state == "spam"
    assert not Letter.objects.exists()


def test_a_letter_that_did_not_come_can_be_sent_again_within_the_limits(comment: Any) -> None:
    path = reverse("blog:send_proof_again", args=[make_status_token(comment)])
    assert strict().get(path).status_code == 405
    assert "A letter is on its way" in strict().post(path).text
    assert "cannot send another letter just now" in strict().post(path).text
    assert Letter.objects.count() == 1
    press(comment, "prove")
    assert "proven already" in strict().post(path).text


def test_the_letter_holds_not_a_word_of_what_was_typed(comment: Any) -> None:
    comment.author_name, comment.text = "Win at pills dot example", "Ring 0900 now"
    comment.save()
    assert ask_for_proof(comment)
    letter = Letter.objects.get()
    for part in (letter.subject, letter.text, letter.html):
        assert "pills" not in part
        assert "0900" not in part
    assert comment.article.title in letter.subject


def test_one_inbox_is_asked_at_most_once_in_ten_minutes_and_three_times_a_day() -> None:
    comments = [CommentFactory(state="held", email=f"joan+{n}@example.com", commenter=None) for n in range(40)]
    start = timezone.now()
    for number, one in enumerate(comments):
        one.commenter = find_commenter(one.email)
        with time_machine.travel(start + timedelta(minutes=5 * number), tick=False):
            ask_for_proof(one)
    assert Letter.objects.count() == 3
    sent = list(Letter.objects.order_by("created_at").values_list("created_at", flat=True))
    assert sent[1] - sent[0] >= timedelta(minutes=10)


def test_opening_the_link_changes_nothing_and_shows_the_comment(client: Client, comment: Any) -> None:
    before = list(Comment.objects.values()), list(Commenter.objects.values())
    for _ in range(3):
        page = client.get(path_of(comment))
        assert client.head(path_of(comment)).status_code == 200
    assert (list(Comment.objects.values()), list(Commenter.objects.values())) == before
    assert "Walking helps me." in page.text
    assert "Yes, I wrote this" in page.text
    assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store", "no-referrer")
    assert not page.cookies


def test_the_button_proves_the_address_and_the_comment_once(comment: Any) -> None:
    for _ in range(2):
        assert press(comment, "prove").status_code == 303
    comment.refresh_from_db()
    assert comment.proven_at
    assert comment.commenter.proven_at
    assert comment.state == "held"
    assert [entry.action for entry in ModelLogEntry.objects.all()] == ["comment.prove"]
    assert "We know now that it was you" in strict().get(path_of(comment)).text


def test_only_the_comment_of_the_link_is_proven(comment: Any) -> None:
    other = CommentFactory(state="held", email="joan@example.com")
    press(comment, "prove")
    other.refresh_from_db()
    assert other.commenter == comment.commenter
    assert other.proven_at is None


def test_a_late_link_explains_itself_and_brings_a_new_one(comment: Any) -> None:
    path, life = path_of(comment), timedelta(days=PROVE_DAYS) + SKEW
    with time_machine.travel(timezone.now() + life - timedelta(seconds=2), tick=False):
        assert strict().get(path).status_code == 200
    with time_machine.travel(timezone.now() + life + timedelta(seconds=2), tick=False):
        late = strict().get(path)
        assert late.status_code == 410
        assert "Send me a new link" in late.text
        assert strict().post(path, {"act": "prove"}).status_code == 410
        assert strict().post(path, {"act": "disown"}).status_code == 410
        assert not Letter.objects.exists()
        assert "A new link is on its way" in strict().post(path, {"act": "again"}).text
        assert "cannot send another letter" in strict().post(path, {"act": "again"}).text
    comment.refresh_from_db()
    assert comment.proven_at is None
    assert comment.commenter
    assert Letter.objects.get().kind == "prove_address"


@pytest.mark.parametrize("state", ["pending", "held", "published"])
def test_who_did_not_write_it_is_taken_off_and_a_person_looks(comment: Any, state: str) -> None:
    Comment.objects.filter(pk=comment.pk).update(state=state, wants_replies=True)
    for _ in range(2):
        assert press(comment, "disown").status_code == 303
    row = Comment.objects.get()
    assert (row.state, row.email, row.commenter, row.wants_replies) == ("held", "", None, False)
    assert [reason["code"] for reason in row.reasons] == ["disowned"]
    assert "Walking helps me." not in strict().get(row.article.url).text
    page = strict().get(path_of(comment)).text
    assert "Thank you for telling us" in page
    assert "Walking helps me." not in page


@pytest.mark.parametrize(("state", "is_seen"), [("held", False), ("published", True)])
def test_disowning_begins_a_new_generation_only_where_readers_see_it(
    comment: Any, state: str, *, is_seen: bool
) -> None:
    Comment.objects.filter(pk=comment.pk).update(state=state)
    connection.run_on_commit.clear()
    press(comment, "disown")
    assert is_marked() == is_seen


def test_nobody_proves_or_disowns_what_another_mailbox_sent(comment: Any) -> None:
    other = CommentFactory(email="tom@example.com")
    assert not prove_address(other, commenter=comment.commenter)
    assert not disown_comment(other, commenter=comment.commenter)
    other.refresh_from_db()
    assert (other.proven_at, other.email) == (None, "tom@example.com")


def test_what_was_decided_stays_so_when_it_is_disowned(comment: Any) -> None:
    Comment.objects.filter(pk=comment.pk).update(state="refused")
    press(comment, "disown")
    assert Comment.objects.get().state == "refused"


def test_that_it_was_disowned_outlives_the_next_judgement(comment: Any) -> None:
    press(comment, "disown")
    Comment.objects.update(state="pending")
    judge_comment(comment.pk)
    row = Comment.objects.get()
    assert "disowned" in [reason["code"] for reason in row.reasons]
    assert row.state == "held"


def test_a_decision_on_a_disowned_comment_is_told_to_nobody(comment: Any, moderator: User) -> None:
    from blog.actions.comments import approve_comment

    press(comment, "disown")
    approve_comment(Comment.objects.get(), by=moderator)
    assert not Letter.objects.exists()


def test_an_address_can_be_barred_for_good(client: Client, comment: Any) -> None:
    press(comment, "disown")
    press(comment, "stop")
    assert "no more about comments" in strict().get(path_of(comment)).text
    article = ArticlePageFactory()
    post(client, article)
    judge_comment(Comment.objects.get(article=article).pk)
    assert not Letter.objects.exists()


def test_a_proven_comment_cannot_be_disowned_by_an_old_letter(comment: Any) -> None:
    press(comment, "prove")
    press(comment, "disown")
    assert Comment.objects.get().commenter == comment.commenter


def test_a_remembered_device_needs_no_letter_for_that_address(comment: Any) -> None:
    client = strict()
    press(comment, "remember", client)
    assert NAME not in client.cookies  # nothing is proven yet
    press(comment, "prove", client)
    answer = press(comment, "remember", client)
    cookie = answer.cookies[NAME]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/comments/", True, "Lax")
    assert cookie["max-age"] == 180 * 24 * 3600
    assert not cookie["secure"]
    article = ArticlePageFactory()
    post(client, article, email="JOAN@example.com")
    post(client, article, email="other@example.com", text="Something else.")
    proven, other = Comment.objects.filter(article=article).order_by("pk")
    assert proven.proven_at
    assert other.proven_at is None
    judge_comment(proven.pk)
    assert not Letter.objects.exists()


def test_over_https_the_cookie_goes_nowhere_else(comment: Any, settings: Any) -> None:
    settings.SITE_URL = "https://meadowsweet.example"
    press(comment, "prove")
    assert press(comment, "remember").cookies[NAME]["secure"]


@pytest.mark.parametrize("end", ["forged", "expired", "all forgotten", "this forgotten", "erased", "unproven"])
def test_a_device_is_known_no_longer_than_it_should_be(comment: Any, end: str) -> None:
    client, article, when = strict(), ArticlePageFactory(), timezone.now()
    press(comment, "prove", client)
    press(comment, "remember", client)
    if end == "forged":
        value = client.cookies[NAME].value
        client.cookies[NAME] = f"{comment.commenter.pk + 1}{value[len(str(comment.commenter.pk)) :]}"
    elif end == "expired":
        when += timedelta(days=181)
    elif end == "all forgotten":
        forget_devices(comment.commenter)
    elif end == "this forgotten":
        client.post(reverse("blog:forget_this_device"))
        assert client.cookies[NAME].value == ""
    elif end == "erased":
        Commenter.objects.all().delete()
    else:
        Commenter.objects.update(proven_at=None)
    with time_machine.travel(when):
        post(client, article)
    assert Comment.objects.get(article=article).proven_at is None


def test_readers_pages_are_the_same_bytes_for_a_known_device(comment: Any) -> None:
    client = strict()
    press(comment, "prove", client)
    press(comment, "remember", client)
    for path in (comment.article.url, "/"):
        known, unknown = client.get(path), strict().get(path)
        assert known.content == unknown.content
        assert known.get("ETag") == unknown.get("ETag")
        assert not known.cookies
