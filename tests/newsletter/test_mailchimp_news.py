"""The door for Mailchimp's webhooks: who is let in, and what is stored before the 200."""

import hashlib
import hmac
import time
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from newsletter.mailchimp import events
from newsletter.mailchimp_desk.health import tell_health
from newsletter.models import MailchimpConnection, MailchimpEvent, MailchimpHealth, Subscriber
from newsletter.sealed import seal
from tests.factories import SubscriberFactory
from tests.fakes.mailchimp import FakeMailchimp
from tests.newsletter.in_step import SECRET, compare, connect, hear, settle

pytestmark = pytest.mark.django_db
DOOR = f"/newsletter/mailchimp/{SECRET}/"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def joined(mailchimp: FakeMailchimp, settings: Any) -> FakeMailchimp:
    connect(mailchimp, settings)
    compare()
    return mailchimp


def told(fake: FakeMailchimp, **more: str) -> dict[str, str]:
    audience = next(iter(fake.audiences.values()))
    fields = {
        "type": "unsubscribe",
        "fired_at": "2026-03-26 21:35:57",
        "data[id]": "8a25ff1d98",
        "data[list_id]": audience.id,
        "data[email]": "joan@example.com",
        "data[action]": "unsub",
        "data[reason]": "manual",
    }
    return fields | more


def post(fields: dict[str, str], door: str = DOOR, **extra: str) -> int:
    return int(Client().post(door, urlencode(fields), content_type=FORM, **extra).status_code)


def test_a_get_is_answered_so_that_mailchimp_can_register(joined: FakeMailchimp) -> None:
    assert Client().get(DOOR).status_code == 200
    assert Client().head(DOOR).status_code == 200


@pytest.mark.parametrize("method", ["get", "post"])
def test_another_secret_finds_nothing(joined: FakeMailchimp, method: str) -> None:
    assert getattr(Client(), method)("/newsletter/mailchimp/another-secret-another-secret/").status_code == 404


def test_without_a_secret_in_the_settings_there_is_no_door(joined: FakeMailchimp, settings: Any) -> None:
    settings.MAILCHIMP_WEBHOOK_SECRET = ""
    assert Client().get(DOOR).status_code == 404


def test_news_is_stored_once_however_often_it_comes(joined: FakeMailchimp) -> None:
    assert [post(told(joined)) for _ in range(3)] == [200, 200, 200]
    assert MailchimpEvent.objects.count() == 1


def test_news_of_another_audience_or_of_nobody_is_not_stored(joined: FakeMailchimp) -> None:
    assert post(told(joined, **{"data[list_id]": "0123456789"})) == 200
    assert post(told(joined, type="campaign")) == 200
    assert post(told(joined, **{"data[email]": ""})) == 200
    assert not MailchimpEvent.objects.exists()


@pytest.mark.parametrize("raw", [b"", b"%ff%00=1", b"\xff\xfe", b"type=" + b"x" * 300, b"&".join([b"a=1"] * 2000)])
def test_odd_bodies_are_answered_and_change_nothing(joined: FakeMailchimp, raw: bytes) -> None:
    assert Client().post(DOOR, raw, content_type=FORM).status_code in {200, 400, 411}
    assert not MailchimpEvent.objects.exists()


def test_a_body_beyond_all_measure_is_refused(joined: FakeMailchimp) -> None:
    assert Client().post(DOOR, b"a" * 300_000, content_type=FORM).status_code == 413


def test_signs_that_no_database_takes_are_left_out(joined: FakeMailchimp) -> None:
    assert (
        post(told(joined, **{"data[reason]": "a\0b", "data[email]": "jo\0an@example.com", "fired_at": "nonsense"}))
        == 200
    )
    assert MailchimpEvent.objects.get().email == "joan@example.com"


def test_forged_news_changes_nobody_for_the_contact_is_read_back(joined: FakeMailchimp) -> None:
    person = SubscriberFactory(email="joan@example.com", mailbox="joan@example.com")
    settle(joined)
    assert post(told(joined)) == 200
    events.take_news()
    person.refresh_from_db()
    assert person.state == Subscriber.State.CONFIRMED
    taken = MailchimpEvent.objects.get(kind="unsubscribe")
    assert taken.taken_at is not None
    assert taken.email == ""


def sign(fields: dict[str, str], secret: str, *, at: int | None = None) -> str:
    moment = at or int(time.time())
    digest = hmac.new(secret.encode(), f"{moment}.{urlencode(fields)}".encode(), hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def test_a_signed_hook_is_believed_by_its_signature_alone(joined: FakeMailchimp) -> None:
    MailchimpConnection.objects.update(webhook_signing_secret=seal("top"))
    fields = told(joined)
    assert post(fields) == 403
    assert post(fields, HTTP_X_MAILCHIMP_SIGNATURE=sign(fields, "other")) == 403
    assert post(fields, HTTP_X_MAILCHIMP_SIGNATURE=sign(fields, "top", at=int(time.time()) - 301)) == 403
    assert post(fields, HTTP_X_MAILCHIMP_SIGNATURE="t=x,v1=y") == 403
    assert not MailchimpEvent.objects.exists()
    assert post(fields, HTTP_X_MAILCHIMP_SIGNATURE=sign(fields, "top")) == 200
    assert MailchimpEvent.objects.count() == 1


def test_a_copy_of_the_site_takes_no_news(joined: FakeMailchimp, settings: Any) -> None:
    settings.SENDING_ENABLED_FOR = ""
    assert post(told(joined)) == 503


def test_many_news_are_read_by_the_page(joined: FakeMailchimp) -> None:
    people = SubscriberFactory.create_batch(40)
    settle(joined)
    for person in people:
        joined.contacts.unsubscribe(person.email)
    before = len(joined.calls)
    hear(joined)
    assert Subscriber.objects.filter(state=Subscriber.State.LEFT).count() == 40
    assert len(joined.calls) - before == 1


def test_news_waits_while_mailchimp_is_away(joined: FakeMailchimp) -> None:
    person = SubscriberFactory()
    settle(joined)
    joined.contacts.unsubscribe(person.email)
    joined.faults.at_random(1.0, kinds=["500 html"])
    hear(joined)
    person.refresh_from_db()
    assert person.state == Subscriber.State.CONFIRMED
    joined.faults.stop()
    MailchimpHealth.objects.update(rests_until=None)
    assert not events.take_news()
    person.refresh_from_db()
    assert person.state == Subscriber.State.LEFT


def test_after_a_new_secret_key_news_is_believed_by_its_address_and_the_page_says_so(
    joined: FakeMailchimp, settings: Any
) -> None:
    MailchimpConnection.objects.update(webhook_signing_secret=seal("top"))
    assert "Signatures" not in [fact.name for fact in tell_health(MailchimpConnection.objects.get())]
    settings.SECRET_KEY = "another-" * 8
    assert post(told(joined)) == 200
    (fact,) = [fact for fact in tell_health(MailchimpConnection.objects.get()) if fact.name == "Signatures"]
    assert fact.is_bad
    assert "SECRET_KEY has changed" in fact.words


def test_a_signature_of_odd_letters_is_refused(joined: FakeMailchimp) -> None:
    MailchimpConnection.objects.update(webhook_signing_secret=seal("abc"))
    assert post(told(joined), HTTP_X_MAILCHIMP_SIGNATURE=f"t={int(time.time())},v1=\u00e4\u00f6") == 403


def test_news_of_a_time_before_all_times_holds_up_no_other(joined: FakeMailchimp) -> None:
    for number in range(25):
        more = {"data[id]": str(number), "data[email]": f"reader{number}@example.com"}
        assert post(told(joined, **more, fired_at="0001-01-01 00:00:00")) == 200
    assert not events.take_news()
