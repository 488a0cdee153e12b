"""Connecting an audience: each step by a worker, each repeated without harm; the page never asks anybody."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from config.celery import app
from newsletter.actions.connecting import ask_for_step, choose_audience, take_step
from newsletter.errors import WrongState
from newsletter.models import MailchimpConnection, MailchimpStep, NewsletterPage, Subscriber
from newsletter.sealed import unseal
from tests.fakes.mailchimp import FakeMailchimp
from tests.newsletter.tables import tables_with

pytestmark = pytest.mark.django_db
Kind = MailchimpStep.Kind
SECRET = "s3cret-" * 4
PAGE = "newsletter_mailchimp"


@pytest.fixture
def account(mailchimp: FakeMailchimp, settings: Any) -> FakeMailchimp:
    settings.MAILCHIMP_WEBHOOK_SECRET = SECRET
    mailchimp.webhooks.asks = False
    return mailchimp


def take(kind: Kind) -> MailchimpStep:
    step = ask_for_step(kind)
    take_step(step.pk)
    step.refresh_from_db()
    return step


def connected(account: FakeMailchimp) -> MailchimpConnection:
    take(Kind.LOOK)
    choose_audience(next(iter(account.audiences)))
    assert take(Kind.SET_UP).state == "done"
    return MailchimpConnection.objects.get()


def test_a_look_brings_the_account_and_its_audiences(account: FakeMailchimp) -> None:
    account.add_audience("Another")
    step = take(Kind.LOOK)
    assert step.found["account"] == "Meadowsweet"
    assert [one["name"] for one in step.found["audiences"]] == ["Meadowsweet readers", "Another"]
    assert not MailchimpConnection.objects.exists()


def test_a_wrong_key_is_told_in_words_and_stands_nowhere(account: FakeMailchimp, settings: Any, caplog: Any) -> None:
    settings.MAILCHIMP_API_KEY = "ffffffffffffffffffffffffffffffff-us7"
    step = take(Kind.LOOK)
    assert step.state == "failed"
    assert "API Key Invalid" in step.fault
    assert settings.MAILCHIMP_API_KEY not in caplog.text
    assert not tables_with(settings.MAILCHIMP_API_KEY)


def test_setting_up_twice_makes_one_webhook_and_no_field_twice(account: FakeMailchimp) -> None:
    first = connected(account)
    assert take(Kind.SET_UP).state == "done"
    (audience,) = account.audiences.values()
    (hook,) = audience.hooks.values()
    assert hook.url.endswith(f"/newsletter/mailchimp/{SECRET}/")
    assert (first.is_on, first.webhook_id, first.merge_fields_ready) == (True, hook.id, True)
    assert [field.tag for field in audience.fields.values()].count("FNAME") == 1
    assert MailchimpConnection.objects.get().connected_at == first.connected_at


@pytest.mark.parametrize("fault", ["accepted, no answer", "accepted, 500 bare", "reset", "429 bare"])
def test_a_set_up_whose_answer_is_lost_still_makes_one_webhook(account: FakeMailchimp, fault: str) -> None:
    take(Kind.LOOK)
    choose_audience(next(iter(account.audiences)))
    account.faults.order(fault, method="POST", path="/webhooks")
    assert take(Kind.SET_UP).state == "done"
    assert len(next(iter(account.audiences.values())).hooks) == 1


def test_what_is_chosen_becomes_fields(account: FakeMailchimp, client: Client, editor: Any, settings: Any) -> None:
    connected(account)
    client.force_login(editor)
    client.post(reverse("newsletter_mailchimp_set_up"), {"sends_ebook": "on", "new_members": "pending"})
    take_step(MailchimpStep.objects.latest("pk").pk)
    (audience,) = account.audiences.values()
    tags = {field.tag for field in audience.fields.values()}
    assert "EBOOK" in tags
    assert "OFFERCODE" not in tags
    row = MailchimpConnection.objects.get()
    assert (row.new_members, row.brings_in) == ("pending", False)


def test_a_signing_secret_is_kept_sealed(account: FakeMailchimp) -> None:
    account.webhooks.signs = True
    row = connected(account)
    (hook,) = next(iter(account.audiences.values())).hooks.values()
    assert unseal(row.webhook_signing_secret) == hook.secret
    assert not tables_with(hook.secret)


def test_disconnecting_removes_the_webhook_and_keeps_everybody(account: FakeMailchimp, subscriber: Subscriber) -> None:
    connected(account)
    account.add_member("there@example.com")
    assert take(Kind.DISCONNECT).state == "done"
    row, (audience,) = MailchimpConnection.objects.get(), account.audiences.values()
    assert (row.is_on, row.webhook_id, row.webhook_signing_secret) == (False, "", "")
    assert not audience.hooks
    assert account.members("subscribed")
    subscriber.refresh_from_db()
    assert subscriber.state == Subscriber.State.CONFIRMED


def test_disconnecting_counts_at_once_although_mailchimp_is_away(account: FakeMailchimp) -> None:
    connected(account)
    account.faults.order("503", method="DELETE", path="/webhooks", times=9)
    step = take(Kind.DISCONNECT)
    assert (step.state, MailchimpConnection.objects.get().is_on) == ("waiting", False)
    account.faults.stop()
    MailchimpStep.objects.update(next_try_at="2026-01-01T00:00:00Z")
    take_step(step.pk)
    assert not next(iter(account.audiences.values())).hooks


def test_another_audience_is_chosen_only_after_disconnecting(account: FakeMailchimp) -> None:
    other = account.add_audience("Another")
    connected(account)
    with pytest.raises(WrongState, match="Disconnect"):
        choose_audience(other.id)


def test_another_fixed_audience_is_refused_in_words_and_taken_after_disconnecting(
    account: FakeMailchimp, settings: Any
) -> None:
    other = account.add_audience("Another")
    before = connected(account)
    settings.MAILCHIMP_AUDIENCE_ID = other.id
    step = take(Kind.LOOK)
    assert step.state == "failed"
    assert "Disconnect that one first" in step.fault
    assert MailchimpConnection.objects.get().audience_id == before.audience_id
    assert take(Kind.DISCONNECT).state == "done"
    assert take(Kind.LOOK).state == "done"
    assert MailchimpConnection.objects.get().audience_id == other.id


def test_two_presses_are_one_step(account: FakeMailchimp) -> None:
    assert ask_for_step(Kind.LOOK).pk == ask_for_step(Kind.LOOK).pk


def test_the_page_asks_nobody_and_shows_no_secret(
    account: FakeMailchimp, client: Client, editor: Any, home: Any, settings: Any
) -> None:
    connected(account)
    NewsletterPage.objects.update(sends_with="mailchimp")
    client.force_login(editor)
    before = len(account.calls)
    page = client.get(reverse(PAGE)).text
    assert len(account.calls) == before
    assert "Meadowsweet readers" in page
    assert "As campaigns of this audience" in page
    assert settings.MAILCHIMP_API_KEY not in page
    assert SECRET not in page


def test_the_page_says_what_to_set_where_there_is_no_key(client: Client, editor: Any, home: Any) -> None:
    client.force_login(editor)
    page = client.get(reverse(PAGE)).text
    assert "MAILCHIMP_API_KEY" in page
    assert "Check the key" not in page
    answer = client.post(reverse("newsletter_mailchimp_look"), follow=True)
    assert "There is no key" in answer.text


def test_only_who_may_sees_it(client: Client, stranger: Any, home: Any) -> None:
    client.force_login(stranger)
    assert client.get(reverse(PAGE)).status_code == 302
    assert client.post(reverse("newsletter_mailchimp_look")).status_code == 302
    assert not MailchimpStep.objects.exists()


def test_a_press_and_a_worker_bring_the_answer_to_the_page(
    account: FakeMailchimp, client: Client, editor: Any, home: Any, django_capture_on_commit_callbacks: Any
) -> None:
    client.force_login(editor)
    app.conf.task_always_eager = True
    try:
        with django_capture_on_commit_callbacks(execute=True):
            client.post(reverse("newsletter_mailchimp_look"))
    finally:
        app.conf.task_always_eager = False
    assert "The key is of the account" in client.get(reverse(PAGE)).text
