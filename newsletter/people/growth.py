"""How the list grew: who joined and who left, month by month, from the record of what people did; three queries."""

from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_safe

from newsletter.admin_pages import needs, page_of
from newsletter.models import Consent, Subscriber
from newsletter.months import months_after
from newsletter.people.rights import SEE

PERIODS = (12, 24, 36)
WIDTH, HEIGHT, FOOT = 720, 240, 24  # of the chart, in its own units
Act = Consent.Act
# Those of an import who are asked by letter join by its button.
_JOINED = Q(act=Act.CONFIRMED) | Q(act=Act.IMPORTED, form="import")


@dataclass
class Month:
    """`total`: on the list when it ended, or now."""

    start: date
    joined: int
    left: int
    total: int = 0

    @property
    def net(self) -> int:
        """What the list grew by, or shrank."""
        return self.joined - self.left


@dataclass(frozen=True)
class Bar:
    """One month of the chart: left edge, and top and height of both parts."""

    month: Month
    x: float
    width: float
    joined_y: float
    joined_height: float
    left_y: float
    left_height: float


def count_months(number: int) -> list[Month]:
    """The latest `number` months, this one last. People who were erased since are in none of them."""
    today = timezone.localdate()
    starts = [months_after(today.replace(day=1), -back) for back in range(number - 1, -2, -1)]
    before = Consent.objects.filter(_JOINED, subscriber=OuterRef("subscriber"), at__lte=OuterRef("at"))
    joined = _by_month(Consent.objects.filter(_JOINED), starts)
    left = _by_month(Consent.objects.filter(Exists(before), act=Act.LEFT), starts)
    months = [Month(start, joined[at], left[at]) for at, start in enumerate(starts[:-1])]
    total = Subscriber.objects.confirmed().count()
    for month in reversed(months):
        month.total = total
        total -= month.net
    return months


def draw_bars(months: list[Month]) -> tuple[list[Bar], float]:
    """The chart's bars and the height of the line between those who joined, above it, and those who left."""
    most_joined = max(month.joined for month in months)
    most_left = max(month.left for month in months)
    unit = (HEIGHT - FOOT) / max(1, most_joined + most_left)
    line = most_joined * unit
    step = WIDTH / len(months)
    bars = [
        Bar(
            month,
            x=round(at * step + step * 0.15, 1),
            width=round(step * 0.7, 1),
            joined_y=round(line - month.joined * unit, 1),
            joined_height=round(month.joined * unit, 1),
            left_y=round(line, 1),
            left_height=round(month.left * unit, 1),
        )
        for at, month in enumerate(months)
    ]
    return bars, round(line, 1)


@needs(SEE)
@require_safe
def show_growth(request: HttpRequest) -> HttpResponse:
    """The chart and the table, for the months that the address asks for."""
    asked = request.GET.get("months", "")
    number = int(asked) if asked in map(str, PERIODS) else PERIODS[0]
    months = count_months(number)
    bars, line = draw_bars(months)
    context: dict[str, Any] = {
        **page_of("Subscribers: growth", icon="history"),
        "months": list(reversed(months)),
        "bars": bars,
        "line": line,
        "width": WIDTH,
        "height": HEIGHT,
        "number": number,
        "periods": PERIODS,
        "joined": sum(month.joined for month in months),
        "left": sum(month.left for month in months),
        "total": months[-1].total,
    }
    return TemplateResponse(request, "newsletter/admin/growth.html", context)


def admin_urls() -> list[URLPattern]:
    """Where it lies."""
    return [path("newsletter/growth/", show_growth, name="newsletter_growth")]


def _by_month(acts: QuerySet[Consent], starts: list[date]) -> list[int]:
    """One pass over the rows; months begin at midnight in the site's time zone."""
    moments = [timezone.make_aware(datetime.combine(start, time())) for start in starts]
    spans = list(pairwise(moments))
    counts = {f"m{at}": Count("pk", filter=Q(at__gte=a, at__lt=b)) for at, (a, b) in enumerate(spans)}
    found = acts.filter(at__gte=moments[0]).aggregate(**counts)
    return [found[f"m{at}"] for at in range(len(spans))]
