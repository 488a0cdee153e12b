"""Where the list and the audience differ: what the team sees, and what their buttons do."""

from typing import Any

import pytest
from django.test import Client

from letters.models import Letter
from newsletter.actions.erasing import erase_subscriber
from newsletter.actions.import_runs import run_import
from newsletter.actions.leaving import unsubscribe
from newsletter.mailchimp import tasks, walking
from newsletter.mailchimp.drift import count_drift
from newsletter.models import (
    ImportLine,
    MailchimpConnection,
    MailchimpMember,
    MailchimpWalk,
    Subscriber,
    SubscriberImport,
)
from tests.factories import SubscriberFactory
from tests.fakes.mailchimp import FakeMailchimp
from tests.newsletter.in_step import age, compare, connect, join, settle, statuses
from tests.newsletter.tables import tables_with

pytestmark = pytest.mark.django_db
HOME = "/admin/newsletter/in-step/"


@pytest.fixture
def joined(mailchimp: FakeMailchimp, settings: Any) -> FakeMailchimp:
    connect(mailchimp, settings)
    compare()
    return mailchimp


@pytest.fixture
def desk(client: Client, editor: Any) -> Client:
    editor.is_superuser = True
    editor.save()
    client.force_login(editor)
    return client


def found() -> dict[str, int]:
    return {one.kind.name: one.number for one in count_drift(MailchimpConnection.objects.get()) if one.number}


def test_without_an_audience_the_page_says_what_to_do_first(desk: Client) -> None:
    assert "No audience at Mailchimp is connected" in desk.get(HOME).content.decode()


def test_who_may_not_see_the_list_does_not_see_this(joined: FakeMailchimp, client: Client, moderator: Any) -> None:
    client.force_login(moderator)
    assert client.get(HOME).status_code in {302, 403}


def test_in_step_means_that_nothing_is_listed(joined: FakeMailchimp, desk: Client) -> None:
    SubscriberFactory.create_batch(5)
    settle(joined)
    assert found() == {}
    page = desk.get(HOME).content.decode()
    assert "Everybody who is on the list here stands there as they should." in page
    assert "subscribed 5" in page


def test_each_difference_is_counted_and_shown_with_what_to_do(joined: FakeMailchimp, desk: Client) -> None:
    for name in ("spam", "archived", "fine"):
        SubscriberFactory(email=f"{name}@example.com")
    settle(joined)
    joined.members()["archived@example.com"].status = "archived"
    joined.add_member("stranger@example.com")
    compare()
    waiting = SubscriberFactory(email="new@example.com")
    assert found() == {"only-there": 1, "refused": 1, "archived": 1, "absent": 1}
    page = desk.get(HOME).content.decode()
    assert all(f"{HOME}{kind}/" in page for kind in found())
    for kind, address in (("refused", "spam"), ("archived", "archived"), ("only-there", "stranger")):
        assert f"{address}@example.com" in desk.get(f"{HOME}{kind}/").content.decode()
    assert waiting.email in desk.get(f"{HOME}absent/").content.decode()
    assert desk.get(f"{HOME}nonsense/").status_code == 404


def test_mailchimp_can_be_asked_to_ask_who_is_archived(joined: FakeMailchimp, desk: Client) -> None:
    SubscriberFactory(email="joan@example.com")
    settle(joined)
    joined.members()["joan@example.com"].status = "archived"
    age(joined)
    compare()
    row = MailchimpMember.objects.get()
    answer = desk.post(f"{HOME}contact/{row.pk}/ask/", {"kind": "archived"})
    assert answer.headers["Location"] == f"{HOME}archived/"
    settle(joined)
    assert statuses(joined) == {"joan@example.com": "pending"}


def test_a_refused_address_can_be_tried_again(joined: FakeMailchimp, desk: Client) -> None:
    SubscriberFactory(email="spam@example.com")
    settle(joined)
    joined.looks_fake.clear()
    desk.post(f"{HOME}contact/{MailchimpMember.objects.get().pk}/again/", {"kind": "refused"})
    settle(joined)
    assert statuses(joined) == {"spam@example.com": "subscribed"}
    assert found() == {}


def test_the_letter_with_the_form_can_be_sent_again_but_not_without_end(joined: FakeMailchimp, desk: Client) -> None:
    joined.add_member("joan@example.com", "unsubscribed", barred="complained")
    age(joined)
    join()
    settle(joined)
    assert found() == {"form": 1}
    for _ in range(5):
        desk.post(f"{HOME}contact/{MailchimpMember.objects.get().pk}/letter/", {"kind": "form"})
    assert Letter.objects.filter(kind="mailchimp_form").count() == 2


def test_an_audience_is_brought_in_after_a_dry_run(joined: FakeMailchimp, desk: Client) -> None:
    left = SubscriberFactory(email="left@example.com")
    settle(joined)
    unsubscribe(left, by="link")
    settle(joined)
    joined.members()["left@example.com"].status = "subscribed"
    for n in range(3):
        joined.add_member(f"p{n}@example.com", merges={"FNAME": f"P{n}"})
    joined.add_member("gone@example.com", "unsubscribed")
    compare()
    answer = desk.post(f"{HOME}bring-in/")
    made = SubscriberImport.objects.get()
    assert answer.headers["Location"].endswith(f"/imports/{made.pk}/")
    run_import(made.pk)
    made.refresh_from_db()
    assert (made.state, made.taken) == ("checked", 3)
    assert not ImportLine.objects.filter(email__startswith="left").exists()
    assert Subscriber.objects.count() == 1
    desk.post(f"/admin/newsletter/imports/{made.pk}/take/", {"consent": "Joined at Mailchimp."})
    run_import(made.pk)
    assert Subscriber.objects.confirmed().count() == 3
    assert Subscriber.objects.get(mailbox="p1@example.com").name == "P1"
    settle(joined)
    assert found() == {}
    assert statuses(joined)["left@example.com"] == "unsubscribed"


def test_compare_now_does_not_wait_for_the_night(joined: FakeMailchimp, desk: Client) -> None:
    desk.post(f"{HOME}compare/")
    assert MailchimpConnection.objects.get().last_pull_at is None


def test_a_comparison_goes_on_where_it_was_left(joined: FakeMailchimp) -> None:
    SubscriberFactory.create_batch(30)
    settle(joined)
    joined.faults.order("500", path="/lists/{list_id}/members", method="GET", times=6, after=1)
    MailchimpConnection.objects.update(last_pull_at=None)
    assert not walking.walk_if_due()
    walk = MailchimpWalk.objects.get(ended_at=None)
    assert (walk.status, walk.looked_at) == ("archived", 30)
    walking.walk_if_due()
    walk.refresh_from_db()
    assert walk.ended_at is not None
    assert walk.looked_at == 30


def test_who_was_archived_since_the_comparison_is_not_revived_by_a_batch(joined: FakeMailchimp) -> None:
    people = SubscriberFactory.create_batch(8)
    joined.add_member(people[0].email, "archived")
    settle(joined)
    assert statuses(joined)[people[0].email] == "archived"
    assert found() == {"archived": 1}


def test_after_disconnecting_nothing_is_kept_of_people_who_are_only_there(joined: FakeMailchimp) -> None:
    joined.add_member("stranger@example.com")
    compare()
    assert MailchimpMember.objects.filter(email="stranger@example.com").exists()
    MailchimpConnection.objects.update(is_on=False)
    tasks.tick_mailchimp()
    assert not MailchimpMember.objects.exists()


def test_erasing_leaves_no_trace_in_any_table_though_the_contact_is_still_there(joined: FakeMailchimp) -> None:
    person = join("josephine@example.com", name="Josephine")
    settle(joined)
    joined.contacts.change_fields("josephine@example.com", FNAME="Josephine B.")
    assert set(joined.webhooks.deliver()) == {200}
    erase_subscriber(person)
    assert tables_with("josephine") == {}
    assert statuses(joined) == {"josephine@example.com": "subscribed"}
    settle(joined)
    assert statuses(joined) == {}
