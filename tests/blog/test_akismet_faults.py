"""Akismet in trouble: no comment is lost, none is published, and what waits is judged when it answers again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from blog import tasks
from blog.actions import akismet_status
from blog.actions.akismet import LEASE, MOST_ATTEMPTS, PATIENCE, ask_akismet, find_due_checks, trouble
from blog.models import AkismetCheck, AkismetStatus, Comment
from blog.spam import akismet_line
from letters.models import Letter
from tests.fakes.akismet import FAULTS, FakeAkismet, Reply, hang
from tests.fakes.asking import ask_due, own_connection, unsure_comment, unsure_comments
from users.models import User

pytestmark = pytest.mark.django_db

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OF_ONE_COMMENT = {"missing field"}  # the service is there: no reason to ask less
COMMENTS = 24  # `make bench` has 100 for each


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fifth of a second for what takes five on a server; the code that counts them is the same."""
    monkeypatch.setattr(akismet_line, "TIMEOUT", 0.2)
    monkeypatch.setattr(akismet_line, "DEADLINE", 0.4)


def states() -> dict[str, int]:
    found = list(Comment.objects.values_list("state", flat=True))
    return {state: found.count(state) for state in set(found)}


def run_clock(clock: Any, hours: float) -> None:
    """The minute tick, for so many hours."""
    for _ in range(int(hours * 60)):
        clock.shift(MINUTE)
        for pk in find_due_checks():
            ask_akismet(pk)


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_akismet_does_all_comments_are_kept_and_judged_later(fault: str, akismet_fake: FakeAkismet) -> None:
    akismet_fake.script = lambda _call: FAULTS[fault]
    with time_machine.travel(NOON) as clock:
        unsure_comments(COMMENTS, every_spam=4)
        ask_due()
        if fault in OF_ONE_COMMENT:
            assert len(akismet_fake.calls) == COMMENTS
        else:
            assert len(akismet_fake.calls) == akismet_status.FAULTS_OPEN  # then it is left in peace
        assert states() == {"held": COMMENTS}
        assert AkismetCheck.objects.filter(state="waiting").count() == COMMENTS
        akismet_fake.script = lambda _call: None
        run_clock(clock, 0.5)
    assert states() == {"held": COMMENTS * 3 // 4, "spam": COMMENTS // 4}
    assert not AkismetCheck.objects.exclude(state="answered").exists()


def test_the_breaker_opens_after_five_faults_and_probes_with_one_question(akismet_fake: FakeAkismet) -> None:
    akismet_fake.script = lambda _call: FAULTS["500"]
    asked_at = []
    with time_machine.travel(NOON) as clock:
        for _ in range(20):
            unsure_comment()
        ask_due()
        assert len(akismet_fake.calls) == 5
        for minute in range(1, 121):
            clock.shift(MINUTE)
            before = len(akismet_fake.calls)
            for pk in find_due_checks():
                ask_akismet(pk)
            asked_at += [minute] * (len(akismet_fake.calls) - before)
    assert asked_at[:6] == [1, 3, 7, 15, 31, 61]  # 1, 2, 4, 8, 16, 30 minutes
    assert asked_at[6:] == [91]


def test_exactly_one_worker_probes_after_a_pause(akismet_fake: FakeAkismet) -> None:
    with time_machine.travel(NOON):
        AkismetStatus.objects.create(pk=1, faults_in_a_row=5, paused_until=NOON - MINUTE)
        permits = [akismet_status.take_permit() for _ in range(4)]
    assert [permit is not None for permit in permits] == [True, False, False, False]


def test_a_probe_whose_worker_died_is_followed_by_another(akismet_fake: FakeAkismet) -> None:
    with time_machine.travel(NOON) as clock:
        AkismetStatus.objects.create(pk=1, faults_in_a_row=5, paused_until=NOON - MINUTE)
        assert akismet_status.take_permit()
        clock.shift(akismet_status.PROBE + timedelta(seconds=1))
        assert akismet_status.take_permit()


def test_a_fault_of_a_question_from_before_the_pause_makes_it_no_longer(akismet_fake: FakeAkismet) -> None:
    from blog.errors import AkismetSilentError

    with time_machine.travel(NOON):
        permits = [akismet_status.take_permit() for _ in range(9)]  # nine workers at once
        for permit in permits:
            akismet_status.record_fault(AkismetSilentError("It broke off."), permit)
        status = AkismetStatus.objects.get()
    assert status.faults_in_a_row == 5
    assert NOON + MINUTE <= status.paused_until < NOON + 2 * MINUTE


def test_a_trying_comment_does_not_stop_the_others(akismet_fake: FakeAkismet) -> None:
    def choke(call: Any) -> Any:
        return FAULTS["500"] if call.fields.get("comment_content") == "chokes" else None

    akismet_fake.script = choke
    with time_machine.travel(NOON) as clock:
        poison = unsure_comment(text="chokes")
        for _ in range(10):
            unsure_comment()
        run_clock(clock, 26)
    assert AkismetCheck.objects.filter(state="answered").count() == 10
    check = AkismetCheck.objects.get(comment=poison)
    assert check.state == "given_up"
    assert 8 <= check.attempts <= MOST_ATTEMPTS


def test_after_a_day_without_an_answer_the_moderator_reads_so(akismet_fake: FakeAkismet, editor: User) -> None:
    akismet_fake.script = lambda _call: FAULTS["503"]
    with time_machine.travel(NOON) as clock:
        comment = unsure_comment()
        run_clock(clock, 23.9)
        assert AkismetCheck.objects.get().state == "waiting"
        run_clock(clock, 0.3)
    comment.refresh_from_db()
    assert (comment.state, comment.verdict) == ("held", "unsure")
    assert comment.reasons == [{"code": "akismet", "words": "Akismet gave no answer (It answered with the status 503)"}]
    assert AkismetCheck.objects.get().state == "given_up"
    assert "has not answered so far" in (trouble() or "")
    assert Letter.objects.filter(kind="akismet_trouble", to=editor.email).count() == 1  # an hour's outage is mailed
    assert timedelta(hours=24) == PATIENCE


def test_a_short_outage_is_shown_but_not_mailed(akismet_fake: FakeAkismet, editor: User) -> None:
    with time_machine.travel(NOON) as clock:
        unsure_comment()
        ask_due()  # a first answer
        akismet_fake.script = lambda _call: FAULTS["reset"]
        for _ in range(9):
            unsure_comment()
        run_clock(clock, 0.7)
        assert AkismetStatus.objects.get().faults_in_a_row >= 8
        assert (trouble() or "").startswith("Akismet has not answered since 1 March, 12:00.")
        akismet_fake.script = lambda _call: None
        run_clock(clock, 1.1)
    assert trouble() is None
    assert not Letter.objects.filter(kind="akismet_trouble").exists()


def test_a_worker_that_dies_while_it_asks_leaves_the_question_to_another(akismet_fake: FakeAkismet) -> None:
    with time_machine.travel(NOON) as clock:
        unsure_comment()
        check = AkismetCheck.objects.get()
        AkismetCheck.objects.update(lease_until=NOON + LEASE, attempts=1)  # claimed, then killed
        assert not ask_akismet(check.pk)
        clock.shift(LEASE + MINUTE)
        run_clock(clock, 0.1)
    check.refresh_from_db()
    assert (check.state, check.attempts) == ("answered", 2)


def test_a_comment_that_kills_every_worker_is_given_up(akismet_fake: FakeAkismet) -> None:
    with time_machine.travel(NOON) as clock:
        comment = unsure_comment()
        AkismetCheck.objects.update(attempts=MOST_ATTEMPTS)
        run_clock(clock, 0.1)
    comment.refresh_from_db()
    assert comment.state == "held"
    assert AkismetCheck.objects.get().state == "given_up"
    assert akismet_fake.calls == []


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_answer_of_a_worker_whose_lease_is_over_is_not_written(akismet_fake: FakeAkismet) -> None:
    def steal(_call: Any) -> None:
        with own_connection():
            AkismetCheck.objects.update(lease_until=NOON + timedelta(hours=1))

    akismet_fake.script = steal
    with time_machine.travel(NOON):
        comment = unsure_comment(author_name="akismet-guaranteed-spam")
        ask_due()
    comment.refresh_from_db()
    assert (comment.state, AkismetCheck.objects.get().state) == ("held", "waiting")


def test_ringing_twice_asks_once(akismet_fake: FakeAkismet) -> None:
    unsure_comment()
    pk = AkismetCheck.objects.get().pk
    tasks.ask_akismet(pk)
    tasks.ask_akismet(pk)
    tasks.ask_akismet(pk + 1000)
    assert len(akismet_fake.calls) == 1


def test_a_server_that_asks_for_patience_gets_it(akismet_fake: FakeAkismet) -> None:
    akismet_fake.script = lambda _call: Reply("", {"Retry-After": "900"}, status=429)
    with time_machine.travel(NOON):
        unsure_comment()
        ask_due()
    assert NOON + 15 * MINUTE <= AkismetCheck.objects.get().next_try_at < NOON + 16 * MINUTE


def test_no_server_can_hold_a_worker_beyond_the_deadline(
    akismet_fake: FakeAkismet, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    monkeypatch.setattr(akismet_line, "TIMEOUT", 30)
    for name in ("drip", "hang"):
        akismet_fake.script = lambda _call, name=name: FAULTS[name]
        unsure_comment()
        begun = time.perf_counter()
        ask_akismet(AkismetCheck.objects.latest("pk").pk)
        assert time.perf_counter() - begun < 5
        assert AkismetCheck.objects.latest("pk").fault == "It took too long to answer."


def test_after_the_probe_all_that_waits_is_asked_without_another_pause(akismet_fake: FakeAkismet) -> None:
    akismet_fake.script = lambda _call: hang
    with time_machine.travel(NOON) as clock:
        for _ in range(30):
            unsure_comment()
        ask_due()
        akismet_fake.script = lambda _call: None
        akismet_fake.calls.clear()
        clock.shift(MINUTE * 2)
        assert len(find_due_checks()) == 1
        ask_akismet(find_due_checks()[0])
        assert len(find_due_checks()) == 29
