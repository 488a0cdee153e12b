"""Two subjects in one dispatch: who gets which, who waits, and that nobody is lost or written to twice for it."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from letters.models import Letter
from newsletter.actions.choosing_subject import choose_subject
from newsletter.actions.correcting import write_correction
from newsletter.actions.dispatching import (
    cancel_dispatch,
    launch_dispatch,
    order_dispatch,
    pause_dispatch,
    resume_dispatch,
)
from newsletter.actions.erasing import erase_subscriber
from newsletter.actions.holding import send_held_again
from newsletter.actions.leases import lease_chunk, reap_dead_leases
from newsletter.actions.leaving import unsubscribe
from newsletter.audience import choose_readers
from newsletter.errors import CannotSend, WrongState
from newsletter.models import Chunk, Delivery, Dispatch, IssuePage, Lot, NewsletterPage, Slot, SubjectTest, Subscriber
from newsletter.pace import measure_progress
from newsletter.report import count_deliveries
from newsletter.senders import Message, Outcome, Result, Stage
from newsletter.senders.memory import MemorySender
from newsletter.tasks import run_dispatch, tick_dispatches
from tests.factories import SubscriberFactory
from tests.newsletter.dispatches import launched, run, sums_up
from tests.newsletter.two_subjects import (
    FIRST,
    SECOND,
    emails_of,
    keys_in,
    let_it_be_time,
    lots_of,
    lots_out,
    settle_tests,
    subjects_sent,
    two_subjects,
)
from users.models import User

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
State = Dispatch.State


@pytest.fixture(autouse=True)
def memory(settings: Any) -> Iterator[None]:
    settings.NEWSLETTER_SENDER = "newsletter.senders.memory.MemorySender"
    settings.NEWSLETTER_CONNECTIONS = 3
    MemorySender.reset()
    yield
    MemorySender.reset()


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletter.actions.freezing.CHUNK_SIZE", 7)


@given(share=st.integers(2, 90), salt=st.text("abcdefghij", min_size=1, max_size=32), start=st.integers(0, 10**9))
def test_lots_are_stable_and_about_as_large_as_asked(share: int, salt: str, start: int) -> None:
    test, again = SubjectTest(share=share, salt=salt), SubjectTest(share=share, salt=salt, winner=Lot.SECOND)
    keys = range(start, start + 4000)
    drawn = [test.lot_of(pk) for pk in keys]
    assert drawn == [again.lot_of(pk) for pk in keys]
    for lot in (Lot.FIRST, Lot.SECOND):
        expected = 4000 * share / 200
        assert abs(drawn.count(lot) - expected) < 6.5 * expected**0.5 + 1


def test_a_larger_share_moves_nobody_from_lot_to_lot_of_another_dispatch() -> None:
    one, other = SubjectTest(share=50, salt="one"), SubjectTest(share=50, salt="other")
    same = sum(one.lot_of(pk) == other.lot_of(pk) for pk in range(2000))
    assert 600 < same < 900  # by chance 3 in 8: nobody tests each month for being who they are


def test_each_lot_gets_its_subject_and_all_others_wait(small_chunks: None) -> None:
    dispatch = lots_out()
    first, second, rest = (keys_in(dispatch, lot) for lot in Lot)
    assert min(len(first), len(second), len(rest)) > 1
    sent = subjects_sent()
    assert {address for address, subject in sent.items() if subject == FIRST} == emails_of(first)
    assert {address for address, subject in sent.items() if subject == SECOND} == emails_of(second)
    assert dispatch.state == State.RUNNING
    counts = count_deliveries(dispatch)
    assert (counts.handed_over, counts.waiting) == (len(first) + len(second), len(rest))
    assert sums_up(dispatch)
    assert not Slot.objects.exists()
    run(dispatch)
    assert subjects_sent() == sent


@pytest.mark.parametrize(("lot", "subject"), [(Lot.FIRST, FIRST), (Lot.SECOND, SECOND)])
def test_the_others_get_the_chosen_one(small_chunks: None, editor: User, lot: Lot, subject: str) -> None:
    dispatch = lots_out()
    choose_subject(dispatch, lot, by=editor)
    run(Dispatch.objects.get(pk=dispatch.pk))
    rest = emails_of(keys_in(dispatch, Lot.REST))
    assert {subject for address, subject in subjects_sent().items() if address in rest} == {subject}
    dispatch.refresh_from_db()
    assert (dispatch.state, count_deliveries(dispatch).handed_over) == (State.DONE, 40)
    assert {lot: number for (lot, _), number in lots_of(dispatch).items()} == {
        lot: len(keys_in(dispatch, lot)) for lot in Lot
    }
    with pytest.raises(WrongState, match="chosen already, or this dispatch is over"):
        choose_subject(dispatch, Lot.FIRST, by=editor)


def test_a_run_that_is_at_work_when_the_subject_is_chosen_goes_on_with_the_rest(small_chunks: None) -> None:
    dispatch = launched(readers=60, issue=two_subjects())

    once = iter([True])

    def choose_at_the_fifth(_message: Message) -> None:
        if len(MemorySender.box) >= 5 and next(once, False):
            choose_subject(dispatch, Lot.SECOND, by=None)

    MemorySender.answer = staticmethod(choose_at_the_fifth)
    run(Dispatch.objects.get(pk=dispatch.pk))
    sent = subjects_sent()
    assert len(sent) == 60
    first = emails_of(keys_in(dispatch, Lot.FIRST))
    assert {address for address, subject in sent.items() if subject == FIRST} == first
    dispatch.refresh_from_db()
    assert dispatch.state == State.DONE


def test_a_chunk_that_went_to_rest_in_the_moment_of_the_choice_is_found_by_the_tick(small_chunks: None) -> None:
    dispatch = lots_out()
    SubjectTest.objects.update(winner=Lot.FIRST)
    tick_dispatches()
    run(Dispatch.objects.get(pk=dispatch.pk))
    assert len(subjects_sent()) == 40


def test_whoever_is_tried_again_keeps_the_subject_of_their_lot_after_the_other_one_was_chosen(
    small_chunks: None,
) -> None:
    dispatch = launched(readers=40, issue=two_subjects())
    unlucky = emails_of(keys_in(dispatch, Lot.SECOND)[:2])
    later = Outcome(Result.DEFERRED, Stage.RECIPIENT, 451, "later")
    MemorySender.answer = staticmethod(lambda message: later if message.recipient in unlucky else None)
    run(dispatch)
    MemorySender.answer = staticmethod(lambda _message: None)
    choose_subject(dispatch, Lot.FIRST, by=None)
    run(Dispatch.objects.get(pk=dispatch.pk))
    assert count_deliveries(dispatch).deferred == 2
    assert sums_up(dispatch)
    Delivery.objects.filter(state="deferred").update(next_try_at=timezone.now())
    Chunk.objects.exclude(state=Chunk.State.DONE).update(next_try_at=timezone.now())
    run(Dispatch.objects.get(pk=dispatch.pk))
    sent = subjects_sent()
    assert {sent[address] for address in unlucky} == {SECOND}
    assert len(sent) == 40


def test_a_message_that_a_lost_worker_had_in_hand_is_sent_again_with_its_subject() -> None:
    dispatch = launched(readers=40, issue=two_subjects())
    leased = lease_chunk(dispatch, owner="dead")
    assert leased is not None
    errand = next(one for one in leased[1] if one.lot == Lot.SECOND)
    Slot.objects.create(dispatch=dispatch, owner="dead", connection=0, subscriber_id=errand.reader.pk)
    Chunk.objects.filter(owner="dead").update(lease_until=timezone.now() - timedelta(seconds=1))
    reap_dead_leases()
    row = Delivery.objects.get(subscriber=errand.reader.pk)
    assert (row.state, row.lot) == ("unknown", Lot.SECOND)
    run(Dispatch.objects.get(pk=dispatch.pk))
    row.refresh_from_db()
    assert (row.state, row.lot, row.attempts) == ("handed_over", Lot.SECOND, 2)
    assert subjects_sent()[errand.reader.email] == SECOND


def test_a_held_reader_who_tests_can_be_sent_to_again_while_the_others_wait(small_chunks: None, settings: Any) -> None:
    settings.NEWSLETTER_UNKNOWN_POLICY = "hold"
    dispatch = launched(readers=40, issue=two_subjects())
    doubtful = Subscriber.objects.get(pk=keys_in(dispatch, Lot.SECOND)[0])
    doubt = Outcome(Result.UNKNOWN, Stage.CONTENT, None, "the line was cut")
    MemorySender.answer = staticmethod(lambda message: doubt if message.recipient == doubtful.email else None)
    run(dispatch)
    assert count_deliveries(dispatch).held == 1
    MemorySender.reset()
    send_held_again(dispatch)
    run(Dispatch.objects.get(pk=dispatch.pk))
    assert subjects_sent() == {doubtful.email: SECOND}
    assert sums_up(dispatch)


def test_who_leaves_or_is_erased_while_waiting_gets_nothing_and_the_numbers_add_up(small_chunks: None) -> None:
    dispatch = lots_out()
    left, erased, *others = keys_in(dispatch, Lot.REST)
    unsubscribe(Subscriber.objects.get(pk=left), by="link")
    gone = Subscriber.objects.get(pk=erased)
    addresses = emails_of([left, erased])
    erase_subscriber(gone)
    assert sums_up(dispatch)
    choose_subject(dispatch, Lot.SECOND, by=None)
    run(Dispatch.objects.get(pk=dispatch.pk))
    assert not addresses & set(subjects_sent())
    counts = count_deliveries(dispatch)
    assert (counts.skipped, counts.handed_over, counts.open) == (2, 38, 0)
    assert len(others) + 2 + len(keys_in(dispatch, Lot.FIRST, Lot.SECOND)) == 40


def test_a_pause_holds_the_choice_and_its_end_goes_on_as_if_nothing_was_missed(
    small_chunks: None, editor: User
) -> None:
    dispatch = lots_out()
    settle_tests()
    pause_dispatch(dispatch, reason="an editor")
    SubjectTest.objects.update(due_at=timezone.now() - timedelta(days=1))
    tick_dispatches()
    assert SubjectTest.objects.get().winner == ""
    resume_dispatch(dispatch)
    tick_dispatches()
    assert SubjectTest.objects.get().winner == Lot.FIRST
    assert not Letter.objects.filter(kind="subject_wanted").exists()


def test_a_cancelled_test_reaches_nobody_else_and_a_new_dispatch_leaves_out_who_got_it(small_chunks: None) -> None:
    dispatch = lots_out()
    had = set(subjects_sent())
    cancel_dispatch(dispatch)
    settle_tests()
    with pytest.raises(WrongState):
        choose_subject(dispatch, Lot.FIRST, by=None)
    counts = count_deliveries(dispatch)
    assert (counts.handed_over, counts.cancelled, counts.open) == (len(had), 40 - len(had), 0)
    again = order_dispatch(dispatch.issue)
    assert launch_dispatch(again)
    again.refresh_from_db()
    assert again.candidates == 40 - len(had)


def test_a_correction_goes_to_both_lots_and_has_one_subject(small_chunks: None) -> None:
    dispatch = lots_out()
    got_it = set(subjects_sent())
    correction = write_correction(dispatch.issue)
    assert correction.second_subject == ""
    meant = choose_readers(correction).filter(left_out="")
    assert set(meant.values_list("email", flat=True)) == got_it


def test_a_list_too_short_to_draw_anybody_gets_the_first_subject_at_once() -> None:
    issue = two_subjects(test_share=2)
    dispatch = launched(readers=2, issue=issue)
    for number in range(100):
        SubjectTest.objects.update(salt=f"{number}")
        if not keys_in(dispatch, Lot.FIRST, Lot.SECOND):
            break
    run(Dispatch.objects.get(pk=dispatch.pk))
    settle_tests()
    test = SubjectTest.objects.get()
    assert (test.winner, test.words) == (
        Lot.FIRST,
        "Nobody has tested them: the list is too short. The first subject is used.",
    )
    run(Dispatch.objects.get(pk=dispatch.pk))
    assert set(subjects_sent().values()) == {FIRST}


def test_the_hours_begin_when_the_last_who_tests_has_it(small_chunks: None) -> None:
    dispatch = launched(readers=40, issue=two_subjects(test_hours=5))
    settle_tests()
    assert SubjectTest.objects.get().due_at is None
    run(dispatch)
    settle_tests()
    due_at = SubjectTest.objects.get().due_at
    assert due_at is not None
    assert timedelta(hours=4, minutes=59) < due_at - timezone.now() <= timedelta(hours=5)
    settle_tests()
    assert SubjectTest.objects.get().due_at == due_at


def test_a_moment_to_choose_that_was_missed_asks_a_person_once(small_chunks: None, editor: User) -> None:
    dispatch = lots_out()
    Dispatch.objects.update(ordered_by=editor)
    NewsletterPage.objects.update(late_minutes=30)
    test = let_it_be_time(dispatch, minutes=31)
    settle_tests()
    assert (test.winner, test.asked_at is not None) == ("", True)
    letter = Letter.objects.get(kind="subject_wanted")
    assert (letter.to, SECOND in letter.text) == (editor.email, True)
    assert "was to be chosen on" in letter.text
    choose_subject(dispatch, Lot.SECOND, by=editor)
    test.refresh_from_db()
    assert (test.winner, test.chosen_by, test.words) == (Lot.SECOND, editor, "Chosen by editor.")


def test_a_person_who_wants_to_choose_is_asked_and_nothing_goes_before(small_chunks: None, editor: User) -> None:
    dispatch = lots_out(test_choice="hand")
    Dispatch.objects.update(ordered_by=editor)
    for _ in range(2):
        let_it_be_time(dispatch)
    run_dispatch(dispatch.pk)
    assert Letter.objects.filter(kind="subject_wanted").count() == 1
    assert SubjectTest.objects.get().winner == ""
    assert set(subjects_sent()) == emails_of(keys_in(dispatch, Lot.FIRST, Lot.SECOND))


def test_two_subjects_that_are_the_same_stop_the_issue() -> None:
    issue, same = two_subjects(), f" {FIRST.upper()}  "
    SubscriberFactory()
    issue.second_subject = same
    with pytest.raises(ValidationError, match="the first subject again"):
        issue.save()
    IssuePage.objects.update(second_subject=same)
    with pytest.raises(CannotSend, match="Both subjects are the same"):
        order_dispatch(IssuePage.objects.get())


def test_a_blank_second_subject_is_none() -> None:
    dispatch = launched(readers=3, issue=two_subjects(second_subject="   "))
    assert run(dispatch).state == State.DONE
    assert not SubjectTest.objects.exists()
    assert set(subjects_sent().values()) == {FIRST}


def test_a_field_in_the_second_subject_is_filled_in_for_its_lot(small_chunks: None) -> None:
    dispatch = launched(readers=40, issue=two_subjects(second_subject="{name|reader}, one thing"))
    Subscriber.objects.update(name="Joan")
    run(dispatch)
    assert set(subjects_sent().values()) == {FIRST, "Joan, one thing"}


def test_progress_says_what_the_others_wait_for(small_chunks: None) -> None:
    dispatch = lots_out()
    settle_tests()
    waiting = count_deliveries(dispatch).waiting
    stall = measure_progress(Dispatch.objects.get(pk=dispatch.pk), waiting=waiting).stall
    assert "The other readers wait for the better subject" in stall


def test_of_many_who_choose_at_once_one_does(small_chunks: None) -> None:
    dispatch = lots_out()
    start, won = threading.Barrier(6), []

    def choose(lot: Lot) -> None:
        start.wait()
        try:
            choose_subject(Dispatch.objects.get(pk=dispatch.pk), lot, by=None)
            won.append(lot)
        except WrongState:
            pass
        finally:
            connection.close()

    people = [threading.Thread(target=choose, args=(lot,)) for lot in (Lot.FIRST, Lot.SECOND) * 3]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert won == [SubjectTest.objects.get().winner]
    run(Dispatch.objects.get(pk=dispatch.pk))
    assert len(subjects_sent()) == 40


def test_sending_hours_hold_for_the_others_too(small_chunks: None) -> None:
    dispatch = lots_out()
    tested = len(subjects_sent())
    now = timezone.localtime()
    NewsletterPage.objects.update(
        sends_from=(now + timedelta(hours=2)).time(), sends_until=(now + timedelta(hours=3)).time()
    )
    choose_subject(dispatch, Lot.FIRST, by=None)
    run(Dispatch.objects.get(pk=dispatch.pk))
    assert len(subjects_sent()) == tested
    NewsletterPage.objects.update(sends_from=None, sends_until=None)
    run(Dispatch.objects.get(pk=dispatch.pk))
    assert len(subjects_sent()) == 40
