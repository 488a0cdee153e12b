"""Goals 1 and 2: messages a second and CPU beside Postfix's own generator, and beside a plain Django loop."""

import resource
import statistics
import subprocess
import time

from tests.bench.dispatches.world import (
    SMTP_SOURCE,
    Process,
    add_readers,
    counts,
    launched,
    load,
    remove_readers,
    smtp_sink,
    verdict,
)

ROUNDS = 3
PROCESSES = 2
CONNECTIONS = 32  # of each process
PLAIN_MOST = 2_000  # readers of the plain loop: it is so much slower


def measure_rate(readers: int) -> None:
    """Print the medians of some rounds in turn, each round against its own smtp-source."""
    from django.db import connection

    remove_readers()
    add_readers(readers)
    print(f"\nGoals 1, 2: {readers} readers, {PROCESSES} processes of {CONNECTIONS} connections, {connection.vendor}")
    found = []
    for _ in range(ROUNDS):
        with smtp_sink() as port:
            ours = _ours(readers, port)
            source = _source(readers, port) if SMTP_SOURCE.exists() else None
            found.append((source, ours, _plain(min(readers, PLAIN_MOST), port)))
    print(f"  each message has {_size()} bytes")
    for number, (source, ours, plain) in enumerate(found, 1):
        words = f"smtp-source {source[0]:.0f}/s {source[1]:.2f} CPU-s" if source else "skipped: no smtp-source"
        print(
            f"  round {number}: {words}; ours {ours[0]:.0f}/s {ours[1]:.2f} + {ours[2]:.2f} CPU-s per 10,000;"
            f" plain {plain[0]:.0f}/s {plain[1]:.2f} CPU-s   ({load()})"
        )
    limit = 1.0 if connection.vendor == "sqlite" else 0.7
    if all(source for source, _, _ in found):
        ratio = statistics.median(ours[0] / source[0] for source, ours, _ in found if source)
        print(f"  1  rate / smtp-source        limit >= {limit:.1f}   measured {ratio:.2f}   {verdict(ratio >= limit)}")
    else:
        print("  1  rate / smtp-source        skipped: no smtp-source")
    cpu = statistics.median(ours[1] for _, ours, _ in found)
    both = statistics.median(ours[1] + ours[2] for _, ours, _ in found)
    times = statistics.median(plain[1] / ours[1] for _, ours, plain in found)
    print(f"  2  CPU-s per 10,000          limit <= 2.0   measured {cpu:.2f}   {verdict(cpu <= 2.0)}")
    print(f"     with the database's       limit <= 2.7   measured {both:.2f}   {verdict(both <= 2.7)}")
    print(f"     plain loop's CPU / ours   limit >= 7.0   measured {times:.1f}   {verdict(times >= 7)}")


def _size() -> int:
    """Bytes of one of our messages."""
    from newsletter.composing import Skeleton
    from newsletter.models import Dispatch, Subscriber

    dispatch = Dispatch.objects.order_by("pk").last()
    return len(Skeleton(dispatch).compose(Subscriber.objects.order_by("pk")[0]).content)


def _source(number: int, port: int) -> tuple[float, float]:
    """Messages a second and CPU seconds per 10,000 of smtp-source, as long as ours, which writes nothing down."""
    at_start, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [
        str(SMTP_SOURCE),
        "-s",
        str(PROCESSES * CONNECTIONS),
        "-m",
        str(number),
        "-l",
        str(_size()),
        f"127.0.0.1:{port}",
    ]
    subprocess.run(command, check=True)
    seconds = time.perf_counter() - begun
    at_end = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = at_end.ru_utime + at_end.ru_stime - at_start.ru_utime - at_start.ru_stime
    return number / seconds, cpu * 10_000 / number


def _ours(number: int, port: int) -> tuple[float, float, float]:
    """The same of ours, and the database server's CPU."""
    dispatch = launched()
    env = {"NEWSLETTER_CONNECTIONS": CONNECTIONS, "NEWSLETTER_PROCESSES": PROCESSES}
    processes = [Process(dispatch, port=port, **env) for _ in range(PROCESSES)]
    begun = time.perf_counter()
    for process in processes:
        process.begin()
    costs = [process.finish() for process in processes]
    seconds = time.perf_counter() - begun
    dispatch.refresh_from_db()
    if (dispatch.state, counts(dispatch).handed_over) != ("done", number):
        raise SystemExit(f"{dispatch.state}: {counts(dispatch)}")
    per = 10_000 / number
    return number / seconds, sum(c["cpu"] for c in costs) * per, sum(c["database_cpu"] for c in costs) * per


def _plain(number: int, port: int) -> tuple[float, float]:
    """The loop that anybody would write first (`tests.bench.dispatch`), in this process."""
    from django.conf import settings

    from newsletter.rendering import render_issue
    from tests.bench.dispatch import send_one_by_one
    from tests.bench.dispatches.world import new_issue

    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    mail = render_issue(new_issue())
    cpu, begun = time.process_time(), time.perf_counter()
    send_one_by_one(mail, most=number)
    return number / (time.perf_counter() - begun), (time.process_time() - cpu) * 10_000 / number
