"""Very many subscribers by one statement: a million objects would take longer to make than what is measured."""

from datetime import datetime

COUNT_UP = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {number}) "
_PEOPLE = (
    "INSERT INTO newsletter_subscriber"
    " (id, email, mailbox, fingerprint, name, state, key_version, created_at, asked_at,"
    " confirmed_at, source, only_big_news, may_count) SELECT i, 'r' || i || '@example.com', 'r' || i || '@example.com',"
    " 'f' || i, '', 'confirmed', 1, %s, %s, %s, '', i %% 50 = 0, 1 = 0 FROM n"
)


def add_crowd(number: int, *, now: datetime) -> None:
    """So many confirmed subscribers with keys from 1; each fiftieth asked for big news only."""
    from django.db import connection

    moment = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(COUNT_UP.format(number=number) + _PEOPLE, [moment] * 3)
