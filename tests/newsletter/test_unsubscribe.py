"""Leaving: with one press or by the mail program, at once, and for good unless the person comes back."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from guard.addresses import fingerprint
from letters.models import Letter
from newsletter.links import unsubscribe_url
from newsletter.models import Consent, Subscriber, Suppression
from tests.newsletter.joining import joined

pytestmark = pytest.mark.django_db
State = Subscriber.State
FORM = "application/x-www-form-urlencoded"
MULTIPART = (
    b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
    "multipart/form-data; boundary=x",
)
ONE_CLICKS = [
    (b"List-Unsubscribe=One-Click", FORM),
    (b"List-Unsubscribe=One-Click\r\n", FORM),
    (b"list-unsubscribe=one-click", FORM),
    (b"LIST-UNSUBSCRIBE=ONE-CLICK", FORM),
    (b"List-Unsubscribe=One-Click", "text/plain"),
    (b"List-Unsubscribe=One-Click", "application/octet-stream"),
    (b"List-Unsubscribe=One-Click", "nonsense"),
    (b"List-Unsubscribe=One-Click", "multipart/form-data"),
    (b"List-Unsubscribe=One-Click&more=1", f"{FORM}; charset=utf-8"),
    (b'{"List-Unsubscribe": "One-Click"}', "application/json"),
    MULTIPART,
]


def _path(subscriber: Subscriber) -> str:
    return urlsplit(unsubscribe_url(subscriber)).path


def _strict() -> Client:
    """A client that is refused as a browser would be where a CSRF token is missing."""
    return Client(enforce_csrf_checks=True)


@pytest.mark.parametrize(("body", "kind"), ONE_CLICKS)
def test_a_mail_programs_one_click_acts_at_once(body: bytes, kind: str, subscriber: Subscriber) -> None:
    path = _path(joined(subscriber))
    for _ in range(3):
        response = _strict().post(path, body, content_type=kind)
        assert response.status_code == 200
        assert response["Content-Type"].startswith("text/plain")
        assert not response.cookies
    subscriber.refresh_from_db()
    assert subscriber.state == State.LEFT
    assert subscriber.left_at is not None
    left = Consent.objects.filter(act=Consent.Act.LEFT)
    assert [consent.form for consent in left] == ["header"]
    suppression = Suppression.objects.get()
    assert (suppression.fingerprint, suppression.reason) == (fingerprint(subscriber.mailbox), "left")


def test_opening_the_link_asks_and_changes_nothing(client: Client, home: Any, subscriber: Subscriber) -> None:
    path = _path(subscriber)
    for _ in range(3):
        page = client.get(path)
        assert client.head(path).status_code == 200
    subscriber.refresh_from_db()
    assert subscriber.state == State.CONFIRMED
    assert "Leave the list" in page.text
    assert page["Referrer-Policy"] == "no-referrer"
    assert page["Cache-Control"] == "no-store"


def test_the_button_acts_and_says_so(home: Any, subscriber: Subscriber) -> None:
    page = _strict().post(_path(subscriber), {"act": "leave"})
    assert page.status_code == 200
    assert "You have left the list" in page.text
    assert Consent.objects.get(act=Consent.Act.LEFT).form == "link"
    assert "You have left the list" in _strict().get(_path(subscriber)).text
    assert [letter.kind for letter in Letter.objects.all()] == ["goodbye"]


@pytest.mark.parametrize("state", [State.PENDING, State.LEFT])
def test_whoever_is_not_on_the_list_gets_the_same_answer(home: Any, subscriber: Subscriber, state: str) -> None:
    Subscriber.objects.filter(pk=subscriber.pk).update(state=state)
    response = _strict().post(_path(subscriber), b"List-Unsubscribe=One-Click", content_type=FORM)
    assert response.status_code == 200
    subscriber.refresh_from_db()
    assert subscriber.state == State.LEFT


def test_leaving_keeps_a_stronger_reason(home: Any, subscriber: Subscriber) -> None:
    Subscriber.objects.filter(pk=subscriber.pk).update(state=State.PENDING)
    Suppression.objects.create(fingerprint=fingerprint(subscriber.mailbox), reason=Suppression.Reason.COMPLAINED)
    page = _strict().post(_path(subscriber), {"act": "leave"})
    assert Suppression.objects.get().reason == Suppression.Reason.COMPLAINED
    assert "Put me back" not in page.text


def test_a_slip_can_be_undone_for_a_day(home: Any, subscriber: Subscriber) -> None:
    path, client = _path(joined(subscriber)), _strict()
    assert "Put me back" in client.post(path, {"act": "leave"}).text
    for _ in range(2):
        page = client.post(path, {"act": "undo"})
        assert "You are still on the list" in page.text
    subscriber.refresh_from_db()
    assert (subscriber.state, subscriber.left_at) == (State.CONFIRMED, None)
    assert not Suppression.objects.exists()
    assert [c.form for c in Consent.objects.filter(act=Consent.Act.CONFIRMED)] == ["page", "undo"]


def test_after_a_day_it_cannot_be_undone(home: Any, subscriber: Subscriber) -> None:
    path, client = _path(joined(subscriber)), _strict()
    client.post(path, {"act": "leave"})
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1)):
        assert "Put me back" not in client.get(path).text
        client.post(path, {"act": "undo"})
    subscriber.refresh_from_db()
    assert subscriber.state == State.LEFT
    assert Suppression.objects.exists()


def test_who_never_was_on_the_list_cannot_get_there_by_undoing(home: Any, subscriber: Subscriber) -> None:
    Subscriber.objects.filter(pk=subscriber.pk).update(state=State.PENDING, confirmed_at=None)
    client, path = _strict(), _path(subscriber)
    for act in ("leave", "undo"):
        client.post(path, {"act": act})
    subscriber.refresh_from_db()
    assert subscriber.state == State.LEFT


def test_an_altered_link_leaves_nobody(home: Any, subscriber: Subscriber) -> None:
    bad = _path(subscriber)[:-2] + "x/"
    assert _strict().post(bad, b"List-Unsubscribe=One-Click", content_type=FORM).status_code == 404
    subscriber.refresh_from_db()
    assert subscriber.state == State.CONFIRMED


def test_the_reason_can_be_told_once_after_leaving(client: Client, home: Any, subscriber: Subscriber) -> None:
    path = _path(subscriber)
    client.post(path, {"act": "reason", "reason": "other"})  # they have not left
    assert "Why did you leave?" in client.post(path, {"act": "leave"}).text
    none = client.post(path, {"act": "reason", "words": "x" * 30})
    assert none.status_code == 422
    assert "x" * 30 in none.text
    assert client.post(path, {"act": "reason", "reason": "other", "words": "x" * 251}).status_code == 422
    told = client.post(path, {"act": "reason", "reason": "too_often", "words": " undo \n list "})
    assert "Thank you for telling us why." in told.text
    client.post(path, {"act": "reason", "reason": "other"})
    reasons = subscriber.consents.filter(act=Consent.Act.REASON)
    assert [reason.detail for reason in reasons] == ["There was too much of it: undo list"]
    subscriber.refresh_from_db()
    assert subscriber.state == State.LEFT


def test_the_longest_reason_fits_into_the_record(client: Client, home: Any, subscriber: Subscriber) -> None:
    path = _path(subscriber)
    client.post(path)
    client.post(path, {"act": "reason", "reason": "not_for_me", "words": "x" * 250})
    assert subscriber.consents.get(act=Consent.Act.REASON).detail.endswith("x" * 250)


def test_the_pages_of_leaving_tell_nobody_the_whole_address(client: Client, home: Any, subscriber: Subscriber) -> None:
    path = _path(subscriber)
    pages = [client.get(path), client.post(path), client.get(path), client.post(path, {"act": "undo"})]
    for answer in pages:
        assert "m…t@example.com" in answer.text
        assert "margaret@" not in answer.text
