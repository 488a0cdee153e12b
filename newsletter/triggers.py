"""What the database itself refuses, whoever asks, and what it notes: triggers, put up after every migration.

SQLite drops the triggers of a table that a migration rebuilds, and does not let it be rebuilt while a trigger of
another table speaks of it; here is the one place that takes them down before and puts them back.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.utils import CursorWrapper

from newsletter import errand_triggers

_SUPPRESSED = "EXISTS (SELECT 1 FROM newsletter_suppression s WHERE s.fingerprint = NEW.fingerprint)"
_ON_THE_LIST = (
    "EXISTS (SELECT 1 FROM newsletter_subscriber p WHERE p.fingerprint = NEW.fingerprint AND p.state = 'confirmed')"
)


class Trigger(NamedTuple):
    """Before `moment` on a row of `table`: refuse with `words` where `when` holds."""

    name: str
    table: str
    moment: str
    when: str
    words: str


_BARRED = "this mailbox is suppressed"
TRIGGERS = (
    # DELETE stays allowed: erasing a person takes their record along, and nothing else deletes it.
    Trigger("newsletter_consent_append_only", "newsletter_consent", "UPDATE", "TRUE", "consents are append-only"),
    *(
        Trigger(
            f"newsletter_no_suppressed_{moment.lower()}",
            "newsletter_subscriber",
            moment,
            f"NEW.state = 'confirmed' AND {_SUPPRESSED}",
            _BARRED,
        )
        for moment in ("INSERT", "UPDATE")
    ),
    *(
        Trigger(f"newsletter_no_confirmed_{moment.lower()}", "newsletter_suppression", moment, _ON_THE_LIST, _BARRED)
        for moment in ("INSERT", "UPDATE")
    ),
)


def put_up_triggers(using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Make those that are missing. A receiver of `post_migrate`."""
    connection = connections[using]
    tables = connection.introspection.table_names()
    if "newsletter_suppression" not in tables:
        return  # migrated back to nothing
    put_up = {"sqlite": _put_up_on_sqlite, "postgresql": _put_up_on_postgresql}[connection.vendor]
    note = {
        "sqlite": errand_triggers.put_up_on_sqlite,
        "postgresql": errand_triggers.put_up_on_postgresql,
    }[connection.vendor]
    with connection.cursor() as cursor:
        for trigger in TRIGGERS:
            put_up(cursor, trigger)
        for errand in errand_triggers.ERRANDS if "newsletter_mailchimperrand" in tables else ():
            note(cursor, errand)


def take_down_triggers(using: str = DEFAULT_DB_ALIAS, plan: Sequence[Any] = (), **_: Any) -> None:
    """Before migrations on SQLite, if there are any to do. A receiver of `pre_migrate`; `plan` is what will be done."""
    connection = connections[using]
    if connection.vendor != "sqlite" or not plan:
        return
    with connection.cursor() as cursor:
        for name in [one.name for one in TRIGGERS] + [one.name for one in errand_triggers.ERRANDS]:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def _put_up_on_sqlite(cursor: CursorWrapper, trigger: Trigger) -> None:
    cursor.execute(
        f"CREATE TRIGGER IF NOT EXISTS {trigger.name} BEFORE {trigger.moment} ON {trigger.table} WHEN {trigger.when} "
        f"BEGIN SELECT RAISE(ABORT, '{trigger.words}'); END"
    )


def _put_up_on_postgresql(cursor: CursorWrapper, trigger: Trigger) -> None:
    cursor.execute("SELECT 1 FROM pg_trigger WHERE tgname = %s AND tgrelid = %s::regclass", trigger[:2])
    if cursor.fetchone():
        return
    cursor.execute(
        f"CREATE OR REPLACE FUNCTION {trigger.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {trigger.when} THEN RAISE EXCEPTION '{trigger.words}' USING ERRCODE = 'integrity_constraint_violation'; "
        f"END IF; RETURN NEW; END $$"
    )
    cursor.execute(
        f"CREATE TRIGGER {trigger.name} BEFORE {trigger.moment} ON {trigger.table} "
        f"FOR EACH ROW EXECUTE FUNCTION {trigger.name}()"
    )
