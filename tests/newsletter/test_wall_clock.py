"""Wall time and zones become moments: summer time, short months, leap days, one moment a month."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise, product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.actions.drafting import latest_due_month
from newsletter.models import DraftSchedule
from newsletter.wall_clock import LAST_DAY, day_in_month, is_zone, moment_of, on_wall, say_moment, zone_names

# Two that go forward at midnight, half an hour, a quarter past the hour, no summer time at all, and our own.
ZONES = (
    "Europe/London",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/Sao_Paulo",
    "America/New_York",
)
TIMES = ((31, time(7)), (28, time(2, 30)), (LAST_DAY, time(0)), (30, time(23, 59)))
MONTHS = [date(2027 + n // 12, n % 12 + 1, 1) for n in range(24)]  # 2028 has a leap day


def wall(moment: datetime, zone: str) -> str:
    return f"{on_wall(moment, zone):%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("zone", "day", "at", "shown"),
    [
        ("Europe/London", date(2027, 3, 28), time(1, 30), "2027-03-28 02:00:00"),
        ("Europe/Berlin", date(2027, 3, 28), time(2, 30), "2027-03-28 03:00:00"),
        ("Africa/Cairo", date(2027, 4, 30), time(0, 0), "2027-04-30 01:00:00"),
        ("Africa/Cairo", date(2027, 4, 30), time(0, 59), "2027-04-30 01:00:00"),
        ("Australia/Lord_Howe", date(2027, 10, 3), time(2, 15), "2027-10-03 02:30:00"),
        ("Pacific/Apia", date(2011, 12, 30), time(12), "2011-12-31 00:00:00"),  # a day that never was
    ],
)
def test_a_time_that_clocks_skip_is_the_first_moment_after_it(zone: str, day: date, at: time, shown: str) -> None:
    moment = moment_of(day, at, zone)
    assert wall(moment, zone) == shown
    before = on_wall(moment - timedelta(seconds=1), zone)
    assert before.replace(tzinfo=None) < datetime.combine(day, at)


@pytest.mark.parametrize(
    ("zone", "day", "at", "utc"),
    [
        ("Europe/London", date(2027, 10, 31), time(1, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        ("America/New_York", date(2027, 11, 7), time(1, 0), datetime(2027, 11, 7, 5, 0, tzinfo=UTC)),
    ],
)
def test_of_a_time_that_clocks_show_twice_the_first_one_counts(zone: str, day: date, at: time, utc: datetime) -> None:
    assert moment_of(day, at, zone) == utc


@given(
    zone=st.sampled_from(ZONES), day=st.dates(date(1995, 1, 1), date(2035, 12, 31)), minutes=st.integers(0, 24 * 60 - 1)
)
def test_a_moment_shows_its_own_time_or_the_end_of_the_gap_and_nothing_earlier_does(
    zone: str, day: date, minutes: int
) -> None:
    at = time(minutes // 60, minutes % 60)
    moment = moment_of(day, at, zone)
    shown = on_wall(moment, zone).replace(tzinfo=None)
    asked = datetime.combine(day, at)
    assert shown >= asked
    if shown != asked:  # in a gap: a second before, clocks showed an earlier time
        assert on_wall(moment - timedelta(seconds=1), zone).replace(tzinfo=None) < asked
    assert on_wall(moment, zone).fold == 0 or shown != asked


@pytest.mark.parametrize(
    ("day", "month", "found"),
    [
        (31, date(2027, 2, 1), 28),
        (31, date(2028, 2, 1), 29),
        (29, date(2027, 2, 1), 28),
        (31, date(2027, 4, 1), 30),
        (LAST_DAY, date(2028, 2, 1), 29),
        (LAST_DAY, date(2027, 12, 1), 31),
        (1, date(2027, 2, 1), 1),
    ],
)
def test_a_day_that_a_month_has_not_is_its_last_one(day: int, month: date, found: int) -> None:
    assert day_in_month(day, month) == month.replace(day=found)


@pytest.mark.parametrize(("zone", "rule"), list(product(ZONES, TIMES)))
def test_each_month_has_one_moment_and_a_clock_that_looks_now_and_then_meets_each_once(
    zone: str, rule: tuple[int, time]
) -> None:
    day, at = rule
    schedule = DraftSchedule(day=day, at=at, zone=zone, since=datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC))
    moments = [schedule.due_at(month) for month in MONTHS]
    assert all(earlier < later for earlier, later in pairwise(moments))
    met: list[date] = []
    now = moments[0] - timedelta(hours=1)
    while now < moments[-1] + timedelta(hours=12):
        month = latest_due_month(schedule, now)
        if month is not None and month not in met:
            met.append(month)
            assert now - schedule.due_at(month) < timedelta(hours=7)
        now += timedelta(hours=7)
    assert met == MONTHS
    for month, moment in zip(MONTHS, moments, strict=True):
        assert latest_due_month(schedule, moment) == month  # at the very moment, not a second earlier
        assert latest_due_month(schedule, moment - timedelta(seconds=1)) != month


def test_a_moment_is_said_with_its_zone() -> None:
    moment = datetime(2026, 12, 1, 7, tzinfo=UTC)
    assert say_moment(moment, "Europe/London") == "Tuesday 1 December 2026, 07:00 (Europe/London)"
    assert say_moment(moment, "Asia/Kathmandu") == "Tuesday 1 December 2026, 12:45 (Asia/Kathmandu)"


def test_the_list_of_zones_holds_places_that_this_machine_knows() -> None:
    names = zone_names()
    assert "Europe/London" in names
    assert names[-1] == "UTC"
    assert all(ZoneInfo(name) for name in names)
    assert is_zone("Europe/London")
    assert not is_zone("Europe/Nowhere")
    assert not is_zone("../etc/passwd")
