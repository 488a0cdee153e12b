"""The numbers of a dispatch, counted from its rows at the moment they are asked for."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from newsletter.models import Delivery, Dispatch, Slot

RATE_WINDOW = timedelta(seconds=60)

State = Delivery.State


@dataclass(frozen=True)
class Counts:
    """Readers by state. At every moment: candidates = handed_over + refused + skipped + held + cancelled + open.

    `open` are those without a final outcome: `waiting`, `deferred` and `unknown` (sent once more).
    """

    candidates: int
    handed_over: int
    refused: int
    skipped: int
    held: int
    cancelled: int
    open: int
    waiting: int
    deferred: int
    unknown: int

    @property
    def settled(self) -> int:
        """Those with a final outcome."""
        return self.candidates - self.open

    @property
    def share(self) -> int:
        """Settled of candidates in per cent, rounded down: 100 only when nobody is open."""
        return 100 * self.settled // self.candidates if self.candidates else 0


@dataclass(frozen=True)
class Progress:
    """How fast a dispatch goes: messages an hour over the last minute, and the time left at that rate."""

    per_hour: int
    time_left: timedelta | None

    @property
    def words(self) -> str:
        """The time left for a person: "about 1 hour 17 minutes", "less than a minute"."""
        minutes = round((self.time_left or timedelta()).total_seconds() / 60)
        hours, minutes = divmod(minutes, 60)
        parts = [f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in ((hours, "hour"), (minutes, "minute")) if n]
        return f"about {' '.join(parts)}" if parts else "less than a minute"


def count_deliveries(dispatch: Dispatch) -> Counts:
    """Count one dispatch. After a cancellation, whoever has no outcome and is not under way counts as cancelled."""
    # The candidates first: rows that are written between the two queries can then only shrink "waiting".
    state, frozen = Dispatch.objects.values_list("state", "candidates").get(pk=dispatch.pk)
    found = dict(dispatch.deliveries.order_by().values_list("state").annotate(Count("pk")))
    by = {name: found.get(name, 0) for name in State.values}
    candidates = max(frozen, sum(by.values()))
    waiting = candidates - sum(by.values())
    if state == Dispatch.State.CANCELLED:
        in_hand = min(waiting, Slot.objects.filter(dispatch=dispatch.pk).exclude(subscriber_id=None).count())
        by[State.CANCELLED] += waiting - in_hand
        waiting = in_hand
    return Counts(
        candidates=candidates,
        handed_over=by[State.HANDED_OVER],
        refused=by[State.REFUSED],
        skipped=by[State.SKIPPED],
        held=by[State.HELD],
        cancelled=by[State.CANCELLED],
        open=waiting + by[State.DEFERRED] + by[State.UNKNOWN],
        waiting=waiting,
        deferred=by[State.DEFERRED],
        unknown=by[State.UNKNOWN],
    )


def measure_progress(dispatch: Dispatch, counts: Counts) -> Progress:
    """The rate over the last minute, or over the time since the launch when that is shorter."""
    now = timezone.now()
    if dispatch.launched_at is None or dispatch.state != Dispatch.State.RUNNING:
        return Progress(0, None)
    since = max(now - RATE_WINDOW, dispatch.launched_at)
    seconds = max((now - since).total_seconds(), 1.0)
    lately = dispatch.deliveries.filter(state=State.HANDED_OVER, at__gte=since).count()
    per_second = lately / seconds
    left = timedelta(seconds=round(counts.waiting / per_second)) if per_second else None
    return Progress(round(per_second * 3600), left)


def not_handed_over(dispatch: Dispatch) -> QuerySet[Delivery]:
    """The deliveries a person may want to look at: refused, unknown, held, deferred; by state, then by reader."""
    states = (State.HELD, State.UNKNOWN, State.REFUSED, State.DEFERRED)
    return dispatch.deliveries.filter(state__in=states).select_related("subscriber").order_by("state", "subscriber")


def as_plain_data(dispatch: Dispatch) -> dict[str, Any]:
    """State, moments and counts, for a program."""
    counts = count_deliveries(dispatch)
    progress = measure_progress(dispatch, counts)
    moments = {name: getattr(dispatch, name) for name in ("ordered_at", "due_at", "launched_at", "finished_at")}
    return {
        "issue": dispatch.issue.slug,
        "dispatch": dispatch.pk,
        "state": dispatch.state,
        "reason": dispatch.pause_reason,
        **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
        **asdict(counts),
        "per_hour": progress.per_hour,
        "seconds_left": progress.time_left.total_seconds() if progress.time_left else None,
    }
