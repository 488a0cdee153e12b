"""Goals 4 and 7: the memory of a worker whatever the number of readers, and how soon the first message leaves."""

import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

from tests.bench.dispatches.world import (
    Process,
    add_readers,
    counts,
    launched,
    load,
    new_issue,
    remove_readers,
    sink,
    verdict,
)

FEW = 10_000
START_SECONDS = 20  # of a worker
MOST_GROWTH, MOST_PEAK, MOST_SECONDS, MOST_REQUEST = 1.10, 160, 3.0, 0.1


def measure_memory(many: int) -> None:
    """Print the peak of one worker at 10,000 readers and at many, and its open files at the end."""
    peaks = {}
    for readers in (FEW, many):
        remove_readers()
        add_readers(readers)
        dispatch = launched()
        with sink() as port:
            process = Process(dispatch, port=port)
            process.begin()
            peaks[readers] = process.finish()
        if counts(dispatch).handed_over != readers:
            raise SystemExit(f"{counts(dispatch)}")
        found = peaks[readers]
        print(f"\nGoal 4: {readers} readers, peak {found['peak']:.0f} MB, {found['files']:.0f} open files   ({load()})")
    growth, peak = peaks[many]["peak"] / peaks[FEW]["peak"], peaks[many]["peak"]
    words = verdict(growth <= MOST_GROWTH)
    print(f"  4  peak at {many} / at {FEW}   limit <= {MOST_GROWTH}   measured {growth:.2f}   {words}")
    print(
        f"     peak in MB, all of Wagtail loaded   limit <= {MOST_PEAK}   measured {peak:.0f}   {verdict(peak <= 160)}"
    )


def measure_launch(many: int) -> None:
    """Print the seconds from the click to the first message at the mail server, with a worker that runs already."""
    from django.conf import settings

    from newsletter.actions.dispatching import order_dispatch
    from tests.fakes.smtp import wait_until
    from tests.fakes.workers import Worker

    remove_readers()
    add_readers(many)
    issue = new_issue()
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "kept"
        with sink("--keep", str(kept)) as port:
            worker = Worker(SimpleNamespace(host="127.0.0.1", port=port), broker=settings.CELERY_BROKER_URL)
            time.sleep(START_SECONDS)
            clicked = time.time()
            dispatch = order_dispatch(issue)
            answered = time.time() - clicked
            wait_until(dispatch.deliveries.exists, seconds=300)
            worker.kill()
        first = float(kept.read_text(encoding="utf-8").split()[0]) - clicked
    dispatch.refresh_from_db()
    launched_after = dispatch.launched_at.timestamp() - clicked
    print(f"\nGoal 7: {many} readers, one worker at rest   ({load()})")
    print(
        f"  7  first message after the click  limit < {MOST_SECONDS} s   measured {first:.1f} s   {verdict(first < 3)}"
    )
    print(f"     the launch began after {launched_after:.1f} s, in {dispatch.chunks.count()} chunks")
    words = verdict(answered < MOST_REQUEST)
    print(f"     the click's own work           limit < {MOST_REQUEST} s   measured {answered:.3f} s   {words}")
