"""Sending hours: messages leave inside of them only, and what is left goes on by itself."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from config.celery import app
from newsletter.models import Dispatch, NewsletterPage
from newsletter.pace import measure_progress
from newsletter.senders.memory import MemorySender
from newsletter.sending_hours import EVERY_DAY, SendingHours, say_hours
from newsletter.tasks import run_dispatch, tick_dispatches
from tests.newsletter.dispatches import launched, run, sums_up

OFFICE = SendingHours(start=time(8), end=time(18), days="12345", zone="Europe/London")
FRIDAY = datetime(2026, 12, 4, 17, 59, 59, tzinfo=UTC)
MONDAY = datetime(2026, 12, 7, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "opens_at"),
    [
        (FRIDAY, None),
        (FRIDAY + timedelta(seconds=1), MONDAY),
        (datetime(2026, 12, 6, 12, tzinfo=UTC), MONDAY),
        (MONDAY - timedelta(seconds=1), MONDAY),
        (MONDAY, None),
        (datetime(2026, 12, 8, 3, tzinfo=UTC), datetime(2026, 12, 8, 8, tzinfo=UTC)),
    ],
)
def test_office_hours_end_on_friday_and_begin_on_monday(now: datetime, opens_at: datetime | None) -> None:
    assert OFFICE.opens_at(now) == opens_at
    assert OFFICE.is_open(now) == (opens_at is None)


def test_a_night_ends_on_the_next_morning_and_belongs_to_its_first_day() -> None:
    night = SendingHours(start=time(22), end=time(6), days="5", zone="Europe/London")
    assert night.is_open(datetime(2026, 12, 4, 23, tzinfo=UTC))
    assert night.is_open(datetime(2026, 12, 5, 5, 59, tzinfo=UTC))
    assert night.opens_at(datetime(2026, 12, 5, 6, tzinfo=UTC)) == datetime(2026, 12, 11, 22, tzinfo=UTC)
    assert not night.is_open(datetime(2026, 12, 4, 5, tzinfo=UTC))


def test_whole_days_and_any_time() -> None:
    weekend = SendingHours(start=None, end=None, days="67", zone="Europe/London")
    assert weekend.opens_at(FRIDAY) == datetime(2026, 12, 5, tzinfo=UTC)
    assert weekend.is_open(datetime(2026, 12, 6, 23, 59, 59, tzinfo=UTC))
    assert not weekend.is_open(datetime(2026, 12, 7, tzinfo=UTC))
    assert SendingHours(start=None, end=None, days=EVERY_DAY, zone="Europe/London").is_open(FRIDAY)


def test_hours_keep_to_the_wall_clock_when_clocks_change() -> None:
    before, after = datetime(2027, 3, 26, 8, tzinfo=UTC), datetime(2027, 3, 29, 7, tzinfo=UTC)
    assert OFFICE.is_open(before)
    assert not OFFICE.is_open(before - timedelta(seconds=1))
    assert OFFICE.opens_at(after - timedelta(seconds=1)) == after


@given(
    now=st.integers(0, 3 * 366 * 24 * 60).map(lambda minutes: FRIDAY + timedelta(minutes=minutes)),
    start=st.times(),
    end=st.times(),
    days=st.sets(st.sampled_from(EVERY_DAY), min_size=1),
    zone=st.sampled_from(["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
)
def test_what_is_closed_opens_again_within_eight_days_and_is_open_then(
    now: datetime, start: time, end: time, days: set[str], zone: str
) -> None:
    start, end = start.replace(microsecond=0, second=0), end.replace(microsecond=0, second=0)
    hours = SendingHours(start=start, end=end, days="".join(sorted(days)), zone=zone)
    opens_at = hours.opens_at(now)
    if opens_at is not None:
        assert now < opens_at <= now + timedelta(days=8)
        assert hours.is_open(opens_at)
        again = SendingHours(start=start, end=end, days=hours.days, zone=zone)
        assert not again.is_open(opens_at - timedelta(seconds=1))


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
class TestDispatch:
    @pytest.fixture(autouse=True)
    def _memory(self, settings: Any) -> Any:
        settings.NEWSLETTER_SENDER = "newsletter.senders.memory.MemorySender"
        MemorySender.reset()
        yield
        MemorySender.reset()

    @pytest.fixture
    def eager(self) -> Any:
        """Tasks run where they are rung."""
        app.conf.task_always_eager = True
        yield
        app.conf.task_always_eager = False

    def office_hours(self) -> None:
        NewsletterPage.objects.update(sends_from=time(8), sends_until=time(18), sends_on="12345")

    def test_a_dispatch_stops_at_the_hour_with_no_connection_open_and_goes_on_by_itself(self, request: Any) -> None:
        with time_machine.travel(FRIDAY, tick=False) as clock:
            dispatch = launched(readers=20)
            self.office_hours()
            request.getfixturevalue("eager")

            def close(_message: Any) -> None:
                if len(MemorySender.box) == 5:
                    clock.shift(timedelta(seconds=1))

            MemorySender.answer = staticmethod(close)
            run(dispatch)
            got = len(MemorySender.box)
            assert 5 <= got < 20
            assert not dispatch.slots.exists()
            progress = measure_progress(dispatch, waiting=20 - got)
            assert progress.stall.startswith("It rests until Monday 7 December 2026, 08:00 (Europe/London)")
            for moment in (FRIDAY + timedelta(hours=5), MONDAY - timedelta(seconds=1)):
                clock.move_to(moment)
                tick_dispatches()
                run_dispatch(dispatch.pk)
            assert len(MemorySender.box) == got
            assert dispatch.state == Dispatch.State.RUNNING
            clock.move_to(MONDAY)
            tick_dispatches()
            dispatch.refresh_from_db()
            assert dispatch.state == Dispatch.State.DONE
            assert len({message.recipient for message in MemorySender.box}) == len(MemorySender.box) == 20
            assert sums_up(dispatch)

    def test_the_pages_say_so(self, client: Client, editor: Any) -> None:
        with time_machine.travel(FRIDAY + timedelta(hours=1), tick=False):
            dispatch = launched(readers=3)
            self.office_hours()
            client.force_login(editor)
            page = client.get(f"/admin/newsletter/dispatches/{dispatch.pk}/").content.decode()
            assert "It rests until Monday 7 December 2026, 08:00 (Europe/London)" in page
            assert "No worker answers" not in page
        newsletter = NewsletterPage.objects.get()
        assert say_hours(newsletter) == ("Monday, Tuesday, Wednesday, Thursday, Friday, 08:00 to 18:00 (Europe/London)")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"sends_from": "08:00"}, "Give both hours"),
        ({"sends_until": "18:00"}, "Give both hours"),
        ({"sends_from": "08:00", "sends_until": "08:00"}, "the same as the first hour"),
        ({"sends_on": []}, "This field is required"),
        ({"sends_in_zone": "Europe/Nowhere"}, "Select a valid choice"),
        ({"sends_from": "08:00", "sends_until": "18:00", "sends_on": ["1", "5"]}, ""),
        ({}, ""),
    ],
)
def test_the_newsletters_form_takes_a_pair_of_hours_and_some_days(
    client: Client, editor: Any, home: Any, fields: dict[str, Any], words: str
) -> None:
    newsletter = NewsletterPage.objects.get()
    client.force_login(editor)
    edit = f"/admin/pages/{newsletter.pk}/edit/"
    form = client.get(edit).context["form"]
    kept = {name: form[name].value() for name in form.fields if name != "comment_notifications"}
    sent = {name: "" if value is None or value is False else value for name, value in kept.items()}
    sent |= {"intro": "null", "postal_address": "1 Lane", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0"}
    response = client.post(edit, {**sent, **fields, "action-publish": "Publish"})
    newsletter.refresh_from_db()
    if words:
        assert words in response.content.decode()
        assert newsletter.sends_from is None
    else:
        assert response.status_code == 302
        assert newsletter.sends_on == "".join(fields.get("sends_on", EVERY_DAY))
        assert newsletter.sends_from == (time(8) if fields else None)
