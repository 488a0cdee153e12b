"""Real workers that are killed in the middle of an import: nobody is lost, nobody is double."""

import io
from collections.abc import Callable

import pytest

from newsletter.actions.importing import begin_import, order_check, order_import
from newsletter.models import Consent, Subscriber, SubscriberImport
from newsletter.tasks import tick_imports
from tests.fakes.smtp import wait_until
from tests.fakes.workers import Worker

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
PEOPLE = 12_000
OPTIONS = {"NEWSLETTER_LEASE_SECONDS": 2}
State = SubscriberImport.State


def test_a_killed_workers_import_is_finished_by_the_next(start_worker: Callable[..., Worker]) -> None:
    rows = "".join(f"reader{n}@example.com\n" for n in range(PEOPLE))
    found = begin_import(io.BytesIO(f"email\n{rows}".encode()), filename="people.csv")
    order_check(found, encoding=found.encoding, delimiter=found.delimiter, columns=found.columns)
    worker = start_worker(**OPTIONS)

    def has(state: State) -> bool:
        found.refresh_from_db()
        return found.state == state

    wait_until(lambda: has(State.CHECKED), what=lambda: found.state)
    assert found.taken == PEOPLE
    order_import(found, consent="A fair", with_letter=False)
    wait_until(lambda: Subscriber.objects.count() > PEOPLE // 5, what=lambda: found.state)
    worker.kill()
    assert has(State.IMPORTING), "it was killed too late to prove anything"
    assert Subscriber.objects.count() == found.position == found.taken < PEOPLE
    start_worker(**OPTIONS)

    def is_done() -> bool:
        tick_imports()  # what beat does
        return has(State.DONE)

    wait_until(is_done, what=lambda: f"{found.state} at {found.position}")
    assert (found.taken, Subscriber.objects.count(), Consent.objects.count()) == (PEOPLE, PEOPLE, PEOPLE)
    assert not found.lines.exists()
