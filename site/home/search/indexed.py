"""Asking the index that Wagtail keeps, on SQLite (FTS5) and on PostgreSQL (tsvector) alike.

Wagtail's own `.search()` joins the pages to the index in a way that tries the words on every page of the site; here the
index is asked first, and alone. Both dialects give the same rows for the same words.
"""

from collections.abc import Sequence

from django.db import connections, router
from wagtail.search.models import IndexEntry

from home.search.spelling import Term

Entry = tuple[int, int]  # content type, key of the row


def indexed(terms: Sequence[Term], *, some: bool = False, titles: bool = False) -> list[Entry]:
    """The rows that hold a form of every term (with `some`, of any term), in their title if `titles`. In no order."""
    connection = connections[router.db_for_read(IndexEntry)]
    sql, words = (_on_postgresql if connection.vendor == "postgresql" else _on_sqlite)(terms, some, titles)
    with connection.cursor() as cursor:
        cursor.execute(sql, [words])
        return [(kind, int(key)) for kind, key in cursor.fetchall()]


def _on_sqlite(terms: Sequence[Term], some: bool, titles: bool) -> tuple[str, str]:  # noqa: FBT001 - the two of a table
    table = IndexEntry._meta.db_table  # noqa: SLF001 - Django's documented name
    words = _joined(terms, quote='"', between=" OR ", link=" OR " if some else " AND ")
    sql = f"""SELECT entry.content_type_id, entry.object_id FROM {table}_fts AS found
        CROSS JOIN {table} AS entry ON entry.id = found.rowid WHERE {table}_fts MATCH %s"""  # noqa: S608 - no value
    return sql, f"{{{'title' if titles else 'title body'}}} : ({words})"


def _on_postgresql(terms: Sequence[Term], some: bool, titles: bool) -> tuple[str, str]:  # noqa: FBT001
    table = IndexEntry._meta.db_table  # noqa: SLF001
    words = _joined(terms, quote="'", between=" | ", link=" | " if some else " & ")
    vector = "title" if titles else "(title || body)"
    sql = f"SELECT content_type_id, object_id FROM {table} WHERE {vector} @@ to_tsquery('simple', %s)"  # noqa: S608
    return sql, words


def _joined(terms: Sequence[Term], *, quote: str, between: str, link: str) -> str:
    """Words are letters and digits only (`query.words_of`), so that quoting them is enough."""
    return link.join(f"({between.join(f'{quote}{form}{quote}' for form in term.forms)})" for term in terms)
