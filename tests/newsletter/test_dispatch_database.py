"""A dispatch while the database fails: what cannot be written down is in doubt, never as if it had not been."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connection
from django.utils import timezone

from newsletter.actions import leased_run
from newsletter.actions.leases import reap_dead_leases
from newsletter.models import Chunk, Dispatch
from newsletter.report import count_deliveries
from newsletter.senders import Message
from newsletter.senders.memory import MemorySender
from tests.newsletter.dispatches import launched, run, sums_up

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

CONNECTIONS = 3


@pytest.fixture(autouse=True)
def memory(settings: Any) -> Iterator[None]:
    settings.NEWSLETTER_SENDER = "newsletter.senders.memory.MemorySender"
    settings.NEWSLETTER_CONNECTIONS = CONNECTIONS
    MemorySender.reset()
    yield
    MemorySender.reset()


def test_who_was_accepted_while_nothing_could_be_written_is_in_doubt(monkeypatch: Any) -> None:
    monkeypatch.setattr(leased_run, "DATABASE_TRIES", 2)
    dispatch = launched(readers=20)

    def take_the_ledger_away(_message: Message) -> None:
        if len(MemorySender.box) == 8:
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE newsletter_delivery RENAME TO newsletter_delivery_away")

    MemorySender.answer = staticmethod(take_the_ledger_away)
    with pytest.raises(DatabaseError):
        run(dispatch)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE newsletter_delivery_away RENAME TO newsletter_delivery")
    accepted = len(MemorySender.box)
    assert 9 <= accepted <= 9 + CONNECTIONS  # then nobody was claimed any more

    Chunk.objects.filter(state=Chunk.State.LEASED).update(lease_until=timezone.now() - timedelta(seconds=1))
    reap_dead_leases()
    counts = count_deliveries(dispatch)
    assert counts.handed_over < accepted <= counts.handed_over + counts.unknown
    assert counts.unknown <= CONNECTIONS
    MemorySender.answer = staticmethod(lambda _message: None)
    assert run(dispatch).state == Dispatch.State.DONE
    copies = Counter(message.recipient for message in MemorySender.box)
    assert len(copies) == 20
    assert max(copies.values()) <= 2
    assert sums_up(dispatch)


def test_a_database_that_is_away_while_a_chunk_is_settled_ends_no_run(monkeypatch: Any) -> None:
    monkeypatch.setattr("newsletter.actions.freezing.CHUNK_SIZE", 5)
    dispatch = launched(readers=20)
    cut = []

    def fail_once(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        gives_back = sql.startswith('UPDATE "newsletter_chunk"') and '"lease_until" = NULL' in sql
        if not cut and MemorySender.box and gives_back:
            cut.append(sql)
            raise OperationalError("server closed the connection unexpectedly")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail_once):
        assert run(dispatch).state == Dispatch.State.DONE
    assert cut
    assert len({message.recipient for message in MemorySender.box}) == len(MemorySender.box) == 20
    assert sums_up(dispatch)
