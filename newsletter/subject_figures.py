"""What became of a test of two subjects, counted from rows, and what may honestly be said of it."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from newsletter.chance import chance_of, least_difference
from newsletter.models import Click, Delivery, Departure, Dispatch, Lot, MailEvent

# Two questions are asked of a test: together, chance alone decides at most one in twenty.
LIMIT = 0.025
USUAL = 10  # per cent: an example of how many press, to say how large a difference must be
NAMES = {Lot.FIRST: "first subject", Lot.SECOND: "second subject"}


@dataclass(frozen=True)
class LotFigures:
    """Of one lot. `allowed` of those handed over let us count what they press; `lost` are those who left or complained.

    `pressed` are people, not presses, and only of those who allowed it.
    """

    handed_over: int = 0
    allowed: int = 0
    pressed: int = 0
    left: int = 0
    complained: int = 0
    lost: int = 0


@dataclass(frozen=True)
class Judgement:
    """Which subject to use, and why, in words for the editor. `is_clear`: by more than chance."""

    lot: Lot
    words: str
    is_clear: bool = False


def count_lots(dispatch: Dispatch) -> dict[Lot, LotFigures]:
    """The two lots as they stand now, in five queries; those who wait for the better subject are in neither."""
    tested = Delivery.objects.filter(dispatch=dispatch, lot__in=(Lot.FIRST, Lot.SECOND))
    handed_over = tested.filter(state=Delivery.State.HANDED_OVER).order_by().values_list("lot")
    reached = {
        lot: (number, allowed)
        for lot, number, allowed in handed_over.annotate(
            Count("pk"), allowed=Count("pk", filter=Q(subscriber__may_count=True))
        )
    }
    pressed = _count_pressed(dispatch)
    left = _people_by_lot(Departure.objects.filter(dispatch=dispatch), dispatch)
    complaints = MailEvent.objects.filter(delivery__in=tested, kind=MailEvent.Kind.COMPLAINT)
    complained: defaultdict[str, set[int]] = defaultdict(set)
    for lot, pk in complaints.values_list("delivery__lot", "delivery__subscriber"):
        complained[lot].add(pk)
    return {
        lot: LotFigures(
            *reached.get(lot, (0, 0)),
            pressed=pressed[lot],
            left=len(left[lot]),
            complained=len(complained[lot]),
            lost=len(left[lot] | complained[lot]),
        )
        for lot in (Lot.FIRST, Lot.SECOND)
    }


def judge(figures: Mapping[Lot, LotFigures]) -> Judgement:
    """The subject with more presses, or fewer who left or complained, by more than chance; else the first one.

    Where the two speak against each other it is the first one as well: words that many press and many leave for are
    no better words.
    """
    first, second = figures[Lot.FIRST], figures[Lot.SECOND]
    presses = _better(first.pressed, first.allowed, second.pressed, second.allowed)
    stays = _better(
        first.handed_over - first.lost, first.handed_over, second.handed_over - second.lost, second.handed_over
    )
    if presses and stays and presses != stays:
        return Judgement(
            Lot.FIRST,
            f"More readers pressed a link with the {NAMES[presses]}, but more of them left or complained. "
            "The first subject is used.",
        )
    if better := presses or stays:
        one, other = figures[better], figures[Lot.SECOND if better is Lot.FIRST else Lot.FIRST]
        return Judgement(better, _say_presses(one, other) if presses else _say_lost(one, other), is_clear=True)
    return Judgement(Lot.FIRST, "Too close to tell: chance alone brings such a difference. The first subject is used.")


def say_least_difference(allowed: int) -> str:
    """How far apart the lots must be, if so many of each allow us to count, by an example."""
    usual = round(allowed * USUAL / 100)
    needed = least_difference(usual, allowed, limit=LIMIT)
    if needed is None:
        return "So few let us count that no difference in presses can be told from chance."
    return (
        f"Where {usual:,} of {allowed:,} press a link in one lot, at least {needed:,} have to in the other; "
        "anything nearer may be chance."
    )


def _better(first: int, of_first: int, second: int, of_second: int) -> Lot | None:
    """In which lot the share is higher by more than chance."""
    if not of_first or not of_second or chance_of(first, of_first, second, of_second) >= LIMIT:
        return None
    return Lot.FIRST if first * of_second > second * of_first else Lot.SECOND


def _say_presses(one: LotFigures, other: LotFigures) -> str:
    return (
        f"Of those who let us count, {one.pressed:,} of {one.allowed:,} pressed a link, against {other.pressed:,} of "
        f"{other.allowed:,}: more than chance."
    )


def _say_lost(one: LotFigures, other: LotFigures) -> str:
    return (
        f"{one.lost:,} of {one.handed_over:,} left or complained, against {other.lost:,} of {other.handed_over:,}: "
        "more than chance."
    )


def _count_pressed(dispatch: Dispatch) -> Counter[str]:
    """People who pressed anything, by lot."""
    rows = Click.objects.filter(link__dispatch=dispatch, verdict=Click.Verdict.PERSON)
    found = _with_lot(rows, dispatch).order_by().values_list("lot").annotate(Count("subscriber", distinct=True))
    return Counter(dict(found))


def _people_by_lot(rows: QuerySet[Departure], dispatch: Dispatch) -> defaultdict[str, set[int]]:
    found: defaultdict[str, set[int]] = defaultdict(set)
    for lot, pk in _with_lot(rows, dispatch).exclude(subscriber=None).values_list("lot", "subscriber"):
        found[lot].add(pk)
    return found


def _with_lot(rows: QuerySet[Any], dispatch: Dispatch) -> QuerySet[Any]:
    """The lot of each row's subscriber: from the few who did something to their deliveries, not the other way."""
    mine = Delivery.objects.filter(
        dispatch=dispatch, subscriber=OuterRef("subscriber"), state=Delivery.State.HANDED_OVER
    )
    return rows.annotate(lot=Subquery(mine.values("lot")[:1]))
