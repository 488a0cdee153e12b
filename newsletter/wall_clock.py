"""What a clock on the wall shows, and at which moment: every rule about zones, summer time and short months.

A wall time is kept with the IANA name of its zone ("Europe/London") and becomes a moment only here. Where clocks go
forward over it, the moment is the first one after the gap; where they go back over it, the first of the two.
"""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.conf import settings
from django.utils.formats import date_format

LAST_DAY = 0  # of the month, as a schedule's day
_SECOND = timedelta(seconds=1)


def site_zone() -> str:
    """The site's zone as it is set today, by name."""
    return str(settings.TIME_ZONE)


def is_zone(name: str) -> bool:
    """Whether this machine knows a zone of that name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


@cache
def zone_names() -> list[str]:
    """Every place whose zone this machine knows, in the order of the alphabet, and UTC."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
    return [*sorted(places), "UTC"]


@cache
def zone_data() -> str:
    """Which edition of the IANA zone data the rules come from, such as "2025b"; empty if it does not say."""
    for folder in TZPATH:
        file = Path(folder) / "tzdata.zi"
        if file.is_file():
            with file.open() as lines:
                return lines.readline().rpartition(" ")[2].strip()
    return ""


def moment_of(day: date, at: time, zone: str) -> datetime:
    """The moment (UTC) at which the wall clocks of the zone show that day and time."""
    wall = datetime.combine(day, at)
    first = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if on_wall(first, zone).replace(tzinfo=None) == wall:
        return first
    return _end_of_gap(wall, zone)


def on_wall(moment: datetime, zone: str) -> datetime:
    """The same moment as the wall clocks of the zone show it."""
    return moment.astimezone(ZoneInfo(zone))


def month_in(zone: str, now: datetime) -> date:
    """The first day of the month that the zone's calendars show."""
    return on_wall(now, zone).date().replace(day=1)


def day_in_month(day: int, month: date) -> date:
    """The `day`th of a month; its last one where the month is shorter, or for LAST_DAY."""
    last = calendar.monthrange(month.year, month.month)[1]
    return month.replace(day=min(day, last) if day != LAST_DAY else last)


def say_moment(moment: datetime, zone: str) -> str:
    """For a person: "Tuesday 1 December 2026, 07:00 (Europe/London)"."""
    return f"{date_format(on_wall(moment, zone), 'l j F Y, H:i')} ({zone})"


def _end_of_gap(wall: datetime, zone: str) -> datetime:
    """The first moment after the gap in which `wall` lies: found by halving, to the second."""
    place = ZoneInfo(zone)
    before = wall.replace(tzinfo=place, fold=1).astimezone(UTC)  # the two offsets around the gap bracket its moment
    after = wall.replace(tzinfo=place, fold=0).astimezone(UTC)
    new = on_wall(after, zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) / 2
        if on_wall(middle, zone).utcoffset() == new:
            after = middle
        else:
            before = middle
    return (before + _SECOND).replace(microsecond=0) if before.microsecond == 0 else after.replace(microsecond=0)
