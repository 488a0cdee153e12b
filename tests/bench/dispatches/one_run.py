"""`python -m tests.bench.dispatches.one_run PK`: one worker's part, with what it cost."""

import json
import logging
import os
import resource
import sys
import time
from pathlib import Path

import django

TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Say "ready", wait for a line, work until nothing is due, print the cost as JSON."""
    django.setup()
    logging.disable(logging.WARNING)
    from newsletter.actions.sending import Run
    from newsletter.models import Dispatch

    dispatch = Dispatch.objects.get(pk=int(sys.argv[1]))
    run = Run(dispatch, seconds=36_000)
    backend = _backend()
    print("ready", flush=True)
    sys.stdin.readline()
    at_start, at_server = time.process_time(), _cpu_of(backend)
    run.go()
    usage = resource.getrusage(resource.RUSAGE_SELF)
    found = {
        "cpu": time.process_time() - at_start,
        "database_cpu": _cpu_of(backend) - at_server,
        "peak": usage.ru_maxrss / 1024,
        "files": len(os.listdir("/proc/self/fd")),
    }
    print(json.dumps(found), flush=True)


def _backend() -> int | None:
    """The process of the database server that serves us, where there is one on this machine."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _cpu_of(pid: int | None) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


if __name__ == "__main__":
    main()
