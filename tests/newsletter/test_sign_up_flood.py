"""Somebody bombs people through the form: few letters, one question more for everybody, and the team is told."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from guard.forms import make_token
from letters.models import Letter
from newsletter.actions import sign_up_alarm
from newsletter.models import SignUpRequest, Subscriber
from newsletter.subscribing.challenge import ask, is_answered
from newsletter.subscribing.wording import current_wording
from newsletter.tasks import sweep_sign_ups
from tests.factories import SubscriberFactory
from tests.fakes.reader import Form, forms_of
from tests.newsletter.joining import SIGN_UP, letters_to, link_in, settle_all, sign_up
from users.models import User

pytestmark = pytest.mark.django_db
LIMIT = sign_up_alarm.UNCONFIRMED_AN_HOUR
PANEL = 'id="sign-up-alarm-section"'


def flood(number: int = LIMIT + 1) -> None:
    """So many sign-ups of this hour that nobody has confirmed."""
    wording, now = current_wording(), timezone.now()
    rows = [SignUpRequest(fingerprint=f"{n}", form="page", wording=wording, settled_at=now) for n in range(number)]
    SignUpRequest.objects.bulk_create(rows)


def question(page: Any) -> tuple[Form, str]:
    """The form that asks for a word, and the word."""
    form = next(form for form in forms_of(page.text) if "mark" in form.fields)
    return form, page.text.partition("please type the word <b>")[2].partition("</b>")[0]


def answer(client: Client, form: Form, word: str, *, after: float = 5) -> Any:
    with time_machine.travel(timezone.now() + timedelta(seconds=after)):
        page = client.post(form.action, {**form.fields, "answer": word})
        settle_all()
    return page


def test_two_hundred_an_hour_are_no_flood(client: Client, home: Any) -> None:
    flood(LIMIT)
    assert sign_up(client, "joan@example.com").status_code == 303


def test_a_person_types_the_word_and_is_taken(client: Client, home: Any) -> None:
    flood()
    page = sign_up(client, "joan@example.com", name="Joan", source="/articles/sleep/")
    assert page.status_code == 422
    assert not SignUpRequest.objects.waiting().exists()
    form, word = question(page)
    assert answer(client, form, f" {word.upper()}. ")["Location"] == "/newsletter/sign-up/thanks/"
    assert letters_to("joan@example.com", "confirm")
    assert Subscriber.objects.get().name == "Joan"


def test_everybody_is_asked_alike(client: Client, home: Any, subscriber: Subscriber) -> None:
    flood()
    assert {sign_up(client, email).status_code for email in (subscriber.email, "new@example.com")} == {422}


def test_what_no_person_does_is_asked_again(client: Client, home: Any) -> None:
    flood()
    form, word = question(sign_up(client, "joan@example.com"))
    other = {**form.fields, "email": "victim@example.com"}
    assert answer(client, form, word, after=0).status_code == 422, "quicker than anybody types"
    assert answer(client, form, "other").status_code == 422
    assert answer(client, form, "").status_code == 422
    assert answer(client, Form(form.action, "post", other), word).status_code == 422, "a mark is of one address"
    assert answer(client, Form(form.action, "post", {**form.fields, "mark": "1:x:y"}), word).status_code == 422
    assert "That was not the word" in answer(client, form, "other").text
    assert not Subscriber.objects.exists()


def test_an_answer_that_comes_after_an_hour_is_none() -> None:
    start, asked = timezone.now(), ask("joan@example.com")
    for seconds, holds in ((1, False), (3, True), (3599, True), (3602, False)):
        with time_machine.travel(start + timedelta(seconds=seconds)):
            assert is_answered(asked.mark, asked.word, "Joan@Example.com") is holds


def test_whoever_confirms_counts_no_more(client: Client, home: Any) -> None:
    flood(LIMIT)
    sign_up(client, "joan@example.com")
    assert sign_up_alarm.is_flooded()
    client.post(link_in(letters_to("joan@example.com")[0], "confirm"))
    assert not sign_up_alarm.is_flooded()


def test_after_a_quieter_hour_nobody_is_asked(client: Client, home: Any) -> None:
    flood()
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert sign_up(client, "joan@example.com").status_code == 303


def test_those_who_look_after_the_list_are_told_once_an_hour(home: Any, editor: User, moderator: User) -> None:
    flood()
    for _ in range(3):
        sweep_sign_ups()
    (letter,) = Letter.objects.filter(kind="sign_up_flood")
    assert letter.to == editor.email
    assert str(LIMIT + 1) in letter.text
    assert str(LIMIT + 1) in letter.html
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        sweep_sign_ups()
        assert Letter.objects.filter(kind="sign_up_flood").count() == 1, "it is over"
        flood()
        sweep_sign_ups()
    assert Letter.objects.filter(kind="sign_up_flood").count() == 2


def test_the_admins_first_page_says_so_for_a_day(client: Client, home: Any, editor: User, moderator: User) -> None:
    client.force_login(editor)
    assert PANEL not in client.get("/admin/").text
    flood()
    assert f"{LIMIT + 1} within the last hour" in client.get("/admin/").text, "also while the worker is away"
    sweep_sign_ups()
    with time_machine.travel(timezone.now() + timedelta(hours=20)):
        client.force_login(editor)
        assert "It is quiet again" in client.get("/admin/").text
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        client.force_login(editor)
        assert PANEL not in client.get("/admin/").text
    client.force_login(moderator)
    assert PANEL not in client.get("/admin/").text


def test_a_bombing_run_leaves_three_letters_each_and_an_alarm(client: Client, home: Any, editor: User) -> None:
    """Nine addresses in many spellings, every ten minutes of a day, from as many networks."""
    SubscriberFactory(email="victim0@example.com")
    start = timezone.now()
    for step in range(24 * 6):
        with time_machine.travel(start + timedelta(minutes=10 * step + 1)):
            for n in range(9):
                email = f"Victim{n}+{step}@Example.com" if step % 2 else f"victim{n}@example.com"
                fields = {"email": email, "form_token": make_token("sign-up"), "place": "page"}
                client.post(SIGN_UP, fields, REMOTE_ADDR=f"9.9.{step}.{n + 1}")
            if step == 5:
                flood(LIMIT)
            settle_all()
            sweep_sign_ups()
    sent = [letter.to.lower().partition("@")[0].partition("+")[0] for letter in Letter.objects.exclude(to=editor.email)]
    assert max(sent.count(f"victim{n}") for n in range(9)) <= 3
    assert Letter.objects.filter(kind="sign_up_flood", to=editor.email).exists()
