"""Readers without a sign of life are asked once, and then let go."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from letters.models import Letter
from newsletter.actions.lapsing import ask_lapsed, let_lapsed_go
from newsletter.actions.own_page import change_name
from newsletter.models import Consent, NewsletterPage, Subscriber, Suppression
from newsletter.tasks import ask_lapsed as hourly
from tests.factories import SubscriberFactory
from tests.newsletter.joining import letters_to, link_in

pytestmark = pytest.mark.django_db
NOW = timezone.now()
LONG_AGO = NOW - timedelta(days=800)


@pytest.fixture
def silent(home: Any) -> Subscriber:
    return SubscriberFactory(email="silent@example.com", confirmed_at=LONG_AGO, created_at=LONG_AGO)


def handed_over() -> None:
    Letter.objects.update(state=Letter.State.HANDED_OVER)


def later(days: float) -> Any:
    """Counted from the moment of the call: the whole run of tests may have begun long before it."""
    return time_machine.travel(timezone.now() + timedelta(days=days, minutes=5))


def test_the_silent_are_asked_once_and_others_not(silent: Subscriber) -> None:
    SubscriberFactory(confirmed_at=LONG_AGO, last_sign_at=NOW - timedelta(days=600))
    SubscriberFactory(confirmed_at=NOW - timedelta(days=600), created_at=LONG_AGO)
    old = {"confirmed_at": LONG_AGO, "created_at": LONG_AGO}
    SubscriberFactory(**old, paused_until=(NOW + timedelta(days=9)).date())
    SubscriberFactory(**old, state=Subscriber.State.LEFT)
    SubscriberFactory(confirmed_at=LONG_AGO, source="import")  # joined another list then, and ours today
    for _ in range(3):
        hourly()
    assert [letter.to for letter in Letter.objects.all()] == [silent.email]
    assert Subscriber.objects.filter(lapse_asked_at__isnull=False).count() == 1


def test_who_presses_the_button_stays_and_is_not_asked_for_two_years(client: Client, silent: Subscriber) -> None:
    ask_lapsed()
    path = link_in(letters_to(silent.email)[0], "keep")
    assert "Shall we go on?" in client.get(path).text
    assert Subscriber.objects.get().lapse_asked_at is not None
    for _ in range(2):
        assert "The letter keeps coming" in client.post(path, follow=True).text
    handed_over()
    for days in (31, 700):
        with later(days):
            hourly()
    silent.refresh_from_db()
    assert (silent.state, silent.lapse_asked_at) == (Subscriber.State.CONFIRMED, None)
    assert [consent.act for consent in silent.consents.all()] == [Consent.Act.STAYED]
    assert len(letters_to(silent.email)) == 1


def test_who_does_not_answer_leaves_after_thirty_days_without_a_letter(client: Client, silent: Subscriber) -> None:
    ask_lapsed()
    path = link_in(letters_to(silent.email)[0], "keep")
    handed_over()
    with later(29):
        assert let_lapsed_go() == 0
    with later(30):
        assert let_lapsed_go() == 1
        assert client.get(path).status_code == client.post(path).status_code == 410
    silent.refresh_from_db()
    assert silent.state == Subscriber.State.LEFT
    assert Suppression.objects.get().reason == Suppression.Reason.LAPSED
    assert [(consent.act, consent.form) for consent in silent.consents.all()] == [(Consent.Act.LEFT, "lapsed")]
    assert len(letters_to(silent.email)) == 1


def test_any_other_sign_of_life_is_an_answer(silent: Subscriber) -> None:
    ask_lapsed()
    handed_over()
    change_name(Subscriber.objects.get(), "Joan")
    with later(40):
        assert let_lapsed_go() == 0


def test_nobody_goes_whose_letter_has_not_left_the_house(silent: Subscriber) -> None:
    ask_lapsed()
    with later(60):
        assert let_lapsed_go() == 0
        handed_over()
        assert let_lapsed_go() == 1


def test_a_copy_that_may_not_send_asks_nobody(silent: Subscriber, settings: Any) -> None:
    settings.SENDING_ENABLED_FOR = ""
    assert ask_lapsed() == 0
    assert Subscriber.objects.get().lapse_asked_at is None


def test_editors_choose_the_months_and_nought_is_never(silent: Subscriber) -> None:
    NewsletterPage.objects.update(ask_after_months=36)
    assert ask_lapsed() == 0
    NewsletterPage.objects.update(ask_after_months=24)
    assert ask_lapsed() == 1
    handed_over()
    NewsletterPage.objects.update(ask_after_months=0)
    with later(60):
        assert (ask_lapsed(), let_lapsed_go()) == (0, 0)
