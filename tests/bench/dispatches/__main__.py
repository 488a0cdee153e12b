"""`python -m tests.bench.dispatches [--only PART …] [--readers N]`: the goals of a dispatch, with limits and figures.

On SQLite; with TEST_DATABASE_URL on PostgreSQL, in a database that is made and dropped.
"""

import logging
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from tests.bench.dispatches.world import world

PARTS = ("rate",)


def main() -> None:
    parser = ArgumentParser(prog="python -m tests.bench.dispatches", description="What the dispatch promises.")
    parser.add_argument("--readers", type=int, default=10_000, help="of each issue in the parts that measure a rate")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, help="these parts alone")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wellpress-bench-") as folder, world(Path(folder)):
        logging.disable(logging.WARNING)
        # They read settings when they are imported.
        from tests.bench.dispatches.rate import measure_rate

        parts: dict[str, Callable[[], None]] = {
            "rate": lambda: measure_rate(options.readers),
        }
        for name in PARTS:
            if name in options.only:
                parts[name]()


if __name__ == "__main__":
    main()
