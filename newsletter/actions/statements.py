# ruff: noqa: S608 - what is put together is names and marks, never a value
"""The statements of the gate, written by hand: they run for every message, and the ORM would build each one anew.

Each joins the caller's transaction. SQLite and PostgreSQL both understand them as they stand.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from itertools import chain
from typing import Any, NamedTuple

from django.db import connection

Slots = dict[int, int | None]  # the subscriber in hand, by the key of the row


class Now(NamedTuple):
    """What may have changed about a reader since the chunk was leased."""

    pk: int
    email: str
    mailbox: str
    name: str
    state: str
    key_version: int
    paused_until: date | None
    may_count: bool
    is_declined: bool = False  # asked for big news only, and this issue is none
    is_suppressed: bool = False


OF_THIS_DISPATCH = 2  # the last columns of Now are no part of the reader


class Accepted(NamedTuple):
    """A message that the mail server took."""

    subscriber_id: int
    attempts: int
    code: int | None
    reply: str
    lot: str = ""


def lock_slots(owner: str) -> Slots:
    """The slots of a run that nobody has reaped, locked until the transaction ends."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    return dict(_rows(f"SELECT id, subscriber_id FROM newsletter_slot WHERE owner = %s{lock}", [owner]))


def fill_slots(contents: Mapping[int, tuple[int | None, int]], *, now: datetime) -> None:
    """Write (subscriber id or None, attempts) into slots, by key."""
    if not contents:
        return
    rows = [(pk, reader, attempts) for pk, (reader, attempts) in contents.items()]
    # The second column may hold nothing but NULL, which PostgreSQL would take for text.
    statement = (
        "UPDATE newsletter_slot SET subscriber_id = CAST(v.column2 AS bigint), attempts = v.column3, since = %s"
        f" FROM (VALUES {_tuples(rows)}) AS v WHERE newsletter_slot.id = v.column1"
    )
    _run(statement, [connection.ops.adapt_datetimefield_value(now), *chain(*rows)])


def extend_running(dispatch_id: int, *, owner: str, chunks: Collection[int], now: datetime, until: datetime) -> int:
    """The fence: extend the run's leases of these chunks while the dispatch runs; how many of them it still holds."""
    statement = (
        f"UPDATE newsletter_chunk SET lease_until = %s WHERE id IN ({_marks(chunks)}) AND owner = %s"
        " AND state = 'leased' AND lease_until >= %s"
        " AND EXISTS (SELECT 1 FROM newsletter_dispatch WHERE id = %s AND state = 'running')"
    )
    moments = [connection.ops.adapt_datetimefield_value(moment) for moment in (until, now)]
    return _run(statement, [moments[0], *chunks, owner, moments[1], dispatch_id])


def read_now(dispatch_id: int, pks: Collection[int]) -> dict[int, Now]:
    """The readers as they stand at this moment; who was erased is missing."""
    if not pks:
        return {}
    statement = (
        "SELECT s.id, s.email, s.mailbox, s.name, s.state, s.key_version, s.paused_until, s.may_count,"
        " s.only_big_news AND NOT (SELECT is_big_news FROM newsletter_dispatch WHERE id = %s), p.id IS NOT NULL"
        " FROM newsletter_subscriber s LEFT JOIN newsletter_suppression p ON p.fingerprint = s.fingerprint"
        f" WHERE s.id IN ({_marks(pks)})"
    )
    return {row[0]: Now(*row) for row in _rows(statement, [dispatch_id, *pks])}


def write_handed_over(dispatch_id: int, accepted: Sequence[Accepted], *, now: datetime) -> None:
    """One row for each; the good news wins over whatever stands in it. All the subscribers exist."""
    if not accepted:
        return
    moment = connection.ops.adapt_datetimefield_value(now)
    rows = [(dispatch_id, a.subscriber_id, a.attempts, a.code, a.reply, moment, a.lot) for a in accepted]
    one = "(%s, %s, 'handed_over', %s, 0, NULL, %s, %s, %s, %s)"
    statement = (
        "INSERT INTO newsletter_delivery"
        " (dispatch_id, subscriber_id, state, attempts, doubts, next_try_at, reply_code, reply, at, lot)"
        f" VALUES {', '.join([one] * len(rows))}"
        " ON CONFLICT (dispatch_id, subscriber_id) DO UPDATE SET state = excluded.state, attempts = excluded.attempts,"
        " next_try_at = NULL, reply_code = excluded.reply_code, reply = excluded.reply, at = excluded.at"
    )
    _run(statement, [*chain(*rows)])


def _marks(values: Collection[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def _rows(statement: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _run(statement: str, parameters: list[Any]) -> int:
    """How many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def _tuples(rows: Sequence[tuple[Any, ...]]) -> str:
    return ", ".join([f"({_marks(rows[0])})"] * len(rows))
