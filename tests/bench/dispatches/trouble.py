"""N1, N2, N4: everybody writes at once, the database goes away, the disk is full."""

import json
import resource
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.bench.dispatches.world import Process, add_readers, counts, launched, load, remove_readers, sink, verdict

SECONDS = 60.0
STOPS, CONNECTIONS = 5, 8
ROOM = 200_000  # bytes that the database may still grow by


def measure_together(readers: int) -> None:
    """Comments, sign-ups and a dispatch, all through their own actions, for a minute."""
    from django.db import connection

    errors: Counter[str] = Counter()
    done: Counter[str] = Counter()
    ends_at = time.monotonic() + SECONDS
    with sink() as port:
        process = _begin(readers, port)
        threads = [threading.Thread(target=_write, args=(n, ends_at, done, errors)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        cost = process.finish()
    locked = sum(number for words, number in errors.items() if "lock" in words)
    print(f"\nN1: comments, sign-ups and a dispatch at once for {SECONDS:.0f} s, {connection.vendor}   ({load()})")
    print(f"  {dict(done)}, dispatch {cost['handed_over']:.0f} of {readers}")
    print(f"  errors {sum(errors.values())} (limit 0), of them locked {locked}   {verdict(not errors)}", *errors)


def _write(number: int, ends_at: float, done: Counter[str], errors: Counter[str]) -> None:
    from django.db import connection

    from blog.actions.submitting import submit_comment
    from blog.errors import TooManyCommentsError
    from newsletter.actions.asking import ask_to_join
    from newsletter.models import ConsentWording
    from tests.factories import ArticlePageFactory

    article, wording = ArticlePageFactory(), ConsentWording.objects.get_or_create(text="The bench agrees.")[0]
    turn = 0
    while time.monotonic() < ends_at:
        turn += 1
        who = f"writer{number}.{turn}@bench.example"
        try:
            if turn % 2:
                submit_comment(
                    article, text=f"Thank you, {turn}.", name="Ann", email=who, ip=f"9.{number}.{turn % 250}.4"
                )
                done["comments"] += 1
            else:
                ask_to_join(email=who, wording=wording, form="page")
                done["sign-ups"] += 1
        except TooManyCommentsError:
            done["comments told to come later"] += 1  # the limit does its work
        except Exception as error:  # noqa: BLE001 - counted
            errors[f"{type(error).__name__}: {error}"[:80]] += 1
        time.sleep(0.02)
    connection.close()


def measure_database(readers: int) -> None:
    """PostgreSQL cuts the connection of the run, so many times."""
    from django.db import connection

    if connection.vendor != "postgresql":
        print("\nN2: skipped: SQLite has no server that could go away")
        return
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "kept"
        with sink("--keep", str(kept)) as port:
            process = _begin(readers, port)
            dispatch = process.dispatch
            for number in range(1, STOPS + 1):
                while dispatch.deliveries.count() < readers * number // (STOPS + 1):
                    time.sleep(0.05)
                with connection.cursor() as cursor:
                    cursor.execute(
                        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
            process.finish()
        _judge(f"N2: the database cut {STOPS} times", dispatch, kept, readers, most_twice=STOPS * CONNECTIONS)


def measure_full(readers: int) -> None:
    """The file of the database cannot grow; then there is room again."""
    from django.db import connection

    from newsletter.actions.leases import reap_dead_leases

    if connection.vendor != "sqlite":
        print("\nN4: skipped: the disk of a database server is not ours to fill")
        return
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "kept"
        with sink("--keep", str(kept)) as port:
            remove_readers()
            add_readers(readers)
            dispatch = launched()
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            size = Path(connection.settings_dict["NAME"]).stat().st_size
            env = {"NEWSLETTER_CONNECTIONS": CONNECTIONS, "NEWSLETTER_LEASE_SECONDS": 2}
            process = Process(dispatch, port=port, **env)
            resource.prlimit(process.process.pid, resource.RLIMIT_FSIZE, (size + ROOM, size + ROOM))
            process.begin()
            try:
                process.finish()
            except json.JSONDecodeError:
                process.process.wait()
            before = counts(dispatch)
            while dispatch.state != "done":
                time.sleep(3)  # the lease of the run that found no room
                reap_dead_leases()  # as the tick does
                again = Process(dispatch, port=port, **env)
                again.begin()
                again.finish()
                dispatch.refresh_from_db()
        print(f"\nN4: no room after {before.handed_over} of {readers} were written down")
        _judge("N4: the disk was full and is not any more", dispatch, kept, readers, most_twice=CONNECTIONS)


class _Begun(Process):
    """A process that knows its dispatch."""

    def __init__(self, dispatch: Any, *, port: int, **env: Any) -> None:
        super().__init__(dispatch, port=port, **env)
        self.dispatch = dispatch

    def finish(self) -> dict[str, float]:
        return super().finish() | {"handed_over": counts(self.dispatch).handed_over}


def _begin(readers: int, port: int) -> _Begun:
    remove_readers()
    add_readers(readers)
    process = _Begun(launched(), port=port, NEWSLETTER_CONNECTIONS=CONNECTIONS)
    process.begin()
    return process


def _judge(title: str, dispatch: Any, kept: Path, readers: int, *, most_twice: int) -> None:
    copies = Counter(line.split()[1] for line in kept.read_text(encoding="utf-8").splitlines())
    twice, lost = copies.total() - len(copies), readers - len(copies)
    found = counts(dispatch)
    is_good = not lost and twice <= most_twice and found.handed_over == readers
    words = verdict(is_good)
    print(f"\n{title}: {readers} readers   ({load()})")
    print(f"  lost {lost} (limit 0), twice {twice} (limit {most_twice}), handed over {found.handed_over}   {words}")
