"""Counting in calendar months."""

import calendar
from datetime import date


def months_after(day: date, months: int) -> date:
    """The same day of a later month (an earlier one for fewer than 0), or that month's last one."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
