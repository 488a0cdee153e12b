"""The list here and an audience at Mailchimp: what happens on one side ends right on both."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from blog.models import Topic
from guard.addresses import fingerprint
from letters.models import Letter
from newsletter.actions.address_changes import change_address, put_address_back
from newsletter.actions.erasing import erase_subscriber
from newsletter.actions.leaving import undo_leaving, unsubscribe
from newsletter.actions.own_page import change_name, choose_topics
from newsletter.actions.sign_up import confirm_subscription, request_subscription
from newsletter.mailchimp import tasks
from newsletter.models import (
    AddressChange,
    Consent,
    ConsentWording,
    MailchimpConnection,
    MailchimpErrand,
    MailchimpMember,
    Subscriber,
    Suppression,
)
from newsletter.senders.mailchimp import hash_of
from tests.factories import SubscriberFactory
from tests.fakes.mailchimp import FakeMailchimp
from tests.newsletter.in_step import age, compare, connect, hear, join, reversed_, settle, statuses, tell, yesterday
from tests.newsletter.joining import make_ebook

pytestmark = pytest.mark.django_db
State, Reason = Subscriber.State, Suppression.Reason


@pytest.fixture
def joined(mailchimp: FakeMailchimp, settings: Any) -> FakeMailchimp:
    """An empty audience that is connected and compared."""
    connect(mailchimp, settings)
    compare()
    return mailchimp


def there(fake: FakeMailchimp, email: str = "joan@example.com") -> Any:
    return fake.members()[email]


def test_nobody_is_told_of_before_they_confirmed(joined: FakeMailchimp) -> None:
    wording = ConsentWording.objects.create(text="Yes.")
    request_subscription(email="joan@example.com", name="", form="page", source_url="/", wording=wording)
    settle(joined)
    assert statuses(joined) == {}
    person = Subscriber.objects.get()
    confirm_subscription(person)
    settle(joined)
    assert statuses(joined) == {"joan@example.com": "subscribed"}
    assert there(joined).opted_in_at is not None
    assert not MailchimpErrand.objects.exists()


def test_an_audience_with_double_opt_in_asks_by_itself(joined: FakeMailchimp) -> None:
    MailchimpConnection.objects.update(new_members="pending")
    person = join()
    settle(joined)
    assert statuses(joined) == {"joan@example.com": "pending"}
    person.refresh_from_db()
    assert person.state == State.CONFIRMED
    joined.contacts.confirm("joan@example.com")
    settle(joined)
    assert MailchimpMember.objects.get().status == "subscribed"


def test_name_and_topics_go_along_and_other_tags_stay(joined: FakeMailchimp) -> None:
    sleep, food = Topic.objects.create(name="Sleep", slug="sleep"), Topic.objects.create(name="Food", slug="food")
    person = join()
    choose_topics(person, [sleep])
    settle(joined)
    assert (there(joined).merges["FNAME"], set(there(joined).tags)) == ("Joan", {"Sleep"})
    there(joined).tags["The team’s own"] = there(joined).changed_at
    change_name(person, "Joanna")
    choose_topics(person, [food])
    settle(joined)
    assert (there(joined).merges["FNAME"], set(there(joined).tags)) == ("Joanna", {"Food", "The team’s own"})


def test_many_changes_are_one_errand(joined: FakeMailchimp) -> None:
    person = join()
    for name in ("A", "B", "C"):
        change_name(person, name)
    assert MailchimpErrand.objects.get().version > 3
    tell()
    assert len(joined.named("PUT /lists/{list_id}/members/{subscriber_hash}")) == 1
    assert not MailchimpErrand.objects.exists()


def test_nothing_is_noted_while_no_audience_is_connected(subscriber: Subscriber) -> None:
    change_name(subscriber, "Other")
    assert not MailchimpErrand.objects.exists()


def test_who_leaves_here_leaves_there(joined: FakeMailchimp) -> None:
    person = join()
    settle(joined)
    unsubscribe(person, by="link")
    settle(joined)
    assert statuses(joined) == {"joan@example.com": "unsubscribed"}
    person.refresh_from_db()
    assert person.state == State.LEFT


@pytest.mark.parametrize(
    ("act", "reason", "status"),
    [
        ("unsubscribe", Reason.LEFT, "unsubscribed"),
        ("complain", Reason.COMPLAINED, "unsubscribed"),
        ("bounce", Reason.BOUNCED, "cleaned"),
    ],
)
@pytest.mark.parametrize("way", ["webhook", "comparison"])
def test_who_leaves_there_leaves_here(joined: FakeMailchimp, act: str, reason: str, status: str, way: str) -> None:
    person = join()
    settle(joined)
    yesterday(person)
    getattr(joined.contacts, act)("joan@example.com")
    if way == "webhook":
        hear(joined, times=2, order=reversed_)
    else:
        joined.webhooks.drop()
        compare()
    person.refresh_from_db()
    assert person.state == State.LEFT
    assert Suppression.objects.get().reason == reason
    assert person.consents.filter(act=Consent.Act.LEFT).count() == 1
    settle(joined)
    assert statuses(joined) == {"joan@example.com": status}


def test_who_comes_back_is_asked_by_mailchimp_and_not_subscribed_by_us(joined: FakeMailchimp) -> None:
    person = join()
    settle(joined)
    yesterday(person)
    joined.contacts.unsubscribe("joan@example.com")
    settle(joined)
    age(joined)
    join()
    settle(joined)
    assert statuses(joined) == {"joan@example.com": "pending"}
    joined.contacts.confirm("joan@example.com")
    settle(joined)
    assert statuses(joined) == {"joan@example.com": "subscribed"}
    person.refresh_from_db()
    assert person.state == State.CONFIRMED


def test_who_takes_the_leaving_back_is_asked_too(joined: FakeMailchimp) -> None:
    person = join()
    settle(joined)
    unsubscribe(person, by="link")
    settle(joined)
    age(joined)
    undo_leaving(person)
    settle(joined)
    assert statuses(joined) == {"joan@example.com": "pending"}


def test_who_was_deleted_there_for_good_gets_a_letter_with_its_form(joined: FakeMailchimp) -> None:
    from letters.models import Letter

    audience = next(iter(joined.audiences.values()))
    audience.forgotten.add(hash_of("joan@example.com"))
    person = join()
    settle(joined)
    assert statuses(joined) == {}
    letter = Letter.objects.get(kind="mailchimp_form")
    assert f"/subscribe/{audience.id}" in letter.text
    assert MailchimpMember.objects.get().problem == "forgotten"
    joined.contacts.sign_up("joan@example.com")
    settle(joined)
    person.refresh_from_db()
    assert (person.state, statuses(joined)) == (State.CONFIRMED, {"joan@example.com": "subscribed"})
    assert MailchimpMember.objects.get().problem == ""


def test_who_had_complained_there_gets_that_letter_too(joined: FakeMailchimp) -> None:
    joined.add_member("joan@example.com", "unsubscribed", barred="complained")
    age(joined)
    join()
    settle(joined)
    assert statuses(joined) == {"joan@example.com": "unsubscribed"}
    assert Letter.objects.filter(kind="mailchimp_form").count() == 1


def test_an_address_that_mailchimp_does_not_believe_is_a_problem_of_one_row(joined: FakeMailchimp) -> None:
    people = [SubscriberFactory(email=f"p{n}@example.com") for n in range(6)]
    SubscriberFactory(email="spam@example.com")
    settle(joined)
    assert len(joined.members("subscribed")) == len(people)
    assert MailchimpMember.objects.get(subscriber__mailbox="spam@example.com").problem == "address"
    assert not MailchimpErrand.objects.exists()


def test_erasing_here_deletes_there_for_good(joined: FakeMailchimp) -> None:
    person = join()
    settle(joined)
    erase_subscriber(person)
    assert not MailchimpMember.objects.exclude(email="").exists()
    settle(joined)
    assert statuses(joined) == {}
    assert not MailchimpMember.objects.exists()
    assert next(iter(joined.audiences.values())).forgotten


def test_forgetting_who_left_long_ago_only_archives(joined: FakeMailchimp) -> None:
    person = join()
    settle(joined)
    unsubscribe(person, by="link")
    settle(joined)
    erase_subscriber(person, reason=Reason.LEFT)
    settle(joined)
    assert statuses(joined) == {"joan@example.com": "archived"}


def test_a_person_joined_by_mailchimps_form_joins_here(joined: FakeMailchimp) -> None:
    joined.contacts.sign_up("new@example.com", FNAME="Nia")
    settle(joined)
    person = Subscriber.objects.get(mailbox="new@example.com")
    assert (person.state, person.name, person.source) == (State.CONFIRMED, "Nia", "mailchimp")
    assert [one.act for one in person.consents.all()] == [Consent.Act.IMPORTED]


def test_who_left_here_is_not_brought_back_by_an_import_there(joined: FakeMailchimp) -> None:
    person = join()
    settle(joined)
    unsubscribe(person, by="link")
    settle(joined)
    there(joined).status = "subscribed"
    compare()
    settle(joined)
    assert statuses(joined) == {"joan@example.com": "unsubscribed"}
    person.refresh_from_db()
    assert person.state == State.LEFT


def test_a_suppressed_mailbox_without_a_row_is_taken_off_there(joined: FakeMailchimp) -> None:
    Suppression.objects.create(fingerprint=fingerprint("gone@example.com"), reason=Reason.ERASED)
    joined.add_member("gone@example.com")
    compare()
    settle(joined)
    assert statuses(joined) == {"gone@example.com": "unsubscribed"}
    assert not Subscriber.objects.exists()


def test_a_new_address_here_moves_the_contact(joined: FakeMailchimp) -> None:
    person = join()
    settle(joined)
    change = AddressChange.objects.create(
        subscriber=person, old_email=person.email, new_email="joan@example.net", looked_at=person.created_at
    )
    unique = there(joined).unique_id
    change_address(change)
    settle(joined)
    assert statuses(joined) == {"joan@example.net": "subscribed"}
    assert there(joined, "joan@example.net").unique_id == unique
    assert MailchimpMember.objects.get().subscriber == person
    put_address_back(change)
    settle(joined)
    assert statuses(joined) == {"joan@example.com": "subscribed"}


def test_a_new_address_that_is_there_already_takes_over(joined: FakeMailchimp) -> None:
    person = join()
    settle(joined)
    joined.add_member("joan@example.net", "unsubscribed")
    change = AddressChange.objects.create(
        subscriber=person, old_email=person.email, new_email="joan@example.net", looked_at=person.created_at
    )
    change_address(change)
    settle(joined)
    assert statuses(joined) == {"joan@example.com": "archived", "joan@example.net": "unsubscribed"}


def test_a_new_address_there_is_one_here_and_the_old_one_can_put_it_back(joined: FakeMailchimp) -> None:
    person = join()
    settle(joined)
    joined.contacts.change_address("joan@example.com", "joan@example.net")
    hear(joined, times=2, order=reversed_)
    person.refresh_from_db()
    assert (person.email, person.state) == ("joan@example.net", State.CONFIRMED)
    assert Letter.objects.get(kind="address_changed").to == "joan@example.com"
    settle(joined)
    assert statuses(joined) == {"joan@example.net": "subscribed"}
    assert MailchimpMember.objects.get().subscriber == person


def test_a_name_changed_there_is_taken_unless_it_changed_here_too(joined: FakeMailchimp) -> None:
    person = join()
    settle(joined)
    joined.contacts.change_fields("joan@example.com", FNAME="Jo")
    hear(joined)
    person.refresh_from_db()
    assert person.name == "Jo"
    settle(joined)
    joined.contacts.change_fields("joan@example.com", FNAME="There")
    change_name(person, "Here")
    settle(joined)
    assert there(joined).merges["FNAME"] == "Here"


def test_an_archived_contact_leaves_nobody_and_is_not_revived(joined: FakeMailchimp) -> None:
    person = join()
    settle(joined)
    there(joined).status = "archived"
    compare()
    change_name(person, "Other")
    settle(joined)
    person.refresh_from_db()
    assert (person.state, statuses(joined)) == (State.CONFIRMED, {"joan@example.com": "archived"})


def test_a_batch_revives_nobody_who_left_there_meanwhile(joined: FakeMailchimp) -> None:
    people = SubscriberFactory.create_batch(8)
    joined.add_member(people[0].email, "unsubscribed")
    joined.add_member(people[1].email, "subscribed")
    settle(joined)
    found = statuses(joined)
    assert found.pop(people[0].email) == "unsubscribed"
    assert set(found.values()) == {"subscribed"}
    people[0].refresh_from_db()
    assert people[0].state == State.LEFT


def test_a_batch_whose_answer_is_lost_is_looked_for_before_it_is_repeated(joined: FakeMailchimp) -> None:
    SubscriberFactory.create_batch(30)
    joined.faults.order("accepted, no answer", path="/lists/{list_id}", method="POST")
    tell()
    tell()
    assert len(joined.named("POST /lists/{list_id}")) == 1
    assert len(joined.members("subscribed")) == 30
    assert not MailchimpErrand.objects.exists()
    assert not MailchimpMember.objects.exclude(status="subscribed").exists()


def test_who_leaves_while_the_answer_is_lost_leaves_there_too(joined: FakeMailchimp) -> None:
    person = join()
    joined.faults.order(*["accepted, no answer"] * 6, method="PUT")
    tell()
    unsubscribe(person, by="link")
    settle(joined)
    assert statuses(joined) == {"joan@example.com": "unsubscribed"}


def test_a_run_that_is_killed_leaves_the_turn_to_the_next(joined: FakeMailchimp) -> None:
    join()
    MailchimpConnection.objects.update(push_owner="dead", push_lease_until=timezone.now() + timedelta(minutes=1))
    tell()
    assert statuses(joined) == {}
    MailchimpConnection.objects.update(push_lease_until=timezone.now())
    tell()
    assert statuses(joined) == {"joan@example.com": "subscribed"}


def test_book_and_code_go_along_where_that_is_chosen(joined: FakeMailchimp, settings: Any) -> None:
    audience = next(iter(joined.audiences.values()))
    audience.add_field("EBOOK", "Link to the e-book")
    MailchimpConnection.objects.update(sends_ebook=True)
    make_ebook()
    join()
    settle(joined)
    assert there(joined).merges["EBOOK"].startswith("http://testserver/newsletter/e-book/")
    assert "OFFERCODE" not in there(joined).merges


def test_a_copy_of_the_site_tells_nobody(joined: FakeMailchimp, settings: Any) -> None:
    join()
    settings.SENDING_ENABLED_FOR = ""
    before = len(joined.calls)
    tasks.tick_mailchimp()
    assert len(joined.calls) == before
