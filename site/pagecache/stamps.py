"""The ETag and the date of a page, both known before it is rendered."""

import hashlib
import math
from dataclasses import dataclass
from datetime import UTC, datetime, time

from django.http import HttpRequest
from django.utils import timezone

from pagecache.models import Moment


@dataclass(frozen=True)
class Stamp:
    """`last_modified` in seconds since 1970; None in the second after a change, which no date could tell apart."""

    etag: str
    last_modified: int | None


def make_stamp(request: HttpRequest, moment: Moment) -> Stamp:
    """Of the page at this address in this generation, today.

    Weak: the compressed and the plain page carry the same one.
    """
    days = _days_began()
    seen = f"{moment.number} {moment.changed_at.isoformat()} {days} {request.get_host()} {request.get_full_path()}"
    return Stamp(f'W/"{hashlib.sha256(seen.encode()).hexdigest()[:24]}"', _last_modified(moment, days))


def _days_began() -> tuple[int, int]:
    """When today began here (what is overdue depends on it) and in UTC (the day in the forms' token)."""
    today = timezone.localdate()
    here = timezone.make_aware(datetime.combine(today, time.min))
    utc = datetime.combine(datetime.now(UTC).date(), time.min, UTC)
    return int(here.timestamp()), int(utc.timestamp())


def _last_modified(moment: Moment, days: tuple[int, int]) -> int | None:
    changed = math.ceil(moment.changed_at.timestamp())
    latest = max(changed, *days)
    return latest if latest < timezone.now().timestamp() else None
