"""Which of two subjects is the better one, and when nobody can honestly say."""

from fractions import Fraction
from math import comb
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.actions.mail_events import take_mail_event
from newsletter.actions.outcomes import record_outcome
from newsletter.chance import chance_of, least_difference
from newsletter.models import Click, Delivery, Departure, Dispatch, IssueLink, Lot, MailEvent, SubjectTest, Subscriber
from newsletter.senders import Outcome, Result
from newsletter.subject_figures import LIMIT, LotFigures, count_lots, judge, say_least_difference
from tests.newsletter.dispatches import launched
from tests.newsletter.two_subjects import keys_in, let_it_be_time, settle_tests, two_subjects

Kind = MailEvent.Kind


def reached(*, readers: int = 60, may_count: bool = True, **fields: Any) -> Dispatch:
    """All who test have the issue, and the first of each lot may be acted for."""
    dispatch = launched(readers=readers, issue=two_subjects(test_share=90, **fields))
    Subscriber.objects.update(may_count=may_count)
    for pk in keys_in(dispatch, Lot.FIRST, Lot.SECOND):
        record_outcome(dispatch.pk, pk, Outcome(Result.HANDED_OVER, code=250), attempts=1)
    dispatch.chunks.update(state="waits")
    return dispatch


def press(dispatch: Dispatch, readers: list[int], *, verdict: str = "person") -> None:
    links = list(IssueLink.objects.filter(dispatch=dispatch).exclude(number=0))
    for pk in readers:
        for link in links:
            Click.objects.create(link=link, subscriber_id=pk, verdict=verdict)


def complain(dispatch: Dispatch, readers: list[int]) -> None:
    for row in Delivery.objects.filter(dispatch=dispatch, subscriber__in=readers):
        take_mail_event(
            provider="esp", event_id=str(row.pk), kind=Kind.COMPLAINT, subscriber=row.subscriber, delivery=row
        )


@pytest.mark.parametrize(
    ("table", "p"),
    [
        ((2, 17, 10, 13), 0.0005367241),  # Fisher's convicts, as R's fisher.test gives it
        ((3, 4, 1, 4), 0.4857142857),  # the lady who tastes tea
        ((0, 0, 3, 10), 1.0),
        ((0, 50, 0, 50), 1.0),
        ((50, 50, 0, 50), 1.982331e-29),
    ],
)
def test_the_chance_is_fishers(table: tuple[int, int, int, int], p: float) -> None:
    assert chance_of(*table) == pytest.approx(p, rel=1e-6)


@given(st.data(), st.integers(0, 30), st.integers(0, 30))
def test_the_chance_is_the_sum_of_all_tables_no_likelier(data: st.DataObject, of: int, of_others: int) -> None:
    some, others = data.draw(st.integers(0, of)), data.draw(st.integers(0, of_others))
    both = some + others
    every = comb(of + of_others, both)
    ways = [comb(of, x) * comb(of_others, both - x) for x in range(both + 1)]
    seen = comb(of, some) * comb(of_others, others)
    exact = Fraction(sum(way for way in ways if way <= seen), every)
    assert chance_of(some, of, others, of_others) == pytest.approx(float(exact), rel=1e-6)
    assert chance_of(others, of_others, some, of) == pytest.approx(float(exact), rel=1e-6)


@given(st.integers(0, 400), st.integers(0, 40))
def test_the_least_difference_is_the_least(of_each: int, number: int) -> None:
    number = min(number, of_each)
    least = least_difference(number, of_each, limit=LIMIT)
    if least is None:
        assert chance_of(number, of_each, of_each, of_each) >= LIMIT
    else:
        assert chance_of(number, of_each, least, of_each) < LIMIT <= chance_of(number, of_each, least - 1, of_each)


@pytest.mark.parametrize(
    ("first", "second", "lot", "is_clear", "words"),
    [
        (LotFigures(500, 100, 10), LotFigures(500, 100, 30), Lot.SECOND, True, "30 of 100 pressed a link, against 10"),
        (LotFigures(500, 100, 30), LotFigures(500, 100, 10), Lot.FIRST, True, "30 of 100 pressed a link, against 10"),
        (LotFigures(500, 100, 10), LotFigures(500, 100, 14), Lot.FIRST, False, "Too close to tell"),
        (LotFigures(500, 0, 0), LotFigures(500, 0, 0), Lot.FIRST, False, "Too close to tell"),
        (LotFigures(), LotFigures(), Lot.FIRST, False, "Too close to tell"),
        (
            LotFigures(500, lost=20),
            LotFigures(500, lost=3),
            Lot.SECOND,
            True,
            "3 of 500 left or complained, against 20",
        ),
        (LotFigures(500, lost=5), LotFigures(500, lost=3), Lot.FIRST, False, "Too close to tell"),
        (
            LotFigures(500, 100, 10, lost=3),
            LotFigures(500, 100, 30, lost=20),
            Lot.FIRST,
            False,
            "but more of them left",
        ),
        (LotFigures(500, 100, 10, lost=9), LotFigures(500, 100, 30, lost=10), Lot.SECOND, True, "more than chance"),
    ],
)
def test_only_what_is_more_than_chance_decides(
    first: LotFigures, second: LotFigures, lot: Lot, is_clear: bool, words: str
) -> None:
    found = judge({Lot.FIRST: first, Lot.SECOND: second})
    assert (found.lot, found.is_clear) == (lot, is_clear)
    assert words in found.words


def test_an_editor_is_told_how_far_apart_the_lots_must_be() -> None:
    assert say_least_difference(100).startswith("Where 10 of 100 press a link in one lot, at least 23 have to")
    assert "no difference" in say_least_difference(3)


@pytest.mark.django_db
def test_people_are_counted_once_and_programs_and_those_who_wait_not_at_all() -> None:
    dispatch = reached()
    first, second, rest = (keys_in(dispatch, lot) for lot in Lot)
    Subscriber.objects.filter(pk=first[0]).update(may_count=False)
    press(dispatch, [*first[1:4], *second[:2], *rest])
    press(dispatch, second[5:9], verdict="machine")
    for pk in (*first[:2], *rest):
        Departure.objects.create(dispatch=dispatch, subscriber_id=pk)
    complain(dispatch, [first[0], *second[:1]])
    figures = count_lots(dispatch)
    assert figures[Lot.FIRST] == LotFigures(len(first), len(first) - 1, 3, left=2, complained=1, lost=2)
    assert figures[Lot.SECOND] == LotFigures(len(second), len(second), 2, left=0, complained=1, lost=1)


@pytest.mark.django_db
def test_the_figures_cost_the_same_for_many_as_for_few(django_assert_max_num_queries: Any) -> None:
    dispatch = reached()
    press(dispatch, keys_in(dispatch, Lot.FIRST))
    with django_assert_max_num_queries(5):
        count_lots(dispatch)


@pytest.mark.django_db
def test_a_clear_difference_chooses_and_the_figures_of_that_moment_stay() -> None:
    dispatch = reached()
    second = keys_in(dispatch, Lot.SECOND)
    press(dispatch, second[:15])
    test = let_it_be_time(dispatch)
    assert (test.winner, test.chosen_by) == (Lot.SECOND, None)
    assert f"15 of {len(second)} pressed a link, against 0 of" in test.words
    Click.objects.all().delete()
    settle_tests()
    test.refresh_from_db()
    assert test.figures["b"]["pressed"] == 15
    assert not dispatch.chunks.exclude(state="open").exists()


@pytest.mark.django_db
def test_a_small_difference_takes_the_first_subject_and_says_so() -> None:
    dispatch = reached()
    press(dispatch, keys_in(dispatch, Lot.SECOND)[:3])
    test = let_it_be_time(dispatch)
    assert test.winner == Lot.FIRST
    assert test.words.startswith("Too close to tell")


@pytest.mark.django_db
def test_nothing_is_chosen_before_its_moment_nor_twice() -> None:
    dispatch = reached()
    press(dispatch, keys_in(dispatch, Lot.SECOND)[:15])
    settle_tests()
    settle_tests()
    test = SubjectTest.objects.get()
    assert (test.winner, test.due_at is not None) == ("", True)
    let_it_be_time(dispatch)
    Click.objects.all().delete()
    press(dispatch, keys_in(dispatch, Lot.FIRST))
    assert let_it_be_time(dispatch).winner == Lot.SECOND
