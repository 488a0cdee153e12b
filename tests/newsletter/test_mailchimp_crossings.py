"""Whoever leaves on one side while the other is being told has left: nobody is revived, lost or doubled."""

import random
import threading
from collections import Counter
from typing import Any

import pytest
from django.db import connection

from newsletter.actions.leaving import unsubscribe
from newsletter.actions.own_page import change_name
from newsletter.actions.stopping import stopping
from newsletter.models import MailchimpErrand, MailchimpHealth, MailchimpMember, Subscriber
from tests.factories import SubscriberFactory
from tests.fakes.mailchimp import FakeMailchimp
from tests.fakes.mailchimp.changing import set_status
from tests.newsletter.in_step import compare, connect, hear, settle, statuses, tell

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
State = Subscriber.State
PUT = ("PUT", "/lists/{list_id}/members/{subscriber_hash}")
BATCH = ("POST", "/lists/{list_id}")


@pytest.fixture
def joined(mailchimp: FakeMailchimp, settings: Any) -> FakeMailchimp:
    connect(mailchimp, settings)
    compare()
    return mailchimp


def leave_there(fake: FakeMailchimp, email: str) -> None:
    """While the fake holds its lock: between our call and its work. Every other one by the team's hand.

    Whom the team has unsubscribed Mailchimp itself would let us subscribe again.
    """
    audience = next(iter(fake.audiences.values()))
    member = audience.find(email)
    assert member
    member.barred = "unsubscribed" if int(email.partition("@")[0][-1]) % 4 < 2 else ""
    set_status(fake, audience, member, "unsubscribed", by="user" if member.barred else "admin")


def leave_here(person: Subscriber) -> None:
    """In the thread of the fake, while our call is on its way."""
    try:
        unsubscribe(person, by="header")
    finally:
        connection.close()


def shuffled(seed: int) -> Any:
    def order(found: Any) -> list[Any]:
        mixed = list(found)
        random.Random(seed).shuffle(mixed)
        return mixed

    return order


@pytest.mark.parametrize("seed", [1, 2])
def test_two_hundred_crossings_revive_nobody(joined: FakeMailchimp, seed: int) -> None:
    known = SubscriberFactory.create_batch(60)
    settle(joined)
    new = SubscriberFactory.create_batch(40)
    for person in new[20:]:
        joined.add_member(person.email)
    for person in known:
        change_name(person, "Another")
    crossing = {person.email.lower(): person for person in known}

    def cross(call: Any) -> None:
        if (call.method, call.template) == PUT:
            audience = next(iter(joined.audiences.values()))
            member = audience.members.get(call.path.rpartition("/")[2])
            if member and (person := crossing.pop(member.email, None)):
                _leave(person, person.pk % 2 == 0)
        elif (call.method, call.template) == BATCH:
            for person in new:
                _leave(person, person.email in statuses(joined))

    left_there: set[str] = set()

    def _leave(person: Subscriber, is_there: bool) -> None:
        if is_there:
            leave_there(joined, person.email)
            left_there.add(person.email)
        else:
            leave_here(person)

    joined.faults.script = cross
    tell()
    assert len(left_there) == 50
    assert {statuses(joined)[email] for email in left_there} == {"unsubscribed"}
    hear(joined, times=2, order=shuffled(seed))
    joined.faults.stop()
    settle(joined)
    compare()
    settle(joined)
    assert not crossing
    assert set(Subscriber.objects.values_list("state", flat=True)) == {State.LEFT}
    assert set(statuses(joined).values()) <= {"unsubscribed"}
    assert not MailchimpErrand.objects.exists()


def test_a_thousand_calls_with_a_fifth_of_faults_lose_double_and_revive_nobody(
    joined: FakeMailchimp, settings: Any
) -> None:
    settings.MAILCHIMP_TIMEOUT = settings.MAILCHIMP_HOLDS_CALLS = 0.2
    settings.MAILCHIMP_FIRST_PAUSE = 0.001
    people = SubscriberFactory.create_batch(120)
    joined.faults.at_random(0.2, seed=7)
    chance = random.Random(7)
    gone: set[int] = set()
    rounds = 0
    while len(joined.calls) < 1000:
        rounds += 1
        for person in chance.sample(people, 20):
            if person.pk not in gone:
                change_name(person, f"Name {rounds}")
        for person in chance.sample(people, 3):
            _leave_anywhere(joined, person, gone, is_here=chance.random() < 0.5)
        MailchimpHealth.objects.update(rests_until=None)
        tell()
        hear(joined, times=2, order=shuffled(rounds))
    assert len(joined.faults.met) > 150
    joined.faults.stop()
    MailchimpHealth.objects.update(rests_until=None)
    settle(joined)
    compare()
    settle(joined)
    found = statuses(joined)
    assert len(found) == 120 - sum(person.email not in found for person in people if person.pk in gone)
    for person in people:
        person.refresh_from_db()
        if person.pk in gone:
            assert person.state == State.LEFT
            assert found.get(person.email, "unsubscribed") == "unsubscribed"
        else:
            assert (person.state, found[person.email]) == (State.CONFIRMED, "subscribed")
            assert joined.members()[person.email].merges["FNAME"] == person.name
    assert Counter(MailchimpMember.objects.values_list("hash", flat=True)).most_common(1)[0][1] == 1
    assert not MailchimpErrand.objects.exists()
    assert joined.most_connections <= 8


def _leave_anywhere(fake: FakeMailchimp, person: Subscriber, gone: set[int], *, is_here: bool) -> None:
    if person.pk in gone:
        return
    if is_here:
        unsubscribe(person, by="header")
    elif statuses(fake).get(person.email) == "subscribed":
        fake.contacts.unsubscribe(person.email)
    else:
        return
    gone.add(person.pk)


def test_who_leaves_while_a_batch_is_written_down_leaves_there_too(joined: FakeMailchimp) -> None:
    people = SubscriberFactory.create_batch(10)
    leaving = threading.Thread(target=leave_here, args=(people[0],))

    def cross(execute: Any, statement: str, *rest: Any) -> Any:
        if statement.startswith('DELETE FROM "newsletter_mailchimperrand"') and leaving.ident is None:
            leaving.start()
            leaving.join(2)  # it may have to wait until the batch is written down
        return execute(statement, *rest)

    with connection.execute_wrapper(cross):
        tell()
    leaving.join()
    assert MailchimpErrand.objects.get().subscriber_id == people[0].pk
    settle(joined)
    assert statuses(joined)[people[0].email] == "unsubscribed"


def test_a_worker_that_is_to_stop_ends_with_the_contact_in_hand(joined: FakeMailchimp) -> None:
    people = SubscriberFactory.create_batch(10)
    settle(joined)
    for person in people:
        change_name(person, "Another")
    joined.faults.script = lambda call: stopping.set() if (call.method, call.template) == PUT else None
    try:
        tell()
    finally:
        stopping.clear()
        joined.faults.stop()
    assert MailchimpErrand.objects.count() == 9
    settle(joined)
    assert {one.merges["FNAME"] for one in joined.members().values()} == {"Another"}


def test_a_worker_that_is_to_stop_leaves_the_rest_of_those_whom_a_batch_refused(joined: FakeMailchimp) -> None:
    people = SubscriberFactory.create_batch(10)
    for person in people:
        joined.add_member(person.email)
    joined.faults.script = lambda call: stopping.set() if (call.method, call.template) == PUT else None
    try:
        tell()
    finally:
        stopping.clear()
        joined.faults.stop()
    assert MailchimpErrand.objects.count() == 9
    settle(joined)
    assert not MailchimpErrand.objects.exists()
    assert {one.merges["FNAME"] for one in joined.members().values()} == {person.name for person in people}
