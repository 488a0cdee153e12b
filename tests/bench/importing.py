"""A list of people from CSV: rows in a second for the dry run and for the taking, and what memory both need.

Each size has a process of its own (`python -m tests.bench.importing N`, on the database that the environment names),
because the peak of a process never falls again.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

SIZES = (10_000, 100_000)


def measure_importing(sizes: tuple[int, ...] = SIZES) -> None:
    """Print both for each size."""
    print(f"\n{'import of a list':<32}{'dry run rows/s':>16}{'taken rows/s':>14}{'seconds':>9}{'memory, MB':>12}")
    for number in sizes:
        command = [sys.executable, "-m", "tests.bench.importing", str(number)]
        cost = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        rates = [number / cost["check"], number / cost["take"]]
        grown = f"{cost['before']:.0f}+{cost['peak'] - cost['before']:.0f}"
        seconds = cost["check"] + cost["take"]
        print(f"{f'{number:,} rows':<32}{rates[0]:>16,.0f}{rates[1]:>14,.0f}{seconds:>9.1f}{grown:>12}")


def _import(number: int) -> dict[str, float]:
    """Seconds, and megabytes before the file is read and at the peak."""
    from blog.models import Topic
    from newsletter.actions.import_runs import run_import
    from newsletter.actions.importing import begin_import, order_check, order_import
    from newsletter.models import Subscriber

    Topic.objects.get_or_create(slug="sleep", defaults={"name": "Sleep"})
    with tempfile.NamedTemporaryFile() as file:
        _write(Path(file.name), number)
        before = _peak()
        found = begin_import(file, filename="people.csv")
        order_check(found, encoding=found.encoding, delimiter=found.delimiter, columns=found.columns)
        check = _time(lambda: run_import(found.pk))
        found.refresh_from_db()
        order_import(found, consent="A fair, 2024", with_letter=False)
        take = _time(lambda: run_import(found.pk))
    if Subscriber.objects.filter(came_with=found).count() != number:
        raise SystemExit("Not everybody was taken.")
    return {"before": before, "peak": _peak(), "check": check, "take": take}


def _write(path: Path, number: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("Email Address,First Name,Topics,Joined\n")
        for n in range(number):
            file.write(f"reader{n}@of-{number}.example,Margaret,Sleep,2024-03-05 10:11:12\n")


def _time(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(_import(int(sys.argv[1]))))
