"""Subscribers > Do not mail."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from guard.addresses import fingerprint
from newsletter.actions.suppressing import lift_by_hand, suppress_by_hand, suppress_mailbox
from newsletter.errors import NotAllowed
from newsletter.models import Subscriber, Suppression

pytestmark = pytest.mark.django_db
Reason = Suppression.Reason
JOAN = "joan@example.com"


@pytest.fixture
def manager(client: Client, home: Any, manager_of_the_list: Any) -> Client:
    client.force_login(manager_of_the_list)
    return client


def _post(client: Client, email: str, **sent: str) -> str:
    return client.post(reverse("newsletter_suppressions"), {"email": email, **sent}).text


def _reason() -> str:
    return Suppression.objects.get(fingerprint=fingerprint(JOAN)).reason


def test_an_address_is_looked_up_in_any_spelling_without_standing_in_an_address(manager: Client) -> None:
    suppress_mailbox(JOAN, reason=Reason.BOUNCED)
    page = _post(manager, " Joan@EXAMPLE.com ")
    assert "the mailbox does not exist, since" in page
    assert "Lift it" not in page
    assert "Nothing keeps mail away" in _post(manager, "other@example.com")
    assert "Enter an email address" in _post(manager, "joan")
    assert "does not exist, since" not in manager.get(reverse("newsletter_suppressions"), {"email": JOAN}).text


def test_the_team_keeps_somebody_off_and_lifts_it_and_nobody_is_revived(
    manager: Client, subscriber: Subscriber, manager_of_the_list: Any
) -> None:
    assert "in a few words why" in _post(manager, subscriber.email, suppress="")
    assert not Suppression.objects.exists()
    assert "Asked by telephone" in _post(manager, subscriber.email, suppress="", note="Asked by telephone")
    subscriber.refresh_from_db()
    assert subscriber.state == Subscriber.State.LEFT
    assert "Nothing keeps mail away" in _post(manager, subscriber.email, lift="")
    subscriber.refresh_from_db()
    assert subscriber.state == Subscriber.State.LEFT
    entries = ModelLogEntry.objects.filter(action__startswith="newsletter.").order_by("timestamp")
    assert list(entries.values_list("action", "user")) == [
        ("newsletter.suppress", manager_of_the_list.pk),
        ("newsletter.lift", manager_of_the_list.pk),
    ]
    assert subscriber.email not in str(list(entries.values()))


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason != Reason.BY_HAND])
def test_nothing_else_is_lifted_by_hand(manager: Client, reason: Suppression.Reason) -> None:
    suppress_mailbox(JOAN, reason=reason)
    assert "Only what the team put there" in _post(manager, JOAN, lift="")
    assert _reason() == reason


def test_lifting_brings_the_earlier_reason_back(editor: Any) -> None:
    """Who had left, or was erased, and was then put there by hand, has still left."""
    suppress_mailbox(JOAN, reason=Reason.ERASED)
    assert suppress_by_hand(JOAN, note="By telephone", by=editor)
    assert _reason() == Reason.BY_HAND
    lift_by_hand(JOAN, by=editor)
    assert _reason() == Reason.ERASED
    with pytest.raises(NotAllowed):
        lift_by_hand(JOAN, by=editor)


def test_a_complaint_is_not_made_lighter_by_hand(editor: Any) -> None:
    suppress_mailbox(JOAN, reason=Reason.COMPLAINED)
    assert not suppress_by_hand(JOAN, note="x", by=editor)
    assert _reason() == Reason.COMPLAINED
