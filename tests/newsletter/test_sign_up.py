"""Asking to join: the same answer for everybody, few letters for anybody."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from guard.addresses import fingerprint
from guard.forms import make_token
from letters.models import Letter
from newsletter.models import Consent, ConsentWording, Subscriber, Suppression
from newsletter.subscribing.wording import current_wording
from tests.factories import SubscriberFactory
from tests.newsletter.joining import SIGN_UP, letters_to, link_in, sign_up

pytestmark = pytest.mark.django_db
State, Reason = Subscriber.State, Suppression.Reason


def _suppress(email: str, reason: str) -> None:
    Suppression.objects.create(fingerprint=fingerprint(email), reason=reason)


def test_a_new_address_waits_and_gets_a_letter_with_a_link(client: Client, home: Any) -> None:
    response = sign_up(client, "Joan@Example.com", name="Joan", source="/articles/sleep/", place="article")
    assert response.status_code == 303
    assert response["Location"] == "/newsletter/sign-up/thanks/"
    person = Subscriber.objects.get()
    assert (person.mailbox, person.name, person.state) == ("joan@example.com", "Joan", State.PENDING)
    (letter,) = letters_to("Joan@example.com", "confirm")
    assert link_in(letter, "confirm")


def test_what_was_agreed_to_is_written_down_with_its_words(client: Client, home: Any) -> None:
    old = current_wording()
    new = ConsentWording.objects.create(text="Other words.")
    sign_up(client, "joan@example.com", source="/articles/sleep/", place="article", wording=old.pk)
    consent = Consent.objects.get()
    assert (consent.act, consent.form, consent.source_url) == (Consent.Act.ASKED, "article", "/articles/sleep/")
    assert consent.wording == old != new, "the words on the page that was sent, which a cache may have kept"


def test_the_form_shows_exactly_the_recorded_words(client: Client, home: Any) -> None:
    ConsentWording.objects.create(text="A letter a month & nothing else.")
    page = client.get("/newsletter/")
    assert "A letter a month &amp; nothing else." in page.text
    assert f'name="wording" value="{current_wording().pk}"' in page.text


def test_the_answer_is_the_same_whatever_the_address_is_to_us(client: Client, home: Any) -> None:
    SubscriberFactory(email="pending@example.com", state=State.PENDING)
    SubscriberFactory(email="confirmed@example.com")
    SubscriberFactory(email="left@example.com", state=State.LEFT)
    _suppress("left@example.com", Reason.LEFT)
    for reason in (Reason.BOUNCED, Reason.COMPLAINED, Reason.BY_HAND, Reason.ERASED):
        _suppress(f"{reason}@example.com", reason)
    names = ["new", "pending", "confirmed", "left", "bounced", "complained", "by_hand", "erased"]
    answers = set()
    for name in names * 2:
        response = sign_up(client, f"{name}@example.com", follow=False)
        page = client.get(response["Location"])
        headers = tuple(sorted((k, v) for k, v in response.items()))
        answers.add((response.status_code, headers, response.content, page.content, page.status_code))
    assert len(answers) == 1
    told = {name: [letter.kind for letter in letters_to(f"{name}@example.com")] for name in names}
    assert told == {
        "new": ["confirm"],
        "pending": ["confirm"],
        "confirmed": ["already_subscribed"],
        "left": ["confirm"],
        "erased": ["confirm"],
        "bounced": [],
        "complained": [],
        "by_hand": [],
    }


def test_nothing_is_mailed_in_the_request(client: Client, home: Any, mailoutbox: list[Any]) -> None:
    sign_up(client, "joan@example.com")
    assert mailoutbox == []
    assert Letter.objects.get().state == Letter.State.WAITING


def test_one_address_gets_one_letter_in_ten_minutes_and_three_in_a_day(client: Client, home: Any) -> None:
    start = timezone.now()
    for minutes in range(0, 24 * 60, 9):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            assert sign_up(client, "victim@example.com").status_code == 303
            sign_up(client, "VICTIM@example.com")
            sign_up(client, f"victim+{minutes}@example.com")
    assert Letter.objects.count() == 3
    assert Consent.objects.count() == 3
    with time_machine.travel(start + timedelta(hours=24, minutes=1)):
        sign_up(client, "victim@example.com")
    assert Letter.objects.count() == 4


def test_somebody_on_the_list_is_told_so_once_a_day(client: Client, home: Any, subscriber: Subscriber) -> None:
    for hours in (0, 5, 23):
        with time_machine.travel(timezone.now() + timedelta(hours=hours)):
            sign_up(client, subscriber.email, name="Mallory")
    subscriber.refresh_from_db()
    assert (subscriber.state, subscriber.name) == (State.CONFIRMED, "Margaret")
    assert [letter.kind for letter in letters_to(subscriber.email)] == ["already_subscribed"]
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        sign_up(client, subscriber.email)
    assert len(letters_to(subscriber.email)) == 2


def test_a_filled_trap_gets_the_same_answer_and_does_nothing(client: Client, home: Any) -> None:
    honest, robot = sign_up(client, "a@example.com"), sign_up(client, "b@example.com", website="http://spam.example")
    assert (robot.status_code, robot["Location"]) == (honest.status_code, honest["Location"])
    assert not Subscriber.objects.filter(mailbox="b@example.com").exists()
    assert letters_to("b@example.com") == []


@pytest.mark.parametrize("email", ["", "eileen.example.org", "a@b", "a@example.com\r\nBcc: x@example.com"])
def test_a_bad_address_is_shown_again_with_the_error_beside_it(client: Client, home: Any, email: str) -> None:
    response = sign_up(client, email, name="Eileen <b>")
    assert response.status_code == 422
    assert "Enter an email address, such as name@example.org" in response.text
    assert 'aria-invalid="true" aria-describedby="page-email-error" autofocus' in response.text
    assert 'value="Eileen &lt;b&gt;"' in response.text
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("name", ["see http://spam.example", "www.spam.example", "buy.now", "x@y.z", "a/b"])
def test_a_name_carries_no_link_into_a_letter(client: Client, home: Any, name: str) -> None:
    assert sign_up(client, "joan@example.com", name=name).status_code == 422
    assert not Letter.objects.exists()


@pytest.mark.parametrize("name", ["Joan\r\nBcc: x@example.com", "Joan\u2028Subject: hello", "J\nR", "O'Neil-Ann J. R."])
def test_a_name_is_one_line(client: Client, home: Any, name: str) -> None:
    sign_up(client, "joan@example.com", name=name)
    for letter in letters_to("joan@example.com"):
        assert not set("\r\n\u2028") & set(letter.subject + letter.to + Subscriber.objects.get().name)
        assert "Bcc" not in letter.text


def test_a_stale_form_keeps_what_was_typed(client: Client, home: Any) -> None:
    response = sign_up(client, "joan@example.com", form_token="old")
    assert response.status_code == 422
    assert 'value="joan@example.com"' in response.text
    assert "please send the form once more" in response.text


def test_a_form_of_another_site_is_refused(client: Client, home: Any) -> None:
    sent = {"email": "joan@example.com", "form_token": make_token("sign-up")}
    assert client.post(SIGN_UP, sent, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert not Subscriber.objects.exists()


def test_opening_the_forms_address_leads_to_the_page(client: Client, home: Any) -> None:
    response = client.get(SIGN_UP)
    assert (response.status_code, response["Location"]) == (302, "/newsletter/")


def test_the_page_needs_no_cookie(client: Client, home: Any) -> None:
    for path in ("/newsletter/", "/newsletter/sign-up/thanks/"):
        response = client.get(path)
        assert not response.cookies
        assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("address", ["9.9.9.9", "2620:fe::9"])
def test_a_network_may_sign_up_ten_an_hour(client: Client, home: Any, address: str) -> None:
    for n in range(10):
        assert sign_up(client, f"a{n}@example.com", REMOTE_ADDR=address).status_code == 303
    late = sign_up(client, "a11@example.com", REMOTE_ADDR="2620:fe::aaaa" if ":" in address else address)
    assert late.status_code == 429
    assert sign_up(client, "a12@example.com", REMOTE_ADDR="8.8.8.8").status_code == 303
    assert Letter.objects.count() == 11
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert sign_up(client, "a13@example.com", REMOTE_ADDR=address).status_code == 303


def test_an_inner_address_is_a_proxys_and_is_not_limited(client: Client, home: Any) -> None:
    answers = {sign_up(client, f"a{n}@example.com", REMOTE_ADDR="10.0.0.1").status_code for n in range(15)}
    assert answers == {303}
