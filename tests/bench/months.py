"""The monthly draft under five clocks that look at the same moment: two years in six zones."""

import time
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time

import time_machine

from newsletter.models import DraftRun, DraftSchedule, IssuePage
from newsletter.wall_clock import LAST_DAY
from tests.newsletter.monthly import make_schedule, publish, ring_together

CLOCKS = 5
MONTHS = [date(2027 + n // 12, n % 12 + 1, 1) for n in range(24)]
# A zone and a rule each: the short months, the hours that clocks skip or show twice, both ends of a day.
PLACES = (
    ("Europe/London", 31, wall_time(7)),
    ("America/New_York", 14, wall_time(2, 30)),
    ("Africa/Cairo", 30, wall_time(0)),
    ("Australia/Lord_Howe", 31, wall_time(23, 59)),
    ("Asia/Kathmandu", LAST_DAY, wall_time(0)),
    ("America/Sao_Paulo", 29, wall_time(2, 30)),
)


def measure_months() -> None:
    """Print how many issues and doubles there are after two years of each."""
    print(f"\nThe monthly draft: {CLOCKS} clocks at each moment of {len(MONTHS)} months")
    print(f"{'zone':22} {'day':>4} {'time':>6} {'issues':>7} {'doubles':>8} {'missing':>8} {'s':>6}")
    for zone, day, at in PLACES:
        began = time.perf_counter()
        IssuePage.objects.all().delete()
        DraftSchedule.objects.all().delete()
        DraftRun.objects.all().delete()
        with time_machine.travel(datetime(2026, 12, 1, tzinfo=UTC), tick=False):
            schedule = make_schedule(day=day, at=at, zone=zone)
        DraftSchedule.objects.update(since=schedule.due_at(MONTHS[0]) - timedelta(days=1))
        for month in MONTHS:
            due = schedule.due_at(month)
            publish(f"New in {month:%B %Y} for {zone}", at=due - timedelta(hours=1), by=None)
            with time_machine.travel(due, tick=False):
                ring_together(CLOCKS)
        issues = IssuePage.objects.count()
        months = DraftRun.objects.filter(state=DraftRun.State.MADE).exclude(issue=None).values("period").distinct()
        found = months.count()
        name = "last" if day == LAST_DAY else str(day)
        seconds = time.perf_counter() - began
        print(f"{zone:22} {name:>4} {at:%H:%M}  {issues:7} {issues - found:8} {len(MONTHS) - found:8} {seconds:6.1f}")
