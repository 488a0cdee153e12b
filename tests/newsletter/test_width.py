"""How many connections, and how fast: what the mail server wants is what it gets."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from newsletter.actions.throttle import Throttle
from newsletter.actions.width import Width, asks_for_less
from newsletter.models import Dispatch
from newsletter.report import count_deliveries
from newsletter.senders import Outcome, Result, Stage
from tests.fakes.raw_smtp import STALL, RawServer
from tests.newsletter.dispatches import launched, run

GOOD = Outcome(Result.HANDED_OVER, code=250)
TOO_MANY = Outcome(Result.DEFERRED, Stage.CONNECTION, 421, "too many connections")
CUT = Outcome(Result.DEFERRED, Stage.CONNECTION, None, "ConnectionResetError")


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_of_new_connections_no_more_are_opened_at_a_time_than_half_of_those_at_work() -> None:
    width = Width(16)
    opened = [0]
    while (room := width.room(at_work=opened[-1], opening=0)) > 0:
        assert width.room(at_work=opened[-1], opening=room) == 0
        opened.append(opened[-1] + room)
    assert opened == [0, 1, 2, 3, 4, 6, 9, 13, 16]


def test_where_the_server_wants_fewer_one_in_ten_comes_back_each_minute() -> None:
    clock = Clock()
    width = Width(64, clock=clock)
    assert width.note(TOO_MANY, others_open=40)
    assert width.limit == 40
    for expected in (40, 44):
        for _ in range(100):
            width.note(GOOD, others_open=39)
        assert width.limit == expected
        clock.now += 61


def test_after_a_cut_line_all_are_soon_tried_again() -> None:
    clock = Clock()
    width = Width(16, clock=clock)
    assert width.note(CUT, others_open=1)
    width.note(GOOD, others_open=1)
    assert width.limit == 1
    clock.now += 6
    width.note(GOOD, others_open=1)
    assert width.limit == 16


@pytest.mark.parametrize(
    ("outcome", "others_open"),
    [
        (TOO_MANY, 0),
        (Outcome(Result.REFUSED, Stage.CONNECTION, 535, "wrong password"), 3),
        (Outcome(Result.REFUSED, Stage.SENDER, 550, "you may not send"), 3),
        (Outcome(Result.DEFERRED, Stage.RECIPIENT, 450, "later"), 3),
    ],
)
def test_what_fewer_connections_would_not_cure_is_left_to_the_breaker(outcome: Outcome, others_open: int) -> None:
    width = Width(8, clock=Clock())
    assert not width.note(outcome, others_open=others_open)
    assert width.limit == 8


@pytest.mark.parametrize(
    ("code", "reply", "is_so"),
    [
        (421, "closing", True),
        (451, "4.7.1 slow down", True),
        (454, "Throttling failure: Maximum sending rate exceeded.", True),
        (450, "4.2.0 Greylisted", False),
        (451, "4.7.1 greylisting in action", False),
        (452, "4.2.2 mailbox full", False),
        (550, "5.7.1 never", False),
        (None, "no answer", False),
    ],
)
def test_which_replies_ask_for_less(code: int | None, reply: str, *, is_so: bool) -> None:
    assert asks_for_less(Outcome(Result.DEFERRED, Stage.RECIPIENT, code, reply)) is is_so


def test_the_rate_is_halved_and_comes_back_by_a_tenth_a_minute() -> None:
    clock = Clock()
    bucket = Throttle(36_000, clock=clock)  # ten a second

    def in_a_second() -> int:
        given = 0
        for _ in range(20):
            clock.now += 0.05
            given += bucket.take(100)
        return given

    for _ in range(5):
        in_a_second()
    bucket.slow_down()
    bucket.slow_down()
    halved = sum(in_a_second() for _ in range(10))
    assert 45 <= halved <= 52
    clock.now += 60
    in_a_second()
    assert 50 <= sum(in_a_second() for _ in range(10)) <= 58
    for _ in range(10):
        clock.now += 60
        in_a_second()
    assert 98 <= sum(in_a_second() for _ in range(10)) <= 102


def test_without_a_limit_the_measured_rate_is_halved_and_forgotten_in_the_end() -> None:
    clock = Clock()
    bucket = Throttle(0, clock=clock)
    for _ in range(5):
        clock.now += 1
        assert bucket.take(100) == 100
    bucket.slow_down()
    clock.now += 1
    assert bucket.take(1000) <= 51
    for _ in range(30):
        clock.now += 61
        bucket.take(1)
    assert bucket.take(5000) == 5000


def test_a_server_that_is_too_busy_for_the_first_message_slows_nobody_down() -> None:
    clock = Clock()
    bucket = Throttle(0, clock=clock)
    bucket.take(1)
    bucket.slow_down()
    assert bucket.take(5000) == 5000


def test_the_rate_that_is_halved_is_that_of_the_last_seconds_whenever_the_server_says_so() -> None:
    clock = Clock()
    bucket = Throttle(0, clock=clock)
    for _ in range(101):  # a span ends with the last of them
        clock.now += 0.1
        bucket.take(50)
    clock.now += 0.01
    bucket.slow_down()
    clock.now += 1
    assert 200 <= bucket.take(5000) <= 275


class Crowded:
    """Refuses the third connection and all beyond, as long as two are open."""

    def __init__(self) -> None:
        self.open = 0

    def __call__(self, verb: str, _count: int) -> bytes | None:
        if verb == "CONNECT":
            self.open += 1
        if verb == "CONNECT" and self.open > 2:
            self.open -= 1
            return b"421 4.7.0 too many connections"
        if verb == "QUIT":
            self.open -= 1
        return None


@pytest.fixture
def crowded(settings: Any) -> Iterator[RawServer]:
    script = Crowded()
    with RawServer(script) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = server.host, server.port, 5
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.NEWSLETTER_SENDER = "newsletter.senders.mail.MailSender"
        settings.NEWSLETTER_CONNECTIONS = 8
        yield server


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_server_that_takes_two_connections_is_not_stormed_and_everybody_is_reached(crowded: RawServer) -> None:
    dispatch = run(launched(readers=120))
    assert dispatch.state == Dispatch.State.DONE
    assert count_deliveries(dispatch).handed_over == len(crowded.received) == 120
    refused = crowded.heard["CONNECT"] - 2
    assert 1 <= refused <= 3


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_first_connection_that_is_kept_waiting_holds_up_nobody_else(crowded: RawServer, settings: Any) -> None:
    ends: list[float] = []

    def stall_first(verb: str, count: int) -> bytes | None:
        if verb == "DOT":
            ends.append(time.monotonic())
        return STALL if (verb, count) == ("DOT", 1) else None

    crowded.script = stall_first
    settings.NEWSLETTER_SENDER = "tests.fakes.impatient.PatientSender"
    dispatch = run(launched(readers=6))
    assert dispatch.state == Dispatch.State.DONE
    assert count_deliveries(dispatch).handed_over == 6
    # All but who is next on that connection: their envelope went ahead.
    assert sum(moment - ends[0] < 5 for moment in ends) >= 5
