"""A subscriber's own page says what Mailchimp asks of them, and what to do if its mail does not come."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from newsletter.actions.leaving import unsubscribe
from newsletter.links import own_url
from newsletter.models import MailchimpConnection, NewsletterPage, Subscriber
from tests.fakes.mailchimp import FakeMailchimp
from tests.newsletter.in_step import age, compare, connect, join, settle, statuses, yesterday

pytestmark = pytest.mark.django_db
BUTTON = "has sent you a mail with a button"


@pytest.fixture
def joined(home: Any, mailchimp: FakeMailchimp, settings: Any) -> FakeMailchimp:
    connect(mailchimp, settings)
    compare()
    NewsletterPage.objects.update(sends_with="mailchimp", reply_to="editors@meadowsweet.example")
    return mailchimp


@pytest.fixture
def back(joined: FakeMailchimp) -> Subscriber:
    """Somebody who left and joined again: Mailchimp asks them."""
    person = join()
    settle(joined)
    unsubscribe(person, by="link")
    settle(joined)
    yesterday(person)
    age(joined)
    person = join()
    settle(joined)
    assert statuses(joined) == {person.email: "pending"}
    return person


def page_of(client: Client, person: Subscriber) -> str:
    return " ".join(client.get(urlsplit(own_url(person)).path).text.split())


def test_who_is_asked_by_mailchimp_reads_of_its_mail_and_of_its_form(client: Client, back: Subscriber) -> None:
    page = page_of(client, back)
    assert "One step is left" in page
    assert "is on our list, since" in page
    assert "Our monthly letter comes to" not in page
    assert f"{BUTTON}. Please press it: no issue comes before." in page
    assert "look in the folder for unwanted mail" in page
    assert f'href="{MailchimpConnection.objects.get().signup_form_url}"' in page
    assert back.email not in page


def test_without_a_known_form_there_is_an_address_to_write_to(client: Client, back: Subscriber) -> None:
    MailchimpConnection.objects.update(signup_form_url="")
    page = page_of(client, back)
    assert 'href="mailto:editors@meadowsweet.example"' in page
    assert "own form" not in page


def test_where_issues_come_by_another_way_nothing_is_left_to_do(client: Client, back: Subscriber) -> None:
    NewsletterPage.objects.update(sends_with="")
    page = page_of(client, back)
    assert f"{BUTTON}. Our letter comes to you whether you press it or not." in page
    assert "One step is left" not in page


def test_once_the_button_is_pressed_the_page_says_nothing_of_it(
    client: Client, back: Subscriber, joined: FakeMailchimp
) -> None:
    joined.contacts.confirm(back.email)
    compare()
    assert statuses(joined) == {back.email: "subscribed"}
    assert BUTTON not in page_of(client, back)


def test_whom_only_the_form_helps_is_led_to_it(client: Client, joined: FakeMailchimp) -> None:
    joined.add_member("joan@example.com", "unsubscribed", barred="complained")
    age(joined)
    person = join()
    settle(joined)
    page = page_of(client, person)
    assert "You alone can, in its own form." in page
    assert "Open Mailchimp’s form" in page
    NewsletterPage.objects.update(sends_with="")
    assert "Mailchimp" not in page_of(client, person)


def test_without_an_audience_and_for_who_left_it_says_nothing(client: Client, back: Subscriber) -> None:
    MailchimpConnection.objects.update(is_on=False)
    assert BUTTON not in page_of(client, back)
    MailchimpConnection.objects.update(is_on=True)
    unsubscribe(back, by="link")
    assert BUTTON not in page_of(client, back)
