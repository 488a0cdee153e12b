"""What happened to an issue day by day, drawn by the server: a row of bars for each thing, with its own scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from newsletter.models import Click, Delivery, Departure, Dispatch, MailEvent
from newsletter.reporting.figures import news_about

LEAST, MOST = 7, 14  # days
WIDTH, ROW, BAR, HEAD = 720, 84, 44, 30  # of the drawing, in its own units
Kind = MailEvent.Kind


@dataclass(frozen=True)
class Bar:
    """One day: where it stands and what it means."""

    day: date
    number: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Series:
    """One row of the drawing. `name` is the class of its colour; `y` where its words stand."""

    name: str
    words: str
    total: int
    most: int
    y: int
    line: int
    bars: list[Bar]


@dataclass(frozen=True)
class Chart:
    """Days along, series below each other; `rows` are the same numbers for a table: (day, a number for each series)."""

    days: list[date]
    series: list[Series]
    rows: list[tuple[date, list[int]]]
    width: int = WIDTH

    @property
    def height(self) -> int:
        """Of the whole."""
        return ROW * len(self.series) + HEAD


def draw_chart(dispatch: Dispatch) -> Chart | None:
    """The first week or two; None before the launch. Rows in which nothing happened are left out, but for the first."""
    if dispatch.launched_at is None:
        return None
    first = timezone.localdate(dispatch.launched_at)
    number = max(LEAST, min(MOST, (timezone.localdate() - first).days + 1))
    days = [first + timedelta(days=at) for at in range(number)]
    news = _by_kind(news_about([dispatch.pk]), days)
    counted = [
        ("over", "Handed over", _handed_over(dispatch, days)),
        ("delivered", "Delivered, says the provider", news.get(Kind.DELIVERED, [])),
        ("people", "Presses by people who allowed us to count", _presses(dispatch, days)),
        ("bounced", "Came back", _add(news.get(Kind.SOFT, []), news.get(Kind.HARD, []))),
        ("complained", "Reported as spam", news.get(Kind.COMPLAINT, [])),
        ("left", "Left through this issue", _count(Departure.objects.filter(dispatch=dispatch), days)),
    ]
    shown = [one for one in counted if one[0] == "over" or any(one[2])]
    series = [_draw(name, words, numbers, days, at) for at, (name, words, numbers) in enumerate(shown)]
    rows = [(day, [numbers[at] for _, _, numbers in shown]) for at, day in enumerate(days)]
    return Chart(days, series, rows)


def _draw(name: str, words: str, numbers: Sequence[int], days: Sequence[date], at: int) -> Series:
    step, most, top = WIDTH / len(days), max(numbers), at * ROW
    line = top + HEAD + BAR
    bars = [
        Bar(
            day,
            number,
            x=round(place * step + step * 0.15, 1),
            # What happened at all is seen, however little it was.
            height=(height := max(2.0, round(BAR * number / most, 1)) if number else 0),
            y=round(line - height, 1),
            width=round(step * 0.7, 1),
        )
        for place, (day, number) in enumerate(zip(days, numbers, strict=True))
    ]
    return Series(name, words, sum(numbers), most, y=top + 18, line=line, bars=bars)


def _handed_over(dispatch: Dispatch, days: Sequence[date]) -> list[int]:
    """Day by day, each from its own part of the index: a million rows are read once, not once for each day."""
    rows = Delivery.objects.filter(dispatch=dispatch, state=Delivery.State.HANDED_OVER).order_by()
    return [rows.filter(at__gte=begin, at__lt=end).count() for begin, end in _spans(days)]


def _presses(dispatch: Dispatch, days: Sequence[date]) -> list[int]:
    return _count(Click.objects.filter(link__dispatch=dispatch, verdict=Click.Verdict.PERSON), days)


def _count(rows: QuerySet[Any], days: Sequence[date]) -> list[int]:
    found = rows.order_by().aggregate(**_counters(days))
    return [found[f"d{at}"] for at in range(len(days))]


def _by_kind(rows: QuerySet[MailEvent], days: Sequence[date]) -> dict[str, list[int]]:
    names = [f"d{at}" for at in range(len(days))]
    found = rows.values_list("kind").annotate(**_counters(days)).values_list("kind", *names)
    return {kind: list(numbers) for kind, *numbers in found}


def _counters(days: Sequence[date]) -> dict[str, Count]:
    return {f"d{at}": Count("pk", filter=Q(at__gte=a, at__lt=b)) for at, (a, b) in enumerate(_spans(days))}


def _spans(days: Sequence[date]) -> list[tuple[datetime, datetime]]:
    """Each day from midnight to midnight in the site's time zone."""
    edges = [*days, days[-1] + timedelta(days=1)]
    return list(pairwise(timezone.make_aware(datetime.combine(day, time())) for day in edges))


def _add(one: Sequence[int], other: Sequence[int]) -> list[int]:
    if not one or not other:
        return list(one or other)
    return [a + b for a, b in zip(one, other, strict=True)]
