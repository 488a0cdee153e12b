"""Whether the worker and its clock are alive: rows that each of them writes anew while it works."""

from datetime import datetime, timedelta

from django.utils import timezone

from guard.models import Heartbeat

CLOCK, WORKER = "clock", "worker"
SILENT_AFTER = timedelta(minutes=3)  # a worker busy with something long may be a little late


def beat(name: str) -> None:
    """Write down that this one is at work now."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now()})


def last_beats() -> dict[str, datetime]:
    """Name -> when it was last seen; who never was is not in it. A clock that was heard had a worker to answer it."""
    found = {row.name: row.at for row in Heartbeat.objects.all()}
    if CLOCK in found:
        found[WORKER] = max(found[CLOCK], found.get(WORKER, found[CLOCK]))
    return found


def is_alive(at: datetime | None) -> bool:
    """Whether somebody who was last seen then counts as being at work."""
    return at is not None and timezone.now() - at < SILENT_AFTER
