"""`python -m tests.bench.dispatches [--only PART …] [--readers N]`: the goals of a dispatch, with limits and figures.

On SQLite; with TEST_DATABASE_URL on PostgreSQL, in a database that is made and dropped.
"""

import logging
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from tests.bench.dispatches.world import world

GOALS = ("rate", "slow", "memory", "launch")
DRILLS = (
    "crash",
    "term",
    "stop",
    "broker",
    "eight",
    "faults",
    "deferred",
    "tarpit",
    "leaving",
    "together",
    "database",
    "full",
)
PARTS = (*GOALS, *DRILLS)


def main() -> None:
    parser = ArgumentParser(prog="python -m tests.bench.dispatches", description="What the dispatch promises.")
    parser.add_argument("--readers", type=int, default=10_000, help="of each issue in the parts that measure a rate")
    parser.add_argument("--many", type=int, default=200_000, help="readers for memory and launch")
    parser.add_argument("--rounds", type=int, default=20, help="kills and restarts in the drills")
    parser.add_argument("--drops", type=int, default=1_000, help="faults of each kind")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, help="these parts alone")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wellpress-bench-") as folder, world(Path(folder)):
        logging.disable(logging.WARNING)
        # They read settings when they are imported.
        from tests.bench.dispatches.crash import (
            measure_broker,
            measure_crash,
            measure_eight,
            measure_stop,
            measure_term,
        )
        from tests.bench.dispatches.faults import measure_deferred, measure_faults
        from tests.bench.dispatches.leaving import measure_leaving
        from tests.bench.dispatches.million import measure_launch, measure_memory
        from tests.bench.dispatches.rate import measure_rate
        from tests.bench.dispatches.slow import measure_slow, measure_tarpit
        from tests.bench.dispatches.trouble import measure_database, measure_full, measure_together

        parts: dict[str, Callable[[], None]] = {
            "rate": lambda: measure_rate(options.readers),
            "slow": lambda: measure_slow(options.readers),
            "memory": lambda: measure_memory(options.many),
            "launch": lambda: measure_launch(options.many),
            "crash": lambda: measure_crash(2 * options.readers, options.rounds),
            "term": lambda: measure_term(2 * options.readers, options.rounds),
            "stop": lambda: measure_stop(options.readers),
            "broker": lambda: measure_broker(2 * options.readers),
            "eight": lambda: measure_eight(options.readers),
            "faults": lambda: measure_faults(options.drops),
            "deferred": lambda: measure_deferred(options.readers // 10),
            "tarpit": lambda: measure_tarpit(options.readers // 4),
            "leaving": lambda: measure_leaving(options.readers),
            "together": lambda: measure_together(options.readers),
            "database": lambda: measure_database(options.readers),
            "full": lambda: measure_full(options.readers),
        }
        for name in PARTS:
            if name in options.only:
                parts[name]()


if __name__ == "__main__":
    main()
