"""A clock that jumps in the middle of a dispatch: nobody is lost, nobody gets two, nothing runs twice."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from newsletter.actions.leases import lease_chunk, reap_dead_leases
from newsletter.models import Chunk, Delivery, Dispatch
from newsletter.senders.memory import MemorySender
from newsletter.tasks import tick_dispatches
from tests.newsletter.dispatches import launched, run, sums_up

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
JUMPS = (timedelta(hours=-2), timedelta(hours=2), timedelta(days=30))


@pytest.fixture(autouse=True)
def memory(settings: Any) -> Any:
    """Mail goes into memory."""
    settings.NEWSLETTER_SENDER = "newsletter.senders.memory.MemorySender"
    settings.NEWSLETTER_CONNECTIONS = 2
    MemorySender.reset()
    yield
    MemorySender.reset()


def somebody_else_looks() -> None:
    """The minute tick of another worker, on a connection of its own."""

    def look() -> None:
        try:
            tick_dispatches()
        finally:
            connection.close()

    other = threading.Thread(target=look)
    other.start()
    other.join()


@pytest.mark.parametrize("jump", JUMPS)
def test_in_the_middle_of_a_message_and_with_another_worker_looking_on(jump: timedelta) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        dispatch = launched(readers=30)
        jumped = threading.Lock()

        def leap(_message: Any) -> None:
            if len(MemorySender.box) >= 10 and jumped.acquire(blocking=False):
                clock.shift(jump)  # this message is in hand: its lease is of another time now
                somebody_else_looks()

        MemorySender.answer = staticmethod(leap)
        run(dispatch)
        for _ in range(5):  # what the minutes bring
            clock.shift(timedelta(minutes=1))
            tick_dispatches()
            dispatch = run(dispatch)
        assert dispatch.state == Dispatch.State.DONE
        assert set(Counter(message.recipient for message in MemorySender.box).values()) == {1}
        assert Delivery.objects.filter(state=Delivery.State.HANDED_OVER).count() == 30
        assert not Delivery.objects.exclude(doubts=0).exists()
        assert sums_up(dispatch)


@pytest.mark.parametrize("jump", JUMPS)
def test_what_a_dead_worker_left_before_the_jump_is_taken_up_within_two_minutes(jump: timedelta) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        dispatch = launched(readers=5)
        assert lease_chunk(dispatch, owner="dead")
        clock.shift(jump)
        reap_dead_leases()
        assert Chunk.objects.get().state == Chunk.State.LEASED
        clock.shift(timedelta(minutes=1))
        reap_dead_leases()
        assert Chunk.objects.get().state == Chunk.State.OPEN


def test_a_dispatch_that_is_due_starts_once_whatever_the_clock_does() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        dispatch = launched(readers=1)
        for jump in (*JUMPS, timedelta(days=-60)):
            clock.move_to(NOON + jump)
            tick_dispatches()
        assert run(dispatch).state == Dispatch.State.DONE
        assert len(MemorySender.box) == 1
        assert timezone.now() < NOON
