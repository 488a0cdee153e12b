"""The open connections of a run, as rows: which message each of them may be handing over right now."""

from collections.abc import Mapping

from django.db import connection
from django.utils import timezone

from newsletter.actions.leases import Errand
from newsletter.models import Dispatch, Slot


def open_slots(dispatch: Dispatch, *, owner: str, number: int) -> list[int]:
    """One row for each connection that is about to be opened; their keys."""
    for connection_number in range(number):
        Slot.objects.get_or_create(
            owner=owner, connection=connection_number, defaults={"dispatch": dispatch, "subscriber_id": None}
        )
    return list(Slot.objects.filter(owner=owner).order_by("connection").values_list("pk", flat=True))


def locked_slots(owner: str) -> dict[int, int | None]:
    """The slots of a run that nobody has reaped, by key: the subscriber in hand, or None. Locks them."""
    return dict(Slot.objects.select_for_update().filter(owner=owner).values_list("pk", "subscriber_id"))


def fill_slots(contents: Mapping[int, Errand | None]) -> None:
    """Write which reader each connection has in hand now. Joins the caller's transaction."""
    if not contents:
        return
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    rows = []
    for pk, errand in contents.items():
        reader, attempts = (errand.reader.pk, errand.attempts) if errand else (None, 1)
        rows.append((reader, attempts, now, pk))
    # By hand: one prepared statement for all connections, where the ORM would build one for each.
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE newsletter_slot SET subscriber_id = %s, attempts = %s, since = %s WHERE id = %s", rows
        )


def close_idle_slots(owner: str) -> None:
    """Take away the rows of closed connections that have nothing in hand."""
    Slot.objects.filter(owner=owner, subscriber_id=None).delete()
