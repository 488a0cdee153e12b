"""Goals 5 and 6, the long form: workers killed, told to end, stopped past their lease; bells lost and rung thrice."""

import contextlib
import os
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.bench.dispatches.world import add_readers, counts, launched, load, remove_readers, sink, verdict

CONNECTIONS, LEASE = 8, 2
PATIENCE = 600  # seconds
LOSSES = 5  # of the broker


class Drill:
    """One dispatch to so many readers, real workers, and a mail server that keeps what it accepted."""

    def __init__(self, readers: int, port: int, **env: Any) -> None:
        remove_readers()
        add_readers(readers)
        self.readers = readers
        self.dispatch = launched()
        self._sink = SimpleNamespace(host="127.0.0.1", port=port)
        self._env = {"NEWSLETTER_CONNECTIONS": CONNECTIONS, "NEWSLETTER_LEASE_SECONDS": LEASE, **env}
        self._started: list[Any] = []

    def start(self) -> Any:
        """A worker that looks at once for what there is to do."""
        from django.conf import settings

        from tests.fakes.workers import Worker

        self._started.append(Worker(self._sink, broker=settings.CELERY_BROKER_URL, **self._env))
        return self._started[-1]

    def wait_for_part(self, share: float) -> None:
        """Until so much of the dispatch is written down."""
        from tests.fakes.smtp import wait_until

        enough = min(self.readers, int(self.readers * share))
        wait_until(lambda: self.dispatch.deliveries.count() >= enough, seconds=PATIENCE)

    def wait_for_end(self) -> None:
        """Until it is over by itself; the tick of beat is ours."""
        from newsletter.tasks import tick_dispatches
        from tests.fakes.smtp import wait_until

        def is_over() -> bool:
            self.dispatch.refresh_from_db()
            if self.dispatch.state != "done" and int(time.monotonic()) % 10 == 0:
                tick_dispatches.delay()
                time.sleep(1)
            return bool(self.dispatch.state == "done")

        wait_until(is_over, seconds=PATIENCE, what=lambda: str(counts(self.dispatch)))

    def end(self) -> None:
        """No worker outlives the drill."""
        for worker in self._started:
            with contextlib.suppress(ProcessLookupError):
                worker.process.send_signal(signal.SIGCONT)
            worker.stop()


@contextmanager
def _drill(title: str, readers: int, *, most_twice: int, **env: Any) -> Iterator[Drill]:
    """Print what the mail server saw against what may happen."""
    from django.db import connection

    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "kept"
        with sink("--keep", str(kept)) as port:
            drill = Drill(readers, port, **env)
            begun = time.monotonic()
            try:
                yield drill
                drill.wait_for_end()
            finally:
                drill.end()
        copies = Counter(line.split()[1] for line in kept.read_text(encoding="utf-8").splitlines())
    held = set(drill.dispatch.deliveries.filter(state="held").values_list("subscriber__email", flat=True))
    everybody = {f"reader{n}@bench.example" for n in range(readers)}
    lost = everybody - copies.keys() - held
    twice, most = copies.total() - len(copies), max(copies.values())
    found = counts(drill.dispatch)
    adds_up = found.handed_over + found.held == readers
    is_good = not lost and twice <= most_twice and most <= 2 and adds_up
    print(f"\n{title}: {readers} readers, {connection.vendor}, {time.monotonic() - begun:.0f} s   ({load()})")
    print(
        f"  lost {len(lost)} (limit 0), twice {twice} (limit {most_twice}), most copies {most} (limit 2), held by name"
        f" {len(held)}, numbers add up: {'yes' if adds_up else 'NO'}   {verdict(is_good)}"
    )


def measure_crash(readers: int, rounds: int) -> None:
    """Kill -9 all workers, so many times, under both policies."""
    for policy, most in (("resend", rounds * CONNECTIONS), ("hold", 0)):
        title = f"Goal 5, D1: {rounds} times kill -9, policy {policy}"
        with _drill(title, readers, most_twice=most, NEWSLETTER_UNKNOWN_POLICY=policy) as drill:
            _again_and_again(drill, rounds, lambda worker: worker.kill())


def measure_term(readers: int, rounds: int) -> None:
    """A deployment, so many times."""
    with _drill(f"Goal 6, D7: {rounds} restarts by TERM", readers, most_twice=0) as drill:
        _again_and_again(drill, rounds, lambda worker: worker.terminate())


def _again_and_again(drill: Drill, rounds: int, stop: Callable[[Any], object]) -> None:
    for number in range(1, rounds + 1):
        worker = drill.start()
        drill.wait_for_part(number / (rounds + 1))
        stop(worker)
    drill.start()


def measure_stop(readers: int) -> None:
    """A worker that sleeps past its lease and wakes up when another has gone on."""
    with _drill("D5: stopped past the lease, then continued", readers, most_twice=CONNECTIONS) as drill:
        sleeper = drill.start()
        drill.wait_for_part(0.2)
        os.killpg(sleeper.process.pid, signal.SIGSTOP)
        drill.start()
        drill.wait_for_part(0.6)
        os.killpg(sleeper.process.pid, signal.SIGCONT)


def measure_broker(readers: int) -> None:
    """The file of the embedded broker deleted, or Redis flushed, and the worker started anew."""
    from newsletter.models import Delivery

    waits = []
    with _drill(f"D3: the broker emptied {LOSSES} times", readers, most_twice=0) as drill:
        for number in range(1, LOSSES + 1):
            worker = drill.start()
            drill.wait_for_part(number / (LOSSES + 1))
            _empty_broker()
            worker.terminate()
            before, stopped = Delivery.objects.count(), time.monotonic()
            _empty_broker()
            drill.start()
            drill.wait_for_part((before + 1) / readers)
            waits.append(time.monotonic() - stopped)
    longest = max(waits)
    print(f"  went on after {longest:.0f} s at most, a worker's start included (limit 60)   {verdict(longest < 60)}")


def _empty_broker() -> None:
    from django.conf import settings

    from config.celery import app

    if settings.CELERY_BROKER_URL.startswith("redis"):
        app.connection().default_channel.client.flushdb()
        return
    for path in settings.VAR.glob("broker.sqlite3*"):
        path.unlink(missing_ok=True)


def measure_eight(readers: int) -> None:
    """Eight workers at once, every bell rung three times."""
    from newsletter.tasks import run_dispatch, tick_dispatches

    title = "D4: 8 workers at once, each bell three times"
    with _drill(title, readers, most_twice=0, NEWSLETTER_PROCESSES=8, NEWSLETTER_CONNECTIONS=2) as drill:
        for _ in range(8):
            drill.start()
        while drill.dispatch.deliveries.count() < readers:
            for _ in range(3):
                tick_dispatches.delay()
                run_dispatch.delay(drill.dispatch.pk)
            time.sleep(2)
