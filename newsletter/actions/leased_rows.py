"""Rows that one worker at a time has in hand: claimed, kept, given back by conditional updates."""

import uuid
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from newsletter.models.campaigns import Leased

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=5)
Row = TypeVar("Row", bound=Leased)


def is_free(now: datetime) -> Q:
    """Due, and in nobody's hands: never taken, given back, or left by a worker that died."""
    return Q(next_try_at__lte=now) & (Q(lease_until=None) | Q(lease_until__lt=now))


def claim(rows: QuerySet[Row], pk: int) -> Row | None:
    """Take one of these rows, if it is free."""
    now, owner = timezone.now(), uuid.uuid4().hex
    if not rows.filter(is_free(now), pk=pk).update(owner=owner, lease_until=_lease_end(now)):
        return None
    return rows.model.objects.get(pk=pk, owner=owner)


def note(row: Row, **changes: Any) -> bool:
    """Write this down and keep the row; False when another worker has taken it over."""
    mine = type(row).objects.filter(pk=row.pk, owner=row.owner)
    kept = mine.update(**{"lease_until": _lease_end(timezone.now()), **changes})
    for name, value in changes.items():
        setattr(row, name, value)
    return bool(kept)


def give_back(row: Row, **changes: Any) -> None:
    """Let go of it."""
    note(row, lease_until=None, owner="", **changes)


def try_later(row: Row, words: str, *, wait: timedelta | None = None) -> None:
    """Let go of it for a while, longer after each try in vain."""
    doubled = FIRST_WAIT * 2 ** min(row.tries, 10)
    at = timezone.now() + (wait or min(LONGEST_WAIT, doubled))
    give_back(row, tries=row.tries + 1, fault=words[:300], next_try_at=at)


def _lease_end(now: datetime) -> datetime:
    """A call may take long, and nobody beats meanwhile: a few times the lease of a chunk."""
    return now + timedelta(seconds=4 * settings.NEWSLETTER_LEASE_SECONDS)
