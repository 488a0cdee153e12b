"""Campaigns by real workers: a lost answer, and a kill at every single call."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from newsletter.actions.dispatching import order_dispatch
from newsletter.models import Campaign, Departure, Dispatch, MailEvent
from newsletter.tasks import tick_dispatches
from tests.factories import IssuePageFactory
from tests.fakes.mailchimp import FakeMailchimp
from tests.fakes.smtp import wait_until
from tests.fakes.workers import Worker
from tests.newsletter.campaigns import CREATE, SEND, connect, readers_there
from tests.newsletter.dispatches import sums_up

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
Start = Callable[..., Worker]


def options(fake: FakeMailchimp) -> dict[str, Any]:
    key, url = fake.key, fake.url
    return {"TEST_MAILCHIMP_API_KEY": key, "TEST_MAILCHIMP_API_URL": url, "NEWSLETTER_LEASE_SECONDS": 1}


def is_done(dispatch: Dispatch) -> bool:
    """Ring as beat does, once a second."""
    time.sleep(1)
    tick_dispatches.delay()
    dispatch.refresh_from_db()
    return dispatch.state == Dispatch.State.DONE


def test_a_sending_that_times_out_is_sent_once_and_the_report_fills(
    start_worker: Start, mailchimp: FakeMailchimp
) -> None:
    connect(mailchimp)
    people = readers_there(mailchimp, 6)
    mailchimp.faults.order("accepted, no answer", path="/actions/send")
    dispatch = order_dispatch(IssuePageFactory())
    start_worker(**options(mailchimp))
    wait_until(lambda: is_done(dispatch), what=lambda: str(Campaign.objects.values().first()))
    assert mailchimp.copies() == {person.email: 1 for person in people}
    assert len(mailchimp.named(SEND)) == len(mailchimp.named(CREATE)) == 1
    assert set(dispatch.deliveries.values_list("state", flat=True)) == {"handed_over"}
    assert sums_up(dispatch)

    (there,) = mailchimp.campaigns.values()
    mailchimp.contacts.unsubscribe(people[0].email, campaign=there.id)
    mailchimp.contacts.bounce(people[1].email, campaign=there.id)
    Campaign.objects.update(next_try_at="2026-01-01T00:00:00Z")
    wait_until(lambda: not is_done(dispatch) or Departure.objects.exists(), what="the report")
    assert Departure.objects.get().subscriber == people[0]
    assert MailEvent.objects.get(provider="mailchimp").subscriber == people[1]
    assert Campaign.objects.get().report["unsubscribed"] == 1


def test_a_worker_that_is_killed_at_every_call_sends_it_once(start_worker: Start, mailchimp: FakeMailchimp) -> None:
    connect(mailchimp)
    people = readers_there(mailchimp, 4)
    dispatch = order_dispatch(IssuePageFactory())
    seen: set[str] = set()
    running: list[Worker] = []

    def kill_at_first_sight(call: Any) -> str | None:
        if call.name in seen:
            return None
        seen.add(call.name)
        running[-1].kill()
        return "accepted, reset"  # it was done, and nobody is there any more to hear of it

    mailchimp.faults.script = kill_at_first_sight
    over = False
    while not over:
        running.append(start_worker(**options(mailchimp)))
        number = len(seen)
        wait_until(
            lambda number=number: len(seen) > number or is_done(dispatch),  # type: ignore[misc]
            what=lambda: f"{sorted(seen)} {Campaign.objects.values().first()}",
        )
        over = dispatch.state == Dispatch.State.DONE and len(seen) == number
    assert {SEND, CREATE, "PUT /campaigns/{campaign_id}/content", "POST /lists/{list_id}/segments"} <= seen
    assert mailchimp.copies() == {person.email: 1 for person in people}
    assert len(mailchimp.campaigns) == 1
    assert set(dispatch.deliveries.values_list("state", flat=True)) == {"handed_over"}
    assert sums_up(dispatch)
