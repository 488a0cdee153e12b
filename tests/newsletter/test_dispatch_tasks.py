"""The bells: what a tick and a run do, however often they are rung."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from config.celery import app
from guard import heartbeats
from newsletter.actions.dispatching import order_dispatch
from newsletter.actions.leases import lease_chunk
from newsletter.actions.stopping import stopping
from newsletter.models import Chunk, Delivery, Dispatch, IssuePage
from newsletter.report import count_deliveries
from newsletter.senders import Outcome, Result, Stage
from newsletter.senders.memory import MemorySender
from newsletter.tasks import ring_at_start, run_dispatch, tick_dispatches
from tests.factories import IssuePageFactory, SubscriberFactory
from tests.newsletter.dispatches import launched
from users.models import User

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture(autouse=True)
def memory(settings: Any) -> None:
    """Mail goes into memory."""
    settings.NEWSLETTER_SENDER = "newsletter.senders.memory.MemorySender"
    settings.NEWSLETTER_LEASE_SECONDS = 1
    MemorySender.reset()


@pytest.fixture
def eager() -> Iterator[None]:
    """Tasks run where they are rung."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


@pytest.mark.usefixtures("eager")
def test_an_order_for_now_reaches_everybody() -> None:
    SubscriberFactory.create_batch(5)
    dispatch = order_dispatch(IssuePageFactory())
    dispatch.refresh_from_db()
    assert dispatch.state == Dispatch.State.DONE
    assert len(MemorySender.box) == 5


@pytest.mark.usefixtures("eager")
def test_a_scheduled_order_waits_for_its_moment_and_ticks_may_come_twice() -> None:
    SubscriberFactory.create_batch(5)
    dispatch = order_dispatch(IssuePageFactory(), at=timezone.now() + timedelta(minutes=1))
    tick_dispatches()
    assert not MemorySender.box
    Dispatch.objects.update(due_at=timezone.now())
    for _ in range(3):
        tick_dispatches()
        run_dispatch(dispatch.pk)
    assert len(MemorySender.box) == 5


def test_a_tick_finds_what_a_dead_worker_left(request: Any) -> None:
    dispatch = launched(readers=5)
    lease_chunk(dispatch, owner="dead")
    request.getfixturevalue("eager")
    tick_dispatches()
    assert not MemorySender.box
    Chunk.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    tick_dispatches()
    assert len(MemorySender.box) == 5


def test_a_run_that_starts_after_a_crash_waits_for_the_dead_ones_lease() -> None:
    dispatch = launched(readers=5)
    lease_chunk(dispatch, owner="dead")
    run_dispatch(dispatch.pk)
    assert len(MemorySender.box) == 5


def test_a_tick_tries_deferred_readers_again_when_they_are_due(request: Any) -> None:
    MemorySender.answer = staticmethod(lambda _m: Outcome(Result.DEFERRED, Stage.RECIPIENT, 450, "later"))
    dispatch = launched(readers=2)
    request.getfixturevalue("eager")
    tick_dispatches()
    tick_dispatches()
    assert count_deliveries(dispatch).deferred == 2
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {1}
    MemorySender.reset()
    past = timezone.now() - timedelta(seconds=1)
    Delivery.objects.update(next_try_at=past)
    Chunk.objects.update(next_try_at=past)
    tick_dispatches()
    assert count_deliveries(dispatch).handed_over == 2
    dispatch.refresh_from_db()
    assert dispatch.state == Dispatch.State.DONE


def test_a_copy_of_the_database_does_not_go_on_with_a_running_dispatch(settings: Any, request: Any) -> None:
    dispatch = launched(readers=2)
    request.getfixturevalue("eager")
    settings.SENDING_ENABLED_FOR = "www.original.example"
    tick_dispatches()
    run_dispatch(dispatch.pk)
    assert not MemorySender.box


def test_a_run_that_is_told_to_stop_gives_everything_back() -> None:
    MemorySender.answer = staticmethod(lambda _m: stopping.set() if len(MemorySender.box) == 3 else None)
    dispatch = launched(readers=20)
    try:
        run_dispatch(dispatch.pk)
    finally:
        stopping.clear()
    counts = count_deliveries(dispatch)
    assert counts.handed_over == len(MemorySender.box) < 20
    assert counts.unknown == 0
    assert Chunk.objects.get().state == Chunk.State.OPEN
    run_dispatch(dispatch.pk)
    assert len(MemorySender.box) == 20


@pytest.mark.usefixtures("eager")
def test_an_issue_that_cannot_be_written_does_not_hold_up_the_others_and_says_so(client: Client, editor: User) -> None:
    SubscriberFactory.create_batch(2)
    later = timezone.now() + timedelta(minutes=1)
    broken, whole = (order_dispatch(IssuePageFactory(), at=later) for _ in range(2))
    nonsense = [{"type": "question", "value": "no question at all", "id": "1"}]
    IssuePage.objects.filter(pk=broken.issue.pk).update(body=json.dumps(nonsense))
    Dispatch.objects.update(due_at=timezone.now())
    tick_dispatches()
    broken.refresh_from_db()
    whole.refresh_from_db()
    assert (broken.state, whole.state) == (Dispatch.State.SCHEDULED, Dispatch.State.DONE)
    client.force_login(editor)
    page = client.get(f"/admin/newsletter/dispatches/{broken.pk}/").content.decode()
    assert "It is tried again every minute." in page
    assert "A fault of the program" in page
    IssuePage.objects.filter(pk=broken.issue.pk).update(body=json.dumps(whole.issue.body.get_prep_value()))
    tick_dispatches()
    broken.refresh_from_db()
    assert (broken.state, broken.pause_reason) == (Dispatch.State.DONE, "")


def test_a_worker_that_starts_is_seen_before_its_first_task() -> None:
    assert heartbeats.WORKER not in heartbeats.last_beats()
    ring_at_start()
    assert heartbeats.is_alive(heartbeats.last_beats()[heartbeats.WORKER])
