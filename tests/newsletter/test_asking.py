"""What a sign-up form leaves behind: a row that the worker answers once, whatever breaks on the way."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from guard.addresses import fingerprint
from guard.forms import make_token
from letters.models import Letter
from newsletter import letters
from newsletter.actions.asking import find_waiting_sign_ups, settle_sign_up
from newsletter.models import Consent, ConsentOrigin, NewsletterPage, SignUpRequest, Subscriber, Suppression
from newsletter.people.history import tell_history
from newsletter.tasks import sweep_sign_ups
from tests.factories import SubscriberFactory
from tests.newsletter.joining import SIGN_UP, letters_to, link_in, settle_all, sign_up

pytestmark = pytest.mark.django_db
State = Subscriber.State
JOAN = "joan@example.com"


# What differs between two statements of one kind: texts, numbers, names of savepoints.
_VALUES = re.compile(r"'(?:[^']|'')*'|\b(?:s\d+_x)?\d+(?:\.\d+)?\b")


def send(client: Client, email: str, **extra: Any) -> Any:
    """The form alone, without what the worker does."""
    fields = {"email": email, "place": "page", "source": "/newsletter/", "form_token": make_token("sign-up")}
    return client.post(SIGN_UP, fields, **extra)


def test_the_request_writes_one_row_and_looks_at_nobody(client: Client, home: Any) -> None:
    SubscriberFactory(email="confirmed@example.com")
    SubscriberFactory(email="pending@example.com", state=State.PENDING)
    SubscriberFactory(email="left@example.com", state=State.LEFT)
    Suppression.objects.create(fingerprint=fingerprint("barred@example.com"), reason=Suppression.Reason.COMPLAINED)
    send(client, "warm@example.com", REMOTE_ADDR="9.9.9.9")
    asked = []
    for name in ("new", "confirmed", "pending", "left", "barred", "o'neil+tag"):
        with CaptureQueriesContext(connection) as queries:
            send(client, f"{name}@example.com", REMOTE_ADDR="9.9.9.9")
        asked.append([_VALUES.sub("?", query["sql"]) for query in queries])
    assert all(found == asked[0] for found in asked)
    assert not any("newsletter_subscriber" in sql or "suppression" in sql for sql in asked[0])
    assert SignUpRequest.objects.waiting().count() == 7
    assert not Letter.objects.exists()


def test_nothing_is_lost_while_the_worker_is_away(client: Client, home: Any) -> None:
    send(client, JOAN)
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        sweep_sign_ups()
        settle_all()
        assert [letter.kind for letter in letters_to(JOAN)] == ["confirm"]


def test_two_bells_make_one_letter(client: Client, home: Any) -> None:
    send(client, JOAN)
    (pk,) = find_waiting_sign_ups()
    assert settle_sign_up(pk)
    assert not settle_sign_up(pk)
    assert len(letters_to(JOAN)) == 1


def test_a_fault_half_way_leaves_the_row_for_the_next_sweep(
    client: Client, home: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(client, JOAN)
    (pk,) = find_waiting_sign_ups()

    def fail(_: Subscriber, **__: Any) -> None:
        raise RuntimeError("the template is broken")

    monkeypatch.setattr(letters, "post_confirm", fail)
    with pytest.raises(RuntimeError):
        settle_sign_up(pk)
    monkeypatch.undo()
    assert find_waiting_sign_ups() == [pk]
    assert not Subscriber.objects.exists()
    settle_all()
    assert len(letters_to(JOAN)) == 1


def test_an_answered_row_has_forgotten_who_it_was(client: Client, home: Any) -> None:
    sign_up(client, JOAN, name="Joan")
    (row,) = SignUpRequest.objects.values()
    assert "joan" not in str(row).lower()
    assert "/newsletter/" not in str(row)


def test_no_turn_no_row_of_a_person(client: Client, home: Any) -> None:
    """Who gets no letter, since another form took the inbox's turn, is not kept either."""
    sign_up(client, JOAN)
    Subscriber.objects.all().delete()
    sign_up(client, JOAN)
    assert not Subscriber.objects.exists()


def test_the_network_is_kept_only_where_the_site_chose_it(client: Client, home: Any) -> None:
    sign_up(client, "one@example.com", REMOTE_ADDR="9.9.9.9")
    assert not ConsentOrigin.objects.exists()
    NewsletterPage.objects.update(keep_network=True)
    sign_up(client, JOAN, REMOTE_ADDR="2620:fe::9")
    client.post(link_in(letters_to(JOAN)[0], "confirm"), REMOTE_ADDR="9.9.9.9")
    found = ConsentOrigin.objects.order_by("pk").values_list("consent__act", "network")
    assert list(found) == [(Consent.Act.ASKED, "2620:fe::/64"), (Consent.Act.CONFIRMED, "9.9.9.9/32")]
    assert not SignUpRequest.objects.exclude(network="").exists()
    told = [event for section in tell_history(Subscriber.objects.get(mailbox=JOAN)) for event in section.events]
    assert any("2620:fe::/64" in str(event) for event in told)


def test_an_inner_network_says_nothing_and_is_not_kept(client: Client, home: Any) -> None:
    NewsletterPage.objects.update(keep_network=True)
    sign_up(client, JOAN, REMOTE_ADDR="10.0.0.1")
    assert not ConsentOrigin.objects.exists()


def test_the_footer_records_the_page_that_its_reader_came_from(client: Client, home: Any) -> None:
    sign_up(client, JOAN, place="footer", source="", HTTP_REFERER="http://testserver/articles/sleep/?x=1")
    sign_up(client, "eva@example.com", place="footer", source="", HTTP_REFERER="https://elsewhere.example/x/")
    assert list(Consent.objects.order_by("pk").values_list("form", "source_url")) == [
        ("footer", "/articles/sleep/"),
        ("footer", ""),
    ]
