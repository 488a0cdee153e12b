"""The page of a dispatch to very many readers: what one look at it takes, while it runs and afterwards.

`python -m tests.bench.progress N` measures on the database that the environment names, in a test database of its own.
"""

import os
import statistics
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

from tests.bench.crowd import add_crowd

READERS = 1_000_000
LOOKS = 60
BLOCK, PACE = 10_000, timedelta(seconds=100)  # so many readers in so long
_OUTCOMES = (
    "INSERT INTO newsletter_delivery (dispatch_id, subscriber_id, state, attempts, doubts, reply, at)"
    " SELECT %s, id, CASE WHEN id %% 100 = 0 THEN 'refused' WHEN id %% 101 = 0 THEN 'skipped'"
    " WHEN id %% 5003 = 0 THEN 'deferred' ELSE 'handed_over' END, 1, CASE WHEN id %% 7001 = 0 THEN 1 ELSE 0 END,"
    " '250 OK', %s FROM newsletter_subscriber WHERE id > %s AND id <= %s"
)


def measure_progress_page(postgres: str = "", number: int = READERS) -> None:
    """Print p50 and p95 in milliseconds, on SQLite and, where TEST_DATABASE_URL names one, on PostgreSQL."""
    print(f"\n{f'a look at a dispatch to {number:,}':<44}{'p50, ms':>10}{'p95, ms':>10}{'queries':>9}")
    for name, url in (("SQLite", ""), ("PostgreSQL", postgres)):
        if name == "SQLite" or url:
            other = {"TEST_DATABASE_URL": f"{url}_bench"} if url else {}
            command = [sys.executable, "-m", "tests.bench.progress", str(number)]
            out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **other})
            for line in out.stdout.splitlines():
                print(f"{name + ', ' + line.partition('|')[0]:<44}{line.partition('|')[2]}")


def _measure(number: int) -> None:
    import django
    from django.test.utils import setup_databases, teardown_databases

    django.setup()
    from django.db import connection

    old = setup_databases(verbosity=0, interactive=False, keepdb=False)
    try:
        from tests.factories import IssuePageFactory

        dispatch = _fill(number, IssuePageFactory())
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        for state, words in (("running", "while it runs"), ("done", "when it is over")):
            type(dispatch).objects.filter(pk=dispatch.pk).update(state=state)
            _look(f"/admin/newsletter/dispatches/{dispatch.pk}/", words)
        _look(f"/admin/newsletter/dispatches/{dispatch.pk}/readers/?show=missed", "who did not get it")
        _look(f"/admin/newsletter/dispatches/{dispatch.pk}/readers/?show=all&p=9000", "everybody, far down")
        _look(f"/admin/newsletter/dispatches/{dispatch.pk}/readers/?show=all&q=r77777@", "one reader, searched")
        _look("/admin/newsletter/dispatches/", "the list of dispatches")
    finally:
        teardown_databases(old, verbosity=0)


def _fill(number: int, issue: Any) -> Any:
    from django.db import connection
    from django.utils import timezone

    from newsletter.models import Dispatch

    now = timezone.now()
    dispatch = Dispatch.objects.create(issue=issue, state="running", launched_at=now, candidates=number)
    add_crowd(number, now=now)
    with connection.cursor() as cursor:
        for high in range(number, 0, -BLOCK):
            moment = connection.ops.adapt_datetimefield_value(now - (number - high) / BLOCK * PACE)
            cursor.execute(_OUTCOMES, [dispatch.pk, moment, high - BLOCK, high])
    return dispatch


def _look(url: str, words: str) -> None:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from users.models import User

    editor, _ = User.objects.get_or_create(username="bench", is_superuser=True, is_staff=True)
    client = Client()
    client.force_login(editor)
    client.get(url)
    with CaptureQueriesContext(connection) as asked:
        if client.get(url).status_code != 200:
            raise SystemExit(f"{url} does not answer")
    queries, taken = len(asked), []
    for _ in range(LOOKS):
        begun = time.perf_counter()
        client.get(url)
        taken.append((time.perf_counter() - begun) * 1000)
    p95 = statistics.quantiles(taken, n=20)[-1]
    print(f"{words}|{statistics.median(taken):>10.0f}{p95:>10.0f}{queries:>9}", flush=True)


if __name__ == "__main__":
    _measure(int(sys.argv[1]))
