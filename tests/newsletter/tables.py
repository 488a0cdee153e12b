"""All that a database holds, for tests that compare or search it."""

from typing import Any

from django.db import connection

Dump = dict[str, list[tuple[Any, ...]]]


def dump_tables() -> Dump:
    """The rows of every table, in their order."""
    found: Dump = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            found[table] = sorted(cursor.fetchall(), key=repr)
    return found


def tables_with(words: str) -> dict[str, list[str]]:
    """The rows in which these words stand anywhere, in any case, by their table."""
    found = {}
    for table, rows in dump_tables().items():
        if holding := [repr(row) for row in rows if words.lower() in repr(row).lower()]:
            found[table] = holding
    return found
