"""The launch of a dispatch to very many readers: seconds until its chunks are there, and what memory that needs.

`python -m tests.bench.freezing N everybody|segment` measures on the database that the environment names, in a test
database of its own. Each has a process of its own, because the peak of a process never falls again.
"""

import os
import resource
import subprocess
import sys
import time

from tests.bench.crowd import add_crowd

READERS = 1_000_000
WHOM = {"everybody": {}, "segment": {"joined_from": "2020-01-01", "only_big_news": "no"}}


def measure_freezing(postgres: str = "", number: int = READERS) -> None:
    """Print both, on SQLite and, where TEST_DATABASE_URL names one, on PostgreSQL."""
    print(
        f"\n{f'the launch of an issue to {number:,}':<38}{'count, s':>10}{'freeze, s':>11}{'CPU, s':>8}"
        f"{'memory, MB':>12}{'chunks':>8}"
    )
    for name, url in (("SQLite", ""), ("PostgreSQL", postgres)):
        for whom in WHOM if name == "SQLite" or url else ():
            other = {"TEST_DATABASE_URL": f"{url}_bench"} if url else {}
            command = [sys.executable, "-m", "tests.bench.freezing", str(number), whom]
            out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **other})
            print(f"{f'{name}, {whom}':<38}{out.stdout.rstrip()}", flush=True)


def _measure(number: int, whom: str) -> None:
    import django
    from django.test.utils import setup_databases, teardown_databases

    django.setup()
    from django.db import connection
    from django.utils import timezone

    old = setup_databases(verbosity=0, interactive=False, keepdb=False)
    try:
        from newsletter.actions.dispatching import order_dispatch
        from newsletter.actions.freezing import freeze
        from newsletter.audience import count_readers
        from newsletter.models import Segment
        from newsletter.rendering import render_issue
        from newsletter.segments import read_rule
        from tests.factories import IssuePageFactory

        add_crowd(number, now=timezone.now())
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        segment = Segment.objects.create(name="Most", slug="most", rule=WHOM[whom]) if WHOM[whom] else None
        issue = IssuePageFactory()
        mail = render_issue(issue)
        begun = time.perf_counter()
        reach = count_readers(issue, read_rule(WHOM[whom]))
        counted = time.perf_counter() - begun
        dispatch = order_dispatch(issue, segment=segment)
        before, begun, cpu = _peak(), time.perf_counter(), time.process_time()
        freeze(dispatch, mail)
        frozen, cpu, grown = time.perf_counter() - begun, time.process_time() - cpu, _peak() - before
        if (
            not dispatch.candidates + sum(dispatch.left_out.values())
            == number
            == reach.readers + sum(reach.left_out.values())
        ):
            raise SystemExit("Somebody is neither meant nor left out.")
        memory = f"{before:.0f}+{grown:.0f}"
        print(f"{counted:>10.2f}{frozen:>11.2f}{cpu:>8.2f}{memory:>12}{dispatch.chunks.count():>8,}")
    finally:
        teardown_databases(old, verbosity=0)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    _measure(int(sys.argv[1]), sys.argv[2])
