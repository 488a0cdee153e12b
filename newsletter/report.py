"""The numbers of a dispatch, counted from its rows at the moment they are asked for."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db.models import Count

from newsletter.models import Delivery, Dispatch, Lot, Slot
from newsletter.pace import measure_progress
from newsletter.subject_figures import count_lots

State = Delivery.State


@dataclass(frozen=True)
class Counts:
    """Readers by state. At every moment: candidates = handed_over + refused + skipped + held + cancelled + open.

    `open` are those without a final outcome: `waiting`, `deferred` and `unknown` (to be sent once more).
    `cancelled_rows` are those of the cancelled that were tried before, each with a row of their own.
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
    cancelled_rows: int = 0

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
    return count_all([dispatch])[dispatch.pk]


def count_all(dispatches: Sequence[Dispatch]) -> dict[int, Counts]:
    """The same for several, by their keys, in three queries at most."""
    keys = [dispatch.pk for dispatch in dispatches]
    # The candidates first: rows that are written between the queries can then only shrink "waiting".
    frozen = {row[0]: row for row in Dispatch.objects.filter(pk__in=keys).values_list("pk", "state", "candidates")}
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    # Counted in the index alone: (dispatch, state, at).
    rows = Delivery.objects.filter(dispatch__in=keys).order_by().values_list("dispatch", "state")
    for pk, state, number in rows.annotate(number=Count("*")):
        found[pk][state] = number
    cancelled = [pk for pk, state, _ in frozen.values() if state == Dispatch.State.CANCELLED]
    in_hand = _count_in_hand(cancelled) if cancelled else {}
    return {
        pk: _sum_up(found[pk], candidates=frozen[pk][2], in_hand=in_hand.get(pk, 0) if pk in cancelled else None)
        for pk in keys
    }


def count_twice(dispatch: Dispatch) -> int:
    """How many got it after a first message of which nobody could say whether it left."""
    return dispatch.deliveries.filter(state=State.HANDED_OVER, doubts__gt=0).count()


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
        "segment": dispatch.segment_name,
        "left_out": dispatch.left_out,
        **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
        **asdict(counts),
        "perhaps_twice": count_twice(dispatch),  # a part of handed_over
        "per_hour": progress.per_hour,
        "stall": progress.stall,
        "subjects": _subjects(dispatch),
        "seconds_left": progress.time_left.total_seconds() if progress.time_left else None,
    }


def _subjects(dispatch: Dispatch) -> dict[str, Any] | None:
    """Both subjects with their lots' figures; None without a second one."""
    test = dispatch.test
    if test is None:
        return None
    lots = count_lots(dispatch)
    return {
        "first": {"subject": dispatch.subject, **asdict(lots[Lot.FIRST])},
        "second": {"subject": test.subject, **asdict(lots[Lot.SECOND])},
        "due_at": test.due_at.isoformat() if test.due_at else None,
        "chosen": {Lot.FIRST.value: "first", Lot.SECOND.value: "second"}.get(test.winner),
        "why": test.words,
    }


def _count_in_hand(keys: Sequence[int]) -> dict[int, int]:
    """Messages that are under way at this moment, by dispatch."""
    slots = Slot.objects.filter(dispatch__in=keys).exclude(subscriber_id=None)
    return dict(slots.order_by().values_list("dispatch").annotate(Count("pk")))


def _sum_up(by: dict[str, int], *, candidates: int, in_hand: int | None) -> Counts:
    """`in_hand` is None unless the dispatch was cancelled."""
    candidates = max(candidates, sum(by.values()))
    waiting = candidates - sum(by.values())
    never_tried = 0
    if in_hand is not None:
        never_tried = waiting - min(waiting, in_hand)
        waiting -= never_tried
    deferred, unknown, cancelled = (by.get(state, 0) for state in (State.DEFERRED, State.UNKNOWN, State.CANCELLED))
    return Counts(
        candidates=candidates,
        handed_over=by.get(State.HANDED_OVER, 0),
        refused=by.get(State.REFUSED, 0),
        skipped=by.get(State.SKIPPED, 0),
        held=by.get(State.HELD, 0),
        cancelled=cancelled + never_tried,
        open=waiting + deferred + unknown,
        waiting=waiting,
        deferred=deferred,
        unknown=unknown,
        cancelled_rows=cancelled,
    )
