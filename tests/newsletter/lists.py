"""Files of people for tests, and what an import says of them."""

import io

from newsletter.actions.import_runs import run_import
from newsletter.actions.importing import begin_import, order_check, order_import
from newsletter.models import SubscriberImport

CONSENT = "The old shop's newsletter form, 2019 to 2024"


def upload(content: str | bytes, filename: str = "people.csv") -> SubscriberImport:
    """A file as it comes in, looked at."""
    raw = content.encode() if isinstance(content, str) else content
    return begin_import(io.BytesIO(raw), filename=filename)


def check(content: str | bytes) -> SubscriberImport:
    """The dry run, done."""
    found = upload(content)
    order_check(found, encoding=found.encoding, delimiter=found.delimiter, columns=found.columns)
    run_import(found.pk)
    found.refresh_from_db()
    return found


def take(content: str | bytes, *, with_letter: bool = False) -> SubscriberImport:
    """Checked and taken."""
    found = check(content)
    assert not found.fault
    order_import(found, consent=CONSENT, with_letter=with_letter)
    run_import(found.pk)
    found.refresh_from_db()
    return found


def report(found: SubscriberImport) -> dict[int, tuple[str, str]]:
    """What is said of each line: its kind and what stood there."""
    return {line.number: (line.kind, line.email) for line in found.lines.all()}
