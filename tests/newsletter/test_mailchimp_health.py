"""Settings, Mailchimp: how the connection does, and the way to the differences and back."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from newsletter.mailchimp.walking import begin_walk
from newsletter.mailchimp_desk.health import tell_health
from newsletter.models import MailchimpConnection, MailchimpWalk
from tests.factories import SubscriberFactory
from tests.fakes.mailchimp import FakeMailchimp
from tests.newsletter.in_step import compare, connect, settle
from users.models import User

pytestmark = pytest.mark.django_db
SETTINGS, DIFFERENCES = "/admin/newsletter/mailchimp/", "/admin/newsletter/in-step/"


def facts() -> dict[str, str]:
    return {fact.name: fact.words for fact in tell_health(MailchimpConnection.objects.get())}


@pytest.fixture
def joined(mailchimp: FakeMailchimp, settings: Any) -> FakeMailchimp:
    connect(mailchimp, settings)
    return mailchimp


@pytest.fixture
def desk(client: Client, editor: User) -> Client:
    editor.is_superuser = True
    editor.save()
    client.force_login(editor)
    return client


def test_it_says_when_they_were_compared_and_how_many_differ(joined: FakeMailchimp) -> None:
    assert facts()["Last compared"] == "not since it was connected"
    assert "Differences" not in facts()
    compare()
    assert facts()["Last compared"] == "a moment ago"
    assert facts()["Differences"] == "none"
    SubscriberFactory(email="new@example.com")
    assert facts()["Differences"] == "none needs a look, 1 is seen to by the worker"
    joined.add_member("stranger@example.com")
    compare()
    assert facts()["Differences"] == "1 needs a look, 1 is seen to by the worker"
    settle(joined)
    joined.add_member("another@example.com")
    compare()
    assert facts()["Differences"] == "2 need a look"


def test_a_comparison_that_is_under_way_is_told(joined: FakeMailchimp) -> None:
    compare()
    begin_walk(MailchimpConnection.objects.get())
    MailchimpWalk.objects.filter(ended_at=None).update(looked_at=1000)
    assert facts()["Last compared"] == "a moment ago; one is under way, 1,000 contacts so far"


def test_the_two_pages_lead_to_each_other(joined: FakeMailchimp, desk: Client) -> None:
    compare()
    assert f'href="{DIFFERENCES}">See where the list' in desk.get(SETTINGS).content.decode()
    assert f'href="{SETTINGS}">How the connection does' in desk.get(DIFFERENCES).content.decode()
    MailchimpConnection.objects.update(is_on=False)
    assert f'href="{DIFFERENCES}">See where the list' not in desk.get(SETTINGS).content.decode()
    assert f'href="{SETTINGS}">Settings, Mailchimp</a>' in desk.get(DIFFERENCES).content.decode()


def test_nobody_is_led_where_they_may_not_go(joined: FakeMailchimp, client: Client, stranger: User) -> None:
    compare()
    admin, see = (Permission.objects.get(codename=name) for name in ("access_admin", "view_subscriber"))
    stranger.user_permissions.set([admin, see])
    client.force_login(stranger)
    page = client.get(DIFFERENCES)
    assert page.status_code == 200
    assert "How the connection does" not in page.content.decode()
    stranger.user_permissions.set([admin, Permission.objects.get(codename="change_mailchimpconnection")])
    page = client.get(SETTINGS)
    assert "none" in page.content.decode()
    assert "See where the list" not in page.content.decode()
