"""On which days and between which hours issues may leave: one rule, asked before each chunk and each message."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from django.utils import timezone

from newsletter.models import Dispatch, NewsletterPage
from newsletter.wall_clock import moment_of, on_wall, say_moment

EVERY_DAY = "1234567"  # ISO: Monday is 1
REST = "It rests until"
_WEEK = 8  # days ahead in which there is a window, if any day is allowed


class SendingHours:
    """From `start` until `end` by the wall clocks of the zone, on windows that begin on one of the days.

    An end before the start is on the next morning. Neither: the whole day. `days`: digits of ISO weekdays.
    """

    def __init__(self, *, start: time | None, end: time | None, days: str, zone: str) -> None:
        self.start, self.end, self.days, self.zone = start, end, days, zone
        self._window = (datetime.min.replace(tzinfo=UTC),) * 2  # the latest answer: asked for each message

    def is_open(self, now: datetime) -> bool:
        """Whether messages may leave at this moment."""
        if self.start is None and self.end is None and self.days == EVERY_DAY:
            return True
        if not self._window[0] <= now < self._window[1]:
            self._window = next((window for window in self._windows(now) if now < window[1]), self._window)
        return self._window[0] <= now < self._window[1]

    def opens_at(self, now: datetime) -> datetime | None:
        """When they may leave again; None while they may."""
        return None if self.is_open(now) else self._window[0]

    def _windows(self, now: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yesterday's and those of the next days, in order; one that clocks skip is none."""
        today = on_wall(now, self.zone).date()
        start, end = self.start or time(), self.end or time()
        for ahead in range(-1, _WEEK):
            day = today + timedelta(days=ahead)
            if str(day.isoweekday()) in self.days:
                last = day if end > start else day + timedelta(days=1)
                opens, closes = moment_of(day, start, self.zone), moment_of(last, end, self.zone)
                if opens < closes:
                    yield opens, closes


def hours_of(newsletter: NewsletterPage) -> SendingHours:
    """As the newsletter's page says."""
    return SendingHours(
        start=newsletter.sends_from,
        end=newsletter.sends_until,
        days=newsletter.sends_on,
        zone=newsletter.sends_in_zone,
    )


def rests_until(dispatch: Dispatch) -> datetime | None:
    """When a dispatch goes on that must not send now; None while it may."""
    # Asked before each chunk: the columns alone, for a whole page takes longer than sending several messages.
    columns = ("sends_from", "sends_until", "sends_on", "sends_in_zone")
    start, end, days, zone = NewsletterPage.objects.ancestor_of(dispatch.issue).values_list(*columns).get()
    return SendingHours(start=start, end=end, days=days, zone=zone).opens_at(timezone.now())


def say_rest(dispatch: Dispatch) -> str:
    """For a person: until when it rests; empty while it may send."""
    newsletter = NewsletterPage.objects.ancestor_of(dispatch.issue).get()
    until = hours_of(newsletter).opens_at(timezone.now())
    return f"{REST} {say_moment(until, newsletter.sends_in_zone)}: the newsletter’s sending hours" if until else ""


def say_hours(newsletter: NewsletterPage) -> str:
    """For a person: "Monday, Tuesday, 08:00 to 18:00 (Europe/London)"; empty where any time is good."""
    hours = hours_of(newsletter)
    if hours.start is None and hours.end is None and hours.days == EVERY_DAY:
        return ""
    days = "every day" if hours.days == EVERY_DAY else ", ".join(DAY_NAMES[int(day) - 1] for day in hours.days)
    times = "" if hours.start is None and hours.end is None else f", {_hour(hours.start)} to {_hour(hours.end)}"
    return f"{days}{times} ({hours.zone})"


DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _hour(at: time | None) -> str:
    return f"{at or time():%H:%M}"
