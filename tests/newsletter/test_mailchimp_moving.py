"""Somebody has another address here, and Mailchimp does not know of it yet: what it tells meanwhile is about them."""

from typing import Any

import pytest

from newsletter.actions.address_changes import change_address
from newsletter.models import AddressChange, MailchimpMember, Subscriber, Suppression
from tests.fakes.mailchimp import FakeMailchimp
from tests.newsletter.in_step import compare, connect, hear, join, settle, statuses, tell

pytestmark = pytest.mark.django_db
State = Subscriber.State


@pytest.fixture
def moved(mailchimp: FakeMailchimp, settings: Any) -> Subscriber:
    """Joan, who has moved from example.com to example.net a moment ago."""
    connect(mailchimp, settings)
    compare()
    person = join()
    settle(mailchimp)
    change = AddressChange.objects.create(
        subscriber=person, old_email=person.email, new_email="joan@example.net", looked_at=person.created_at
    )
    change_address(change)
    person.refresh_from_db()
    return person


@pytest.mark.parametrize("way", ["webhook", "comparison"])
def test_who_leaves_there_under_the_old_address_has_left(moved: Subscriber, mailchimp: FakeMailchimp, way: str) -> None:
    mailchimp.contacts.unsubscribe("joan@example.com")
    if way == "webhook":
        hear(mailchimp)
    else:
        compare()
    settle(mailchimp)
    moved.refresh_from_db()
    assert moved.state == State.LEFT
    assert "subscribed" not in statuses(mailchimp).values()


def test_news_of_the_old_address_does_not_part_the_contact_from_its_owner(
    moved: Subscriber, mailchimp: FakeMailchimp
) -> None:
    compare()
    assert MailchimpMember.objects.get().subscriber == moved
    settle(mailchimp)
    assert statuses(mailchimp) == {"joan@example.net": "subscribed"}


def test_a_bounce_of_the_old_address_is_none_of_the_new_one(moved: Subscriber, mailchimp: FakeMailchimp) -> None:
    mailchimp.contacts.bounce("joan@example.com")
    hear(mailchimp)
    settle(mailchimp)
    moved.refresh_from_db()
    assert moved.state == State.CONFIRMED
    assert not Suppression.objects.filter(reason=Suppression.Reason.BOUNCED).exists()
    assert statuses(mailchimp)["joan@example.net"] == "subscribed"


def test_who_left_there_unseen_has_left_though_the_new_address_is_there_on_its_own(
    moved: Subscriber, mailchimp: FakeMailchimp
) -> None:
    mailchimp.add_member("joan@example.net")
    mailchimp.contacts.unsubscribe("joan@example.com")
    tell()
    moved.refresh_from_db()
    assert moved.state == State.LEFT
    settle(mailchimp)
    assert "subscribed" not in statuses(mailchimp).values()


def test_two_contacts_of_one_person_become_the_new_one(moved: Subscriber, mailchimp: FakeMailchimp) -> None:
    mailchimp.add_member("joan@example.net")
    settle(mailchimp)
    moved.refresh_from_db()
    assert moved.state == State.CONFIRMED
    assert statuses(mailchimp) == {"joan@example.com": "archived", "joan@example.net": "subscribed"}
