"""Moving to another mailbox: both ends have a say, and nobody learns who else is on the list."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from guard.models import Turn
from letters.models import Letter
from newsletter import links
from newsletter.actions.address_changes import find_waiting_changes, settle_address_change
from newsletter.actions.suppressing import suppress_mailbox, which_are_suppressed
from newsletter.models import AddressChange, Consent, Subscriber, Suppression
from newsletter.tasks import sweep_own_wishes
from tests.factories import SubscriberFactory
from tests.newsletter.joining import letters_to, link_in

pytestmark = pytest.mark.django_db
NEW = "new@example.net"
Reason = Suppression.Reason


@pytest.fixture
def margaret(home: Any) -> Subscriber:
    return SubscriberFactory(email="margaret@example.com", name="Margaret")


def fresh(subscriber: Subscriber) -> str:
    return urlsplit(links.fresh_own_url(subscriber)).path


def wish(client: Client, subscriber: Subscriber, email: str = NEW) -> Any:
    """Ask for it on the page, and let the worker look."""
    answer = client.post(fresh(subscriber), {"act": "address", "email": email}, follow=True)
    for pk in find_waiting_changes():
        settle_address_change(pk)
    return answer


def move(client: Client, subscriber: Subscriber) -> Any:
    wish(client, subscriber)
    answer = client.post(link_in(letters_to(NEW, "new_address")[0], "new-address"), follow=True)
    subscriber.refresh_from_db()
    return answer


def test_the_address_changes_when_both_ends_agree(client: Client, margaret: Subscriber) -> None:
    wish(client, margaret)
    (letter,) = letters_to(NEW)
    assert "Margaret" not in letter.text + letter.html  # nobody knows yet who reads there
    path = link_in(letter, "new-address")
    assert "Is this your new address?" in client.get(path).text
    assert Subscriber.objects.get().email == "margaret@example.com"
    answer = client.post(path, follow=True)
    assert "From now on our letter comes to this address" in answer.text
    margaret.refresh_from_db()
    assert (margaret.email, margaret.mailbox, margaret.key_version) == (NEW, NEW, 2)
    assert which_are_suppressed(["margaret@example.com", NEW]) == {"margaret@example.com": "left"}
    last = margaret.consents.last()
    assert last
    assert (last.act, last.detail) == (Consent.Act.ADDRESS, "from m…t@example.com to n…w@example.net")
    assert len(letters_to("margaret@example.com", "address_changed")) == 1
    assert "This is your address now" in client.get(path).text
    assert client.post(path, follow=True).status_code == 200  # pressed twice
    margaret.refresh_from_db()
    assert margaret.key_version == 2
    assert len(letters_to("margaret@example.com", "address_changed")) == 1


def test_all_links_from_before_die_with_the_move(client: Client, margaret: Subscriber) -> None:
    old = [urlsplit(make(margaret)).path for make in (links.own_url, links.unsubscribe_url, links.fresh_own_url)]
    move(client, margaret)
    assert [client.get(path).status_code for path in old] == [404, 404, 404]


def test_the_old_mailbox_can_put_it_back_for_a_week(client: Client, margaret: Subscriber) -> None:
    move(client, margaret)
    path = link_in(letters_to("margaret@example.com", "address_changed")[0], "not-me")
    for _ in range(2):
        assert client.get(path).status_code == 200
        assert Subscriber.objects.get().email == NEW
    answer = client.post(path, follow=True)
    assert "Your old address is back" in answer.text
    margaret.refresh_from_db()
    assert (margaret.email, margaret.mailbox, margaret.key_version) == (
        "margaret@example.com",
        "margaret@example.com",
        3,
    )
    assert margaret.state == Subscriber.State.CONFIRMED
    assert which_are_suppressed(["margaret@example.com", NEW]) == {}
    assert client.post(path, follow=True).status_code == 200
    assert margaret.consents.filter(act=Consent.Act.ADDRESS).count() == 2


def test_it_can_be_put_back_even_after_a_second_move(client: Client, margaret: Subscriber) -> None:
    move(client, margaret)
    Turn.objects.all().delete()
    wish(client, margaret, "third@example.net")
    client.post(link_in(letters_to("third@example.net")[0], "new-address"))
    client.post(link_in(letters_to("margaret@example.com", "address_changed")[0], "not-me"))
    assert Subscriber.objects.get().email == "margaret@example.com"


def test_after_a_week_it_cannot_be_put_back(client: Client, margaret: Subscriber) -> None:
    move(client, margaret)
    path = link_in(letters_to("margaret@example.com", "address_changed")[0], "not-me")
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert client.get(path).status_code == 410
        assert client.post(path).status_code == 410
    assert Subscriber.objects.get().email == NEW


def test_a_late_button_at_the_new_address_does_nothing(client: Client, margaret: Subscriber) -> None:
    wish(client, margaret)
    path = link_in(letters_to(NEW)[0], "new-address")
    with time_machine.travel(timezone.now() + timedelta(days=3, minutes=1)):
        assert client.post(path).status_code == 410
    assert Subscriber.objects.get().email == "margaret@example.com"


@pytest.mark.parametrize("whose", ["nobody's", "another's", "one who left", "complained", "bounced"])
def test_the_answer_is_the_same_whosever_the_new_address_is(client: Client, margaret: Subscriber, whose: str) -> None:
    with time_machine.travel(timezone.now(), tick=False):  # the forms of both answers hold the second
        _compare_answers(client, margaret, whose)


def _compare_answers(client: Client, margaret: Subscriber, whose: str) -> None:
    plain = wish(client, margaret, "plain@example.net")
    if whose in {"another's", "one who left"}:
        SubscriberFactory(email=NEW, state="confirmed" if whose == "another's" else "left")
    if whose in {"complained", "bounced"}:
        suppress_mailbox(NEW, reason=Reason(whose))
    answer = wish(client, margaret)
    assert answer.status_code == plain.status_code
    assert answer.content.partition(b"<footer")[0] == plain.content.partition(b"<footer")[0]
    assert bool(letters_to(NEW)) == (whose == "nobody's")


def test_the_form_does_not_even_look(client: Client, margaret: Subscriber) -> None:
    SubscriberFactory(email=NEW)
    client.post(fresh(margaret), {"act": "address", "email": NEW})
    assert AddressChange.objects.get().looked_at is None
    assert not Letter.objects.exists()
    sweep_own_wishes()  # in a test the bell rings at once


def test_somebody_who_signs_up_meanwhile_keeps_their_mailbox(client: Client, margaret: Subscriber) -> None:
    wish(client, margaret)
    SubscriberFactory(email=NEW)
    assert client.post(link_in(letters_to(NEW)[0], "new-address")).status_code == 409
    assert Subscriber.objects.filter(email="margaret@example.com").exists()


@pytest.mark.parametrize("email", ["", "no", "a@b", "x" * 300 + "@example.com", "margaret@exam ple.com"])
def test_what_is_no_address_is_said_to_be(client: Client, margaret: Subscriber, email: str) -> None:
    answer = client.post(fresh(margaret), {"act": "address", "email": email})
    assert answer.status_code == 422
    assert not AddressChange.objects.exists()


def test_only_a_fresh_link_may_ask(client: Client, margaret: Subscriber) -> None:
    client.post(urlsplit(links.own_url(margaret)).path, {"act": "address", "email": NEW})
    with time_machine.travel(timezone.now() - timedelta(hours=25)):
        late = fresh(margaret)
    assert client.get(late).status_code == 410
    assert client.post(late, {"act": "address", "email": NEW}).status_code == 410
    assert not AddressChange.objects.exists()


def test_nobody_uses_it_to_write_to_many(client: Client, margaret: Subscriber) -> None:
    for number in range(8):
        answer = wish(client, margaret, f"victim{number}@example.net")
    assert answer.status_code == 409
    assert "often enough for today" in answer.text
    assert Letter.objects.filter(kind="new_address").count() == 5


def test_another_spelling_of_the_same_mailbox_suppresses_nothing(client: Client, margaret: Subscriber) -> None:
    wish(client, margaret, "Margaret@Example.com")
    client.post(link_in(letters_to("Margaret@example.com")[0], "new-address"))
    margaret.refresh_from_db()
    assert (margaret.email, margaret.mailbox) == ("Margaret@example.com", "margaret@example.com")
    assert not Suppression.objects.exists()
