"""Another audience is connected: who asked to be erased is not forgotten in the one before."""

from typing import Any

import pytest
from django.utils import timezone

from newsletter.actions.erasing import erase_subscriber
from newsletter.mailchimp_desk.health import tell_health
from newsletter.models import MailchimpConnection, MailchimpMember
from tests.fakes.mailchimp import FakeMailchimp
from tests.newsletter.in_step import compare, connect, join, settle, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def changed(mailchimp: FakeMailchimp, settings: Any) -> FakeMailchimp:
    """Joan was erased, and before Mailchimp could be told another audience is connected and compared."""
    connect(mailchimp, settings)
    compare()
    person = join()
    settle(mailchimp)
    erase_subscriber(person)
    other = mailchimp.add_audience("Another")
    MailchimpConnection.objects.update(audience_id=other.id, connected_at=timezone.now())
    compare()
    return mailchimp


def health() -> dict[str, str]:
    return {fact.name: fact.words for fact in tell_health(MailchimpConnection.objects.get())}


def test_an_erasure_is_told_to_the_audience_that_was_connected_before(changed: FakeMailchimp) -> None:
    assert health()["To be erased"].startswith("1 contact of an audience that was connected before waits")
    tell()
    assert next(iter(changed.audiences.values())).forgotten
    assert not MailchimpMember.objects.exists()
    assert "To be erased" not in health()


def test_an_erasure_waits_while_its_audience_is_in_another_account(changed: FakeMailchimp) -> None:
    first = next(iter(changed.audiences))
    kept = changed.audiences.pop(first)
    tell()
    assert MailchimpMember.objects.get().to_go == "erase"
    changed.audiences[first] = kept
    tell()
    assert kept.forgotten
    assert not MailchimpMember.objects.exists()
