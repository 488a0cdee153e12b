"""Real workers that are killed, stopped, paused: nobody is lost, and the report adds up."""

import time
from collections.abc import Callable

import pytest

from newsletter.actions.dispatching import launch_dispatch, order_dispatch, pause_dispatch, resume_dispatch
from newsletter.models import Dispatch, Slot, Subscriber
from newsletter.report import count_deliveries
from tests.factories import IssuePageFactory, SubscriberFactory
from tests.fakes.smtp import Sink, wait_until
from tests.fakes.workers import Worker
from tests.newsletter.dispatches import sums_up

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

READERS = 300
CONNECTIONS = 4
OPTIONS = {"NEWSLETTER_LEASE_SECONDS": 2, "NEWSLETTER_CONNECTIONS": CONNECTIONS}


@pytest.fixture
def dispatch(start_worker: Callable[..., Worker]) -> Dispatch:
    """An ordered dispatch to many readers, before any worker: the first one launches it."""
    Subscriber.objects.bulk_create(SubscriberFactory.build_batch(READERS))
    return order_dispatch(IssuePageFactory())


def is_done(dispatch: Dispatch) -> bool:
    assert sums_up(dispatch)
    dispatch.refresh_from_db()
    return dispatch.state == Dispatch.State.DONE


def test_two_kills_lose_nobody_and_double_at_most_one_per_connection(
    dispatch: Dispatch, start_worker: Callable[..., Worker], sink: Sink
) -> None:
    sink.delay = 0.005
    for part in (READERS // 3, 2 * READERS // 3):
        worker = start_worker(**OPTIONS)
        sink.wait_for(part)
        worker.kill()
        assert sums_up(dispatch)
    start_worker(**OPTIONS)
    wait_until(lambda: is_done(dispatch), what=lambda: str(count_deliveries(dispatch)))
    assert set(sink.recipients) == set(Subscriber.objects.values_list("email", flat=True))
    assert sum(sink.recipients.values()) <= READERS + 2 * CONNECTIONS
    assert max(sink.recipients.values()) <= 2
    counts = count_deliveries(dispatch)
    assert (counts.handed_over, counts.open) == (READERS, 0)
    assert not Slot.objects.exclude(subscriber_id=None).exists()


@pytest.mark.parametrize("pool", ["threads", "prefork"])
def test_a_pause_and_a_worker_that_is_told_to_end_leave_nothing_in_doubt(
    dispatch: Dispatch, start_worker: Callable[..., Worker], sink: Sink, pool: str
) -> None:
    sink.delay = 0.005
    worker = start_worker(**OPTIONS, pool=pool)
    sink.wait_for(READERS // 4)
    pause_dispatch(dispatch, reason="an editor")
    at_pause = len(sink.raw)
    time.sleep(1)
    assert at_pause <= len(sink.raw) <= at_pause + CONNECTIONS
    counts = count_deliveries(dispatch)
    assert (counts.handed_over, counts.unknown) == (len(sink.raw), 0)

    sink.delay = 0.02  # slow enough that the worker is told to end in the middle, also on a busy machine
    resume_dispatch(dispatch)
    sink.wait_for(READERS // 2)
    assert worker.terminate() == 0
    counts = count_deliveries(dispatch)
    assert counts.handed_over == len(sink.raw) < READERS
    assert (counts.unknown, counts.held, Slot.objects.count()) == (0, 0, 0)

    sink.delay = 0
    start_worker(**OPTIONS)
    wait_until(lambda: is_done(dispatch), what=lambda: str(count_deliveries(dispatch)))
    assert len(sink.raw) == len(sink.recipients) == READERS


def test_a_reader_at_whom_every_worker_dies_is_set_aside_and_the_others_are_reached(
    dispatch: Dispatch, start_worker: Callable[..., Worker], sink: Sink
) -> None:
    poison = Subscriber.objects.order_by("pk")[READERS // 2]
    Subscriber.objects.filter(pk=poison.pk).update(email="poison@example.com")
    assert launch_dispatch(dispatch)
    Dispatch.objects.update(backend="tests.fakes.poison.PoisonSender")
    workers = [start_worker(**OPTIONS)]

    def is_over() -> bool:
        if workers[-1].process.poll() is not None:
            workers.append(start_worker(**OPTIONS))
        return is_done(dispatch)

    wait_until(is_over, seconds=90, what=lambda: str(count_deliveries(dispatch)))
    assert len(workers) == 3  # the second time it was alone in hand: no doubt about anybody else
    counts = count_deliveries(dispatch)
    assert (counts.handed_over, counts.held) == (READERS - 1, 1)
    assert dispatch.deliveries.get(state="held").subscriber == poison
    assert len(sink.recipients) == READERS - 1
    assert sum(sink.recipients.values()) <= READERS - 1 + CONNECTIONS - 1
