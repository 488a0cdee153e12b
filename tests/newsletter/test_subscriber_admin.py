"""Subscribers in the admin."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from newsletter import letters
from newsletter.models import Subscriber
from newsletter.people.viewsets import quote_formula
from tests.factories import SubscriberFactory
from tests.newsletter.joining import joined

pytestmark = pytest.mark.django_db


def _url(name: str, *args: Any) -> str:
    return reverse(f"wagtailsnippets_newsletter_subscriber:{name}", args=args)


@pytest.fixture
def admin(client: Client, home: Any, editor: Any) -> Client:
    client.force_login(editor)
    return client


def test_the_list_finds_and_filters(admin: Client, subscriber: Subscriber) -> None:
    SubscriberFactory(email="waiting@example.com", name="Joan", state=Subscriber.State.PENDING)
    everybody = admin.get(_url("list")).text
    assert "margaret@example.com" in everybody
    assert "waiting@example.com" in everybody
    found = admin.get(_url("list"), {"q": "margar"}).text
    assert "margaret@example.com" in found
    assert "waiting@example.com" not in found
    pending = admin.get(_url("list"), {"state": "pending"}).text
    assert "waiting@example.com" in pending
    assert "margaret@example.com" not in pending


def test_one_persons_page_shows_what_they_agreed_to_and_got(admin: Client, subscriber: Subscriber) -> None:
    letters.post_already_subscribed(joined(subscriber))
    page = admin.get(_url("inspect", subscriber.pk)).text
    for shown in ("asked to join", "confirmed", "First we email you a link", "You are already on the list", "(page)"):
        assert shown in page


@pytest.mark.parametrize("name", ["add", "edit", "delete"])
def test_not_even_a_superuser_makes_changes_or_deletes_a_subscriber(
    admin: Client, subscriber: Subscriber, name: str
) -> None:
    url = _url(name) if name == "add" else _url(name, subscriber.pk)
    before = list(Subscriber.objects.values())
    for answer in (admin.get(url), admin.post(url, {"name": "X", "email": "x@example.com", "state": "confirmed"})):
        assert answer.status_code in {302, 403}
    assert list(Subscriber.objects.values()) == before
    page = admin.get(_url("list")).text
    assert _url("add") not in page
    assert _url("edit", subscriber.pk) not in page


def test_bulk_deleting_is_refused(admin: Client, subscriber: Subscriber) -> None:
    url = reverse("wagtail_bulk_action", args=("newsletter", "subscriber", "delete"))
    admin.post(f"{url}?id={subscriber.pk}&next=/admin/")
    assert Subscriber.objects.filter(pk=subscriber.pk).exists()


def test_others_see_nothing_of_it(
    client: Client, home: Any, subscriber: Subscriber, moderator: Any, stranger: Any
) -> None:
    for person in (moderator, stranger):
        client.force_login(person)
        for url in (_url("list"), _url("list") + "?export=csv", _url("inspect", subscriber.pk)):
            answer = client.get(url)
            assert answer.status_code == 302
            assert "margaret" not in answer.text


@pytest.mark.parametrize("danger", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_an_export_runs_no_formula(admin: Client, danger: str) -> None:
    SubscriberFactory(email="=cmd@example.com", name=danger)
    raw = b"".join(admin.get(_url("list"), {"export": "csv"})).decode()
    (row,) = list(csv.DictReader(io.StringIO(raw, newline="")))
    assert row["Email"] == "'=cmd@example.com"
    assert row["Name"] == f"'{danger}"
    xlsx = admin.get(_url("list"), {"export": "xlsx"})
    assert xlsx.status_code == 200
    assert xlsx["Content-Type"].startswith("application/vnd.openxmlformats")


def test_what_is_no_formula_stays_as_it_is() -> None:
    assert [quote_formula(v) for v in ("Ann", "a=b", "", None, 5)] == ["Ann", "a=b", "", None, 5]
