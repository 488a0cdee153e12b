"""The numbers of a dispatch, counted from its rows at the moment they are asked for."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Count, QuerySet

from newsletter.models import Delivery, Dispatch, Slot
from newsletter.pace import measure_progress

State = Delivery.State


@dataclass(frozen=True)
class Counts:
    """Readers by state. At every moment: candidates = handed_over + refused + skipped + held + cancelled + open.

    `open` are those without a final outcome: `waiting`, `deferred` and `unknown` (to be sent once more).
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
        """Settled of candidates in per cent."""
        return self.per_cent(self.settled)

    def per_cent(self, number: int) -> int:
        """So many of the candidates in per cent. Always rounded down: 100 only when it is all of them."""
        return 100 * number // self.candidates if self.candidates else 0


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


def not_reached(dispatch: Dispatch) -> QuerySet[Delivery]:
    """Who did not get it, for good or until a person decides; by state, then by reader."""
    return _list(dispatch, State.HELD, State.REFUSED, State.SKIPPED, State.CANCELLED)


def tried_again(dispatch: Dispatch) -> QuerySet[Delivery]:
    """Who is tried again by itself, with the moment of the next try."""
    return _list(dispatch, State.UNKNOWN, State.DEFERRED)


def perhaps_twice(dispatch: Dispatch) -> QuerySet[Delivery]:
    """Who got it, after a first message of which nobody could say whether it left: both have the same Message-ID."""
    return _list(dispatch, State.HANDED_OVER).filter(doubts__gt=0)


def _list(dispatch: Dispatch, *states: str) -> QuerySet[Delivery]:
    return dispatch.deliveries.filter(state__in=states).select_related("subscriber").order_by("state", "subscriber")


def as_plain_data(dispatch: Dispatch) -> dict[str, Any]:
    """State, moments and counts, for a program."""
    counts = count_deliveries(dispatch)
    progress = measure_progress(dispatch, waiting=counts.waiting)
    moments = {name: getattr(dispatch, name) for name in ("ordered_at", "due_at", "launched_at", "finished_at")}
    return {
        "issue": dispatch.issue.slug,
        "dispatch": dispatch.pk,
        "state": dispatch.state,
        "reason": dispatch.pause_reason,
        **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
        **asdict(counts),
        "perhaps_twice": perhaps_twice(dispatch).count(),  # a part of handed_over
        "per_hour": progress.per_hour,
        "stall": progress.stall,
        "seconds_left": progress.time_left.total_seconds() if progress.time_left else None,
    }
