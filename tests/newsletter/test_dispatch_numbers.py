"""What the screen says adds up at every moment of a run, and costs the same for many dispatches as for one."""

import random
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from newsletter.actions.dispatching import cancel_dispatch, pause_dispatch, resume_dispatch
from newsletter.actions.erasing import erase_subscriber
from newsletter.actions.leaving import unsubscribe
from newsletter.actions.outcomes import record_outcome
from newsletter.models import Dispatch, Subscriber
from newsletter.report import Counts, count_all, count_deliveries
from newsletter.senders import Message, Outcome, Result, Stage
from newsletter.senders.memory import MemorySender
from tests.newsletter.dispatches import launched, run

READERS = 120
SOMETHING_HAPPENS = 0.15  # with so many of the messages
OUTCOMES = [
    *[None] * 12,  # accepted
    Outcome(Result.REFUSED, Stage.RECIPIENT, 550, "5.1.1 no such mailbox"),
    Outcome(Result.DEFERRED, Stage.RECIPIENT, 451, "4.2.2 later"),
    Outcome(Result.UNKNOWN, Stage.CONTENT, None, "the line was cut"),
]


@pytest.fixture
def memory(settings: Any) -> Iterator[None]:
    settings.NEWSLETTER_SENDER = "newsletter.senders.memory.MemorySender"
    settings.NEWSLETTER_CONNECTIONS = 3
    MemorySender.reset()
    yield
    MemorySender.reset()


class Sampler(threading.Thread):
    """Counts again and again until told to end; keeps each count with how many the server had accepted by then."""

    def __init__(self, dispatch: Dispatch, accepted: set[str]) -> None:
        super().__init__(daemon=True)
        self.dispatch, self.accepted, self.over = dispatch, accepted, threading.Event()
        self.samples: list[tuple[Counts, int]] = []

    def run(self) -> None:
        while not self.over.is_set():
            counts = count_deliveries(self.dispatch)
            self.samples.append((counts, len(self.accepted)))
        connection.close()


def add_up(counts: Counts) -> bool:
    parts = counts.handed_over + counts.refused + counts.skipped + counts.held + counts.cancelled + counts.open
    return counts.candidates == parts and min(counts.open, counts.waiting, counts.cancelled) >= 0


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_numbers_add_up_at_every_sample_of_a_run_with_every_kind_of_outcome(memory: None, seed: int) -> None:
    chance = random.Random(seed)
    dispatch = launched(readers=READERS)
    acts = _acts(dispatch, chance)
    lock, accepted = threading.Lock(), set()

    def answer(message: Message) -> Outcome | None:
        with lock:
            outcome = chance.choice(OUTCOMES)
            if outcome is None:
                accepted.add(message.recipient)
            act = acts.pop() if acts and chance.random() < SOMETHING_HAPPENS else None
        if act:
            act()
        return outcome

    MemorySender.answer = staticmethod(answer)  # type: ignore[assignment]
    sampler = Sampler(dispatch, accepted)
    sampler.start()
    while run(dispatch).state == Dispatch.State.PAUSED:
        resume_dispatch(dispatch)
    if dispatch.state == Dispatch.State.RUNNING:  # some are to be tried again in minutes
        cancel_dispatch(dispatch)
    sampler.over.set()
    sampler.join()

    assert len(sampler.samples) > 3
    assert all(add_up(counts) for counts, _ in sampler.samples)
    assert {counts.candidates for counts, _ in sampler.samples} == {READERS}
    assert all(counts.handed_over <= after for counts, after in sampler.samples)
    last = count_deliveries(dispatch)
    assert add_up(last)
    assert last.handed_over == len(accepted)
    assert (last.open, last.settled) == (0, READERS)


def _acts(dispatch: Dispatch, chance: random.Random) -> list[Callable[[], object]]:
    """What may happen in the middle: people leave, one is erased, an editor pauses."""
    readers = list(Subscriber.objects.order_by("pk"))
    chance.shuffle(readers)
    return [
        lambda: pause_dispatch(dispatch, reason="an editor"),
        lambda: erase_subscriber(readers[2]),
        lambda: unsubscribe(readers[1], by="link"),
        lambda: unsubscribe(readers[0], by="header"),
    ]


@pytest.mark.django_db
def test_many_dispatches_are_counted_in_as_many_queries_as_one() -> None:
    dispatches = [launched(readers=2) for _ in range(3)]
    cancel_dispatch(dispatches[0])
    first = Subscriber.objects.order_by("pk").first()
    assert first
    record_outcome(dispatches[1].pk, first.pk, Outcome(Result.HANDED_OVER, code=250), attempts=1)
    with CaptureQueriesContext(connection) as one:
        count_all(dispatches[:1])
    with CaptureQueriesContext(connection) as all_three:
        counts = count_all(dispatches)
    assert len(one) == len(all_three) == 3
    assert [counts[d.pk].candidates for d in dispatches] == [2, 4, 6]
    assert (counts[dispatches[0].pk].cancelled, counts[dispatches[1].pk].handed_over) == (2, 1)


@pytest.mark.django_db
def test_the_page_asks_as_much_for_many_readers_as_for_few(client: Client, editor: Any) -> None:
    client.force_login(editor)
    numbers = []
    for many in (1, 30):
        dispatch = launched(readers=3 * many)
        for at, reader in enumerate(Subscriber.objects.order_by("-pk")[: 3 * many]):
            result = (Result.HANDED_OVER, Result.REFUSED, Result.DEFERRED)[at % 3]
            record_outcome(dispatch.pk, reader.pk, Outcome(result, Stage.RECIPIENT, 451, "x"), attempts=1)
        url = f"/admin/newsletter/dispatches/{dispatch.pk}/"
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        numbers.append(len(asked))
    assert numbers[1] <= numbers[0]  # with many, the first list is full sooner
