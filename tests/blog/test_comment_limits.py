"""How fast comments may come, and what is the same comment once more."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from blog.actions import comments
from blog.actions.judging import judge_comment
from blog.actions.submitting import submit_comment
from blog.errors import TooManyCommentsError
from blog.models import Comment
from guard.limits import forget_old_turns, take_turn, turn_wait
from guard.models import Turn
from tests.factories import ArticlePageFactory, CommentFactory

pytestmark = pytest.mark.django_db
HERE, THERE = "8.8.4.4", "9.9.9.9"
NOON = "2027-05-03T12:00:00Z"


def send(article: Any, text: str = "Walking helps me.", **fields: Any) -> Comment:
    usual = {"name": "Eileen", "email": "eileen@example.org", "ip": HERE, "user_agent": "Firefox"}
    return submit_comment(article, text=text, **{**usual, **fields})


def wait_for(article: Any, text: str = "Some other words.", **fields: Any) -> int:
    """Seconds that somebody who is refused is asked to wait."""
    before = Comment.objects.count()
    with pytest.raises(TooManyCommentsError) as caught:
        send(article, text, **fields)
    assert Comment.objects.count() == before
    return caught.value.retry_after


def test_a_mailbox_waits_fifteen_seconds_from_wherever_it_writes() -> None:
    article = ArticlePageFactory()
    with time_machine.travel(NOON, tick=False) as clock:
        send(article)
        assert wait_for(article, email="Eileen+walks@Example.org", ip=THERE) == 15
        clock.shift(14)
        assert wait_for(article, ip=THERE) == 1
        clock.shift(1)
        assert send(article, "Some other words.", ip=THERE).state == "pending"


def test_a_network_waits_fifteen_seconds_under_whatever_name() -> None:
    article, other = ArticlePageFactory(), ArticlePageFactory()
    with time_machine.travel(NOON, tick=False) as clock:
        send(article)
        assert wait_for(other, email="joan@example.com") == 15
        send(other, "Some other words.", email="joan@example.com", ip=THERE)
        clock.shift(15)
        assert send(other, "Words of Ruth.", email="ruth@example.com").state == "pending"


def test_a_network_of_the_new_protocol_is_a_household() -> None:
    article = ArticlePageFactory()
    with time_machine.travel(NOON, tick=False):
        send(article, ip="2a00:1450:4001:812::1")
        assert wait_for(article, email="joan@example.com", ip="2a00:1450:4001:812:ffff::2") == 15
        assert send(article, "From next door.", email="joan@example.com", ip="2a00:1450:4001:813::1").pk


def test_old_addresses_written_as_new_ones_are_not_all_one_network() -> None:
    article = ArticlePageFactory()
    send(article, ip=f"::ffff:{HERE}")
    assert wait_for(article, email="joan@example.com", ip=HERE) > 10
    assert send(article, "From elsewhere.", email="ruth@example.com", ip=f"::ffff:{THERE}").pk


@pytest.mark.parametrize(
    ("most", "changing"), [(10, lambda n: {"ip": f"8.8.{n}.8"}), (20, lambda n: {"email": f"joan{n}@example.com"})]
)
def test_so_many_an_hour_come_from_a_mailbox_and_from_a_network(most: int, changing: Any) -> None:
    article = ArticlePageFactory()
    with time_machine.travel(NOON, tick=False) as clock:
        for number in range(most):
            send(article, f"Words number {number}.", **changing(number))
            clock.shift(16)
        assert wait_for(article, **changing(most)) == 3600 - 16 * most
        clock.shift(3600 - 16 * most)
        assert send(article, "An hour later.", **changing(most)).pk


@pytest.mark.parametrize("ip", [None, "127.0.0.1", "10.1.2.3", "fe80::1"])
def test_an_address_that_names_nobody_is_not_limited(ip: str | None) -> None:
    article = ArticlePageFactory()
    for number in range(3):
        send(article, f"Words number {number}.", email=f"joan{number}@example.com", ip=ip)
    assert Comment.objects.count() == 3


def test_thirty_that_came_and_wait_close_the_form_of_one_article_for_an_hour() -> None:
    article, other = ArticlePageFactory(), ArticlePageFactory()
    with time_machine.travel(NOON, tick=False) as clock:
        now = timezone.now()
        for number in range(30):
            CommentFactory(article=article, state="held", created_at=now - timedelta(minutes=number))
        assert wait_for(article) == 31 * 60
        assert send(other).pk
        clock.shift(timedelta(minutes=31))
        assert send(article, "Half an hour later.").pk


@pytest.mark.parametrize(("state", "hours"), [("published", 0), ("spam", 0), ("held", 2)])
def test_decided_ones_and_an_old_backlog_close_no_form(state: str, hours: int) -> None:
    article = ArticlePageFactory()
    for _ in range(30):
        CommentFactory(article=article, state=state, created_at=timezone.now() - timedelta(hours=hours))
    assert send(article).pk


def test_three_hundred_that_came_and_wait_close_the_forms_of_the_site() -> None:
    articles = ArticlePageFactory.create_batch(11)
    CommentFactory(article=articles[0], state="held")
    one = Comment.objects.get()
    fields = {name: getattr(one, name) for name in ("author_name", "email", "text", "state")}
    Comment.objects.bulk_create(Comment(article=articles[n % 10], **fields) for n in range(298))
    assert send(articles[10]).pk
    assert 0 < wait_for(articles[10], email="joan@example.com", ip=THERE) <= 3600


def test_the_words_say_when_to_try_again() -> None:
    article = ArticlePageFactory()
    with time_machine.travel(NOON, tick=False):
        send(article)
        with pytest.raises(TooManyCommentsError, match="Please send this one again in 15 seconds"):
            send(article, "Some other words.", ip=THERE)
        with pytest.raises(TooManyCommentsError, match="Please send yours again in 15 seconds"):
            send(article, "Some other words.", email="joan@example.com")


def test_a_second_press_on_the_button_is_the_same_comment() -> None:
    article = ArticlePageFactory()
    first = send(article)
    assert send(article) == first
    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        assert send(article, email="EILEEN@example.org") == first
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert send(article) != first


@pytest.mark.parametrize(
    "other",
    [
        {"ip": THERE},
        {"user_agent": "Chrome"},
        {"email": "joan@example.com"},
        {"email": "joan@example.com", "user_agent": "Chrome"},
    ],
)
def test_the_same_words_from_another_hand_are_refused_and_no_link_to_the_first_is_given(other: dict[str, str]) -> None:
    """Whoever is given the row is given the link that takes it back."""
    article = ArticlePageFactory()
    send(article)
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert 22 * 3600 < wait_for(article, "Walking helps me.", **other) <= 23 * 3600


@pytest.mark.parametrize("other", [{}, {"ip": THERE}, {"email": "joan@example.com"}])
def test_who_copies_what_readers_see_is_not_told_whose_words_they_are(other: dict[str, str]) -> None:
    """A refusal would tell whether that mailbox or that network wrote it; the first one's link would be worse."""
    article = ArticlePageFactory()
    first = send(article)
    Comment.objects.filter(pk=first.pk).update(state="published")
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        second = send(article, **other)
    assert second != first
    judge_comment(second.pk)
    second.refresh_from_db()
    assert second.state == "held"
    assert "repeat" in {reason["code"] for reason in second.reasons}


def test_a_second_press_is_the_same_comment_though_it_was_published_at_once() -> None:
    article = ArticlePageFactory()
    first = send(article)
    Comment.objects.filter(pk=first.pk).update(state="published")
    assert send(article) == first


def test_the_same_words_under_another_article_are_not_taken_but_a_little_more_is() -> None:
    article, other = ArticlePageFactory.create_batch(2)
    send(article, "Thank you.")
    with time_machine.travel(timezone.now() + timedelta(minutes=1)):
        with pytest.raises(TooManyCommentsError, match="add a few of your own"):
            send(other, "Thank you.")
        assert send(other, "Thank you, Joan.").pk


def test_two_readers_may_say_the_same() -> None:
    article = ArticlePageFactory()
    first = send(article, "Thank you.")
    assert send(article, "Thank you.", email="joan@example.com", ip=THERE) != first
    assert send(article, "Thank you.", email="ruth@example.com", ip=None) != first


def test_words_taken_back_can_be_sent_again() -> None:
    article = ArticlePageFactory()
    first = send(article)
    comments.withdraw_comment(first)
    with time_machine.travel(timezone.now() + timedelta(seconds=15)):
        assert send(article).state == "pending"


def test_refused_attempts_count_for_nothing() -> None:
    article = ArticlePageFactory()
    with time_machine.travel(NOON, tick=False) as clock:
        send(article)
        for _ in range(30):
            wait_for(article)
        clock.shift(15)
        assert send(article, "Some other words.").pk


def test_a_turn_says_how_long_to_wait_and_is_forgotten_after_a_day() -> None:
    limits = ((timedelta(minutes=1), 2), (timedelta(hours=1), 3))
    with time_machine.travel(NOON, tick=False) as clock:
        assert turn_wait("x", limits) == 0
        assert [take_turn("x", limits) for _ in range(3)] == [True, True, False]
        assert turn_wait("x", limits) == 60
        clock.shift(60)
        assert [take_turn("x", limits) for _ in range(2)] == [True, False]
        assert turn_wait("x", limits) == 3600 - 60
        take_turn("y", limits)
        clock.shift(timedelta(hours=23))
        take_turn("y", limits)
        clock.shift(timedelta(hours=1, seconds=1))
        assert (forget_old_turns(), Turn.objects.count()) == (1, 1)
