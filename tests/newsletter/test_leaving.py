"""Leaving from the site, the last letter, and coming back."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guard.forms import make_token
from guard.models import Turn
from letters.models import Letter
from newsletter.actions.leaving import find_waiting_leave_requests, settle_leave_request, unsubscribe
from newsletter.actions.suppressing import suppress_mailbox
from newsletter.links import unsubscribe_url
from newsletter.models import LeaveRequest, Subscriber, Suppression
from newsletter.tasks import sweep_own_wishes
from tests.factories import SubscriberFactory
from tests.newsletter.joining import letters_to, link_in

pytestmark = pytest.mark.django_db
State = Subscriber.State


def ask(client: Client, email: str, **fields: str) -> Any:
    return client.post("/newsletter/leave/", {"email": email, "form_token": make_token("leave"), **fields}, follow=True)


def answer_all() -> None:
    for pk in find_waiting_leave_requests():
        settle_leave_request(pk)


def test_who_types_the_address_gets_the_link(client: Client, home: Any, subscriber: Subscriber) -> None:
    assert "Send me the link" in client.get("/newsletter/leave/").text
    assert "Now look in your inbox" in ask(client, " Margaret@EXAMPLE.com ").text
    answer_all()
    (letter,) = letters_to(subscriber.email, "leave_link")
    path = link_in(letter, "unsubscribe")
    client.get(path)
    assert Subscriber.objects.get().state == State.CONFIRMED
    client.post(path, {"act": "leave"})
    assert Subscriber.objects.get().state == State.LEFT
    assert not LeaveRequest.objects.exists()


def test_the_answer_is_the_same_for_every_address_and_looks_at_nobody(client: Client, home: Any) -> None:
    SubscriberFactory(email="on@example.com")
    SubscriberFactory(email="left@example.com", state=State.LEFT)
    SubscriberFactory(email="pending@example.com", state=State.PENDING)
    SubscriberFactory(email="complained@example.com")
    suppress_mailbox("complained@example.com", reason=Suppression.Reason.COMPLAINED)
    names = ("on", "left", "pending", "complained", "nobody")
    bodies = {ask(client, f"{name}@example.com").content for name in names}
    assert len(bodies) == 1
    assert not Letter.objects.exists()
    sweep_own_wishes()
    answer_all()
    assert {letter.to for letter in Letter.objects.all()} == {"on@example.com", "pending@example.com"}


def test_nobody_is_bombed_and_robots_get_nothing(client: Client, home: Any, subscriber: Subscriber) -> None:
    ask(client, subscriber.email, website="http://spam.example")
    assert not LeaveRequest.objects.exists()
    for _ in range(6):
        assert "Now look in your inbox" in ask(client, subscriber.email).text
        answer_all()
    assert len(letters_to(subscriber.email)) == 1  # one in ten minutes


@pytest.mark.parametrize(("email", "token"), [("", ""), ("no", ""), ("a@example.com", "forged")])
def test_a_form_that_cannot_be_taken_says_why(client: Client, home: Any, email: str, token: str) -> None:
    fields = {"form_token": token} if token else {}
    assert ask(client, email, **fields).status_code == 422
    assert not LeaveRequest.objects.exists()


@pytest.mark.parametrize(("by", "letters"), [("link", 1), ("site", 1), ("header", 0)])
def test_the_last_letter_has_the_way_back(
    client: Client, home: Any, subscriber: Subscriber, by: str, letters: int
) -> None:
    unsubscribe(subscriber, by=by)
    unsubscribe(subscriber, by=by)
    found = letters_to(subscriber.email, "goodbye")
    assert len(found) == letters
    if found:
        path = link_in(found[0], "unsubscribe")
        assert "Put me back on the list" in client.get(path).text
        client.post(path, {"act": "undo"})
        assert Subscriber.objects.get().state == State.CONFIRMED


def test_leaving_to_and_fro_makes_one_letter_a_day(client: Client, home: Any, subscriber: Subscriber) -> None:
    path = urlsplit(unsubscribe_url(subscriber)).path
    for _ in range(5):
        client.post(path, {"act": "leave"})
        client.post(path, {"act": "undo"})
    assert len(letters_to(subscriber.email, "goodbye")) == 1


def test_an_old_link_brings_nobody_on_the_list_who_was_only_asked_again(
    client: Client, home: Any, subscriber: Subscriber
) -> None:
    """They left long ago; a stranger types the address; another stranger has an issue that was passed on."""
    path = urlsplit(unsubscribe_url(subscriber)).path
    unsubscribe(subscriber, by="header")
    Subscriber.objects.update(state=State.PENDING)
    client.post(path, {"act": "leave"})
    assert "Put me back" not in client.get(path).text
    client.post(path, {"act": "undo"})
    assert Subscriber.objects.get().state == State.LEFT


def test_the_form_does_the_same_work_for_every_address(client: Client, home: Any, subscriber: Subscriber) -> None:
    asked = []
    for email in (subscriber.email, "nobody@example.com", subscriber.email, "nobody@example.com"):
        with CaptureQueriesContext(connection) as queries:
            client.post("/newsletter/leave/", {"email": email, "form_token": make_token("leave")})
        asked.append([query["sql"].replace(email, "") for query in queries])
    assert [len(queries) for queries in asked[2:]] == [len(asked[1])] * 2
    assert not any("newsletter_subscriber" in sql for queries in asked for sql in queries)


def test_somebody_who_never_confirmed_gets_no_goodbye(home: Any) -> None:
    unsubscribe(SubscriberFactory(state=State.PENDING, confirmed_at=None), by="link")
    assert not Letter.objects.exists()
    assert Turn.objects.count() == 0
