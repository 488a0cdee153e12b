"""Bans at the desk."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from blog.models import Ban, Comment
from tests.factories import ArticlePageFactory, CommentFactory
from users.models import User

pytestmark = pytest.mark.django_db
BANS = "/admin/comments/bans/"


@pytest.fixture
def desk(client: Client, moderator: User) -> Client:
    client.force_login(moderator)
    return client


def said(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", "", answer.text)).split())


def ban(client: Client, address: str = f"{BANS}new/", **data: Any) -> Any:
    whole = {"kind": "address", "value": "joan@example.org", "effect": "hold", "lasts": "30", "note": ""}
    return client.post(address, {**whole, **data}, follow=True)


@pytest.mark.parametrize(
    ("kind", "value"),
    [("address", "joan@example.org"), ("domain", "example.org"), ("network", "203.0.113.7/32")],
)
def test_the_form_begins_with_what_the_comment_says(desk: Client, kind: str, value: str) -> None:
    comment = CommentFactory(email="Joan@Example.org", ip="203.0.113.7", state="published")
    page = desk.get(f"/admin/comments/{comment.pk}/").text
    address = f"{BANS}new/?comment={comment.pk}&kind={kind}"
    assert address in unescape(page)
    form = desk.get(address)
    assert re.search(rf'name="value"[^>]*value="{re.escape(value)}"', form.text)
    assert re.search(rf'value="{kind}"[^>]*checked', form.text)
    assert "1 comment that readers see now is meant." in said(form)
    assert not Ban.objects.exists()


def test_a_ban_ends_when_it_says(desk: Client, moderator: User) -> None:
    with time_machine.travel("2027-03-01 12:00Z", tick=False):
        desk.force_login(moderator)
        assert "Banned until 31 March 2027: email address: joan@example.org." in said(ban(desk, note="Adverts"))
        made = Ban.objects.get()
        assert (made.until, made.created_by, made.note) == (timezone.now() + timedelta(days=30), moderator, "Adverts")
        ban(desk, f"{BANS}{made.pk}/", lasts="keep", effect="spam")
        made.refresh_from_db()
        assert (made.until, made.effect) == (timezone.now() + timedelta(days=30), "spam")
        ban(desk, f"{BANS}{made.pk}/", lasts="")
        assert Ban.objects.get().until is None
        page = said(desk.get(BANS))
        for words in ("joan@example.org", "until somebody lifts it", "always hold for a person", "moderator"):
            assert words in page


def test_earlier_comments_are_counted_hidden_and_shown_again(desk: Client) -> None:
    article = ArticlePageFactory()
    mine = [CommentFactory(article=article, email=f"joan+{n}@example.org", state="published") for n in range(2)]
    other = CommentFactory(article=article, email="eve@elsewhere.example", state="published")
    look = ban(desk, kind="domain", value="example.org", look="1", hide="on")
    assert "2 comments that readers see now are meant." in said(look)
    assert not Ban.objects.exists()
    answer = ban(desk, kind="domain", value="example.org", hide="on")
    assert "2 earlier comments hidden." in said(answer)
    states = lambda: [Comment.objects.get(pk=comment.pk).state for comment in [*mine, other]]  # noqa: E731
    assert states() == ["held", "held", "published"]
    undo = re.search(r'<a href="([^"]+)"[^>]*>\s*Show them again', answer.text)[1]
    desk.get(undo)
    assert states() == ["held", "held", "published"]
    assert "Undone: 2 comments are what they were." in said(desk.post(undo, follow=True))
    assert states() == ["published"] * 3
    assert Ban.objects.exists()


@pytest.mark.parametrize(
    ("kind", "value", "why"),
    [
        ("address", "nobody", "Enter an email address"),
        ("domain", "no dots here", "Enter a domain"),
        ("network", "0.0.0.0/0", "too wide"),
        ("network", "example.org", "Enter a network"),
        ("pattern", "*a*", "three letters"),
        ("planet", "mars", "Select a valid choice"),
    ],
)
def test_what_cannot_be_read_is_said_beside_the_field(desk: Client, kind: str, value: str, why: str) -> None:
    answer = ban(desk, kind=kind, value=value, note="My note")
    assert (answer.status_code, why in said(answer)) == (422, True)
    assert 'value="My note"' in answer.text
    assert not Ban.objects.exists()


def test_a_ban_is_lifted_by_a_second_press(desk: Client) -> None:
    ban(desk)
    address = f"{BANS}{Ban.objects.get().pk}/lift/"
    assert "Lift this ban?" in said(desk.get(address))
    assert Ban.objects.exists()
    assert "Lifted: email address: joan@example.org." in said(desk.post(address, follow=True))
    assert not Ban.objects.exists()
    assert "Nobody is banned." in said(desk.get(BANS))
    assert desk.post(address).status_code == 404


def test_odd_addresses_of_the_form_are_an_empty_form(desk: Client) -> None:
    for query in ("comment=x", "comment=99999999999999999999", "comment=7", "commenter=7", "kind=planet", ""):
        form = desk.get(f"{BANS}new/?{query}")
        assert form.status_code == 200
        assert "count them first" in said(form)


def test_a_stranger_neither_sees_nor_makes_bans(client: Client, stranger: User) -> None:
    found = Ban.objects.create(kind="address", value="joan@example.org")
    client.force_login(stranger)
    for part in ("", "new/", f"{found.pk}/", f"{found.pk}/lift/"):
        assert client.get(f"{BANS}{part}").status_code in {302, 403}
        assert client.post(f"{BANS}{part}", {"kind": "address", "value": "a@b.example"}).status_code in {302, 403, 405}
    assert Ban.objects.get() == found
