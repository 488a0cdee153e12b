"""Reminders of reviews: one letter a person a week, until the review is recorded."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from blog.actions import reminders
from blog.models import ArticlePage, ReviewReminder
from letters.models import Letter
from tests.factories import ArticlePageFactory, ReviewFactory
from users.models import User

pytestmark = pytest.mark.django_db
MONDAY = datetime(2027, 3, 1, 7, 30, tzinfo=UTC)


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        yield traveller


def due(title: str, *, in_days: int, **fields: Any) -> ArticlePage:
    article = ArticlePageFactory(title=title, **fields)
    ReviewFactory(article=article, due_on=timezone.localdate() + timedelta(days=in_days))
    return article


def letters() -> list[str]:
    return list(Letter.objects.order_by("pk").values_list("to", flat=True))


def test_one_letter_a_person_names_all_that_is_due(clock: Any, editor: User, moderator: User) -> None:
    late = due("Late & <b>bold</b>", in_days=-3, responsible=editor, deputy=moderator)
    due("Today", in_days=0, owner=editor)
    due("Soon", in_days=30, responsible=editor)
    due("Not yet", in_days=31, responsible=editor)
    due("A draft", in_days=-3, responsible=editor, live=False)
    ArticlePageFactory(title="Never read", responsible=editor)
    assert reminders.remind_of_reviews() == 2
    assert sorted(letters()) == [editor.email, moderator.email]
    letter = Letter.objects.get(to=editor.email)
    assert letter.subject == "Three articles wait to be read again"
    for part in (letter.text, letter.html):
        assert all(words in part for words in ("3 days ago", "Today", "Soon", "in 30 days", "each week because"))
        assert not any(words in part for words in ("Not yet", "A draft", "Never read", "{{", "{%", "None"))
        assert f"http://testserver/admin/pages/{late.pk}/edit/" in part
        assert "http://testserver/admin/reports/review-due-report/" in part
    assert "Late & <b>bold</b>" in letter.text
    assert "Late &amp; &lt;b&gt;bold&lt;/b&gt;" in letter.html
    assert letter.html.index("Late &amp;") < letter.html.index("Today") < letter.html.index("Soon")
    deputys = Letter.objects.get(to=moderator.email)
    assert deputys.subject == "One article waits to be read again"
    assert "Today" not in deputys.text


def test_a_beat_that_rings_often_posts_one_letter_a_week(clock: Any, editor: User) -> None:
    due("Late", in_days=-3, responsible=editor)
    for _ in range(7 * 24):
        reminders.remind_of_reviews()
        clock.shift(timedelta(hours=1))
    assert letters() == [editor.email]
    reminders.remind_of_reviews()
    assert letters() == [editor.email] * 2


def test_over_months_it_goes_on_each_week_until_the_review_is_recorded(clock: Any, editor: User) -> None:
    article = due("Late", in_days=40, responsible=editor)
    weeks = []
    for day in range(7 * 16):
        if day == 7 * 12 + 2:
            ReviewFactory(
                article=article,
                reviewed_on=timezone.localdate(),
                due_on=timezone.localdate() + timedelta(days=365),
            )
        weeks += [day // 7] * reminders.remind_of_reviews()
        clock.shift(timedelta(days=1))
    assert weeks == list(range(1, 13))
    assert list(ReviewReminder.objects.order_by("week").values_list("week", flat=True)) == [
        MONDAY.date() + timedelta(weeks=week) for week in weeks
    ]


def test_a_beat_that_was_dead_for_three_weeks_makes_up_for_nothing(clock: Any, editor: User) -> None:
    due("Late", in_days=-3, responsible=editor)
    reminders.remind_of_reviews()
    clock.shift(timedelta(days=7 * 3 + 3))  # a Thursday
    assert reminders.remind_of_reviews() == 1
    assert reminders.remind_of_reviews() == 0
    clock.shift(timedelta(days=4))  # the Monday after
    assert reminders.remind_of_reviews() == 1
    assert len(letters()) == 3


def test_the_week_begins_on_monday_morning(clock: Any, editor: User) -> None:
    due("Late", in_days=-3, responsible=editor)
    clock.move_to(datetime(2027, 3, 1, 6, 59, tzinfo=UTC))
    assert reminders.remind_of_reviews() == 0
    clock.move_to(datetime(2027, 3, 1, 7, 0, tzinfo=UTC))
    assert reminders.remind_of_reviews() == 1


def test_what_falls_due_within_a_week_waits_for_the_next_letter(clock: Any, editor: User) -> None:
    due("Late", in_days=-3, responsible=editor)
    reminders.remind_of_reviews()
    due("Also late", in_days=-1, responsible=editor)
    assert reminders.remind_of_reviews() == 0
    clock.shift(timedelta(days=7))
    assert reminders.remind_of_reviews() == 1
    assert "Also late" in Letter.objects.latest("pk").text


def test_who_is_away_or_has_no_address_is_passed_over(clock: Any, editor: User, moderator: User) -> None:
    User.objects.filter(pk=editor.pk).update(is_active=False)
    User.objects.filter(pk=moderator.pk).update(email="")
    due("Late", in_days=-3, responsible=editor, deputy=moderator)
    due("Nobody's", in_days=-3)
    assert reminders.remind_of_reviews() == 0
    assert letters() == []
    assert not ReviewReminder.objects.exists()


def test_who_is_responsible_and_deputy_gets_one_letter_with_one_line(clock: Any, editor: User) -> None:
    due("Late", in_days=-3, responsible=editor, deputy=editor)
    assert reminders.remind_of_reviews() == 1
    assert Letter.objects.get().text.count("Late\n") == 1


def test_whoever_made_the_page_is_left_alone_once_somebody_is_responsible(
    clock: Any, editor: User, moderator: User
) -> None:
    due("Late", in_days=-3, responsible=editor, owner=moderator)
    reminders.remind_of_reviews()
    assert letters() == [editor.email]


def test_a_long_list_is_cut_and_says_how_much_is_left_out(clock: Any, editor: User) -> None:
    for n in range(23):
        due(f"Late {n}", in_days=-n - 1, responsible=editor)
    reminders.remind_of_reviews()
    assert "And 3 more in the report." in Letter.objects.get().text
    assert ReviewReminder.objects.count() == 23


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_workers_at_once_post_one_letter(editor: User) -> None:
    for n in range(4):
        due(f"Late {n}", in_days=-3, responsible=editor)
    start = threading.Barrier(3)
    posted: list[int] = []

    def work() -> None:
        try:
            start.wait()
            posted.append(reminders.remind_of_reviews())
        finally:
            connection.close()

    with time_machine.travel(MONDAY):
        workers = [threading.Thread(target=work) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    assert sorted(posted) == [0, 0, 1]
    assert letters() == [editor.email]
