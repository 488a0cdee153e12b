"""Telling followers: of what, when, once, and one letter a day."""

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from blog.models import ArticlePage, AuthorPage, Correction
from letters.models import Letter
from newsletter.actions.follow_news import due_news, gather_some, note_publishing, post_follow_letter
from newsletter.actions.following import begin_following, note_wish, stop_following
from newsletter.actions.leaving import unsubscribe
from newsletter.actions.own_page import pause_issues
from newsletter.follow_targets import mark_of
from newsletter.models import Follow, FollowNews, FollowNotice, Subscriber
from tests.factories import ArticlePageFactory, AuthorPageFactory, SubscriberFactory, TopicFactory
from tests.newsletter.following import DAY, HOUR, follow, publish, tick, write
from tests.newsletter.joining import joined

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(home: Any) -> AuthorPage:
    return AuthorPageFactory(title="Tomas Vetch")


@pytest.fixture
def reader(subscriber: Subscriber) -> Subscriber:
    return joined(subscriber)


def test_a_new_article_is_told_once_after_an_hour(author: AuthorPage, reader: Subscriber) -> None:
    topic = TopicFactory()
    follow(reader, author, topic)
    SubscriberFactory(email="somebody@example.com")
    article = write(title="Cold mornings", by=author, topic=topic)
    assert tick(timedelta(minutes=59)) == []
    assert tick() == ["New: Cold mornings"]
    (letter,) = Letter.objects.filter(kind="followed")
    assert letter.to == reader.email
    assert article.url in letter.text
    assert article.url in letter.html
    article.unpublish()
    publish(article)
    publish(article)
    assert tick(3 * DAY) == ["New: Cold mornings"]


def test_what_is_taken_back_within_the_hour_is_told_to_nobody_until_it_is_out_again(
    author: AuthorPage, reader: Subscriber
) -> None:
    follow(reader, author)
    article = write(by=author, title="Too early")
    article.unpublish()
    assert tick(2 * HOUR) == []
    publish(ArticlePage.objects.get(pk=article.pk))
    assert tick(2 * HOUR) == ["New: Too early"]


def test_what_came_out_before_is_not_news(author: AuthorPage, reader: Subscriber) -> None:
    follow(reader, author)
    old = ArticlePageFactory(by=author, first_published_at=timezone.now() - 400 * DAY)
    Correction.objects.create(article=old, corrected_on=timezone.localdate() - 30 * DAY, text="Long ago.")
    follow(reader, old)
    publish(ArticlePage.objects.get(pk=old.pk))
    assert not FollowNews.objects.exists()
    write(by=author, title="Before the wish")
    late = joined(SubscriberFactory(email="late@example.com"))
    wish = note_wish(late, mark_of(author))
    assert wish
    begin_following(late, wish.pk, form="letter")
    tick()
    assert [letter.to for letter in Letter.objects.filter(kind="followed")] == [reader.email]


@pytest.mark.parametrize(
    ("grade", "is_told"),
    [(Correction.Grade.TYPO, False), (Correction.Grade.CLARITY, True), (Correction.Grade.SAFETY, True)],
)
def test_a_correction_in_substance_is_told_once_in_its_words(
    reader: Subscriber, home: Any, grade: str, is_told: bool
) -> None:
    article = ArticlePageFactory(title="Cold mornings", first_published_at=timezone.now() - 40 * DAY)
    follow(reader, article)
    article.corrections.add(Correction(grade=grade, text="It said 20 mg; it is 2 mg."))
    publish(article)
    assert tick() == (["Changed: Cold mornings"] if is_told else [])
    article = ArticlePage.objects.get(pk=article.pk)
    for correction in article.corrections.all():
        correction.text = "In other words."
    publish(article)  # the rows are made anew: no second letter for that
    assert len(tick(3 * DAY)) == is_told
    if is_told:
        letter = Letter.objects.get(kind="followed")
        assert "It said 20 mg; it is 2 mg." in letter.text
        assert "It said 20 mg; it is 2 mg." in letter.html


def test_a_text_that_was_brought_up_to_date_is_told_and_authors_of_it_are_not_news(
    author: AuthorPage, reader: Subscriber
) -> None:
    article = ArticlePageFactory(by=author, title="Back pain", first_published_at=timezone.now() - 40 * DAY)
    follow(reader, article)
    other = joined(SubscriberFactory(email="other@example.com"))
    follow(other, author)
    article.updated_at = timezone.now()
    publish(article)
    assert tick() == ["Changed: Back pain"]
    assert "brought up to date" in Letter.objects.get(kind="followed").text


def test_one_letter_a_day_holds_all_that_is_new(author: AuthorPage, reader: Subscriber) -> None:
    topic = TopicFactory(name="Sleep")
    follow(reader, author, topic)
    write(title="One", by=author)
    write(title="Two", topic=topic)
    assert tick() == ["Two new articles in what you follow"]
    letter = Letter.objects.get(kind="followed")
    assert letter.text.count("Stop this:") == 2
    write(title="Three", by=author)
    assert len(tick(5 * HOUR)) == 1
    assert tick(26 * HOUR)[1:] == ["New: Three"]


def test_who_paused_left_or_stopped_is_told_of_nothing(author: AuthorPage, reader: Subscriber) -> None:
    people = [reader, *(joined(SubscriberFactory()) for _ in range(3))]
    for person in people:
        follow(person, author)
    paused, left, stopped, late = people
    pause_issues(paused, months=1)
    unsubscribe(left, by="header")
    stop_following(stopped, form="own page")
    write(by=author)
    with time_machine.travel(timezone.now() + 2 * HOUR):
        for pk in due_news():
            while gather_some(pk):
                pass
    assert [notice.subscriber for notice in FollowNotice.objects.all()] == [late]
    unsubscribe(late, by="header")  # between the gathering and the letter
    assert tick(2 * HOUR) == []
    assert FollowNotice.objects.get().state == FollowNotice.State.SKIPPED


def test_a_copy_of_the_database_tells_nobody(author: AuthorPage, reader: Subscriber, settings: Any) -> None:
    follow(reader, author)
    write(by=author)
    settings.SENDING_ENABLED_FOR = "elsewhere.example"
    assert tick() == []
    settings.SENDING_ENABLED_FOR = "*"
    assert len(tick()) == 1


def test_a_letter_that_waits_goes_to_nobody_who_left(author: AuthorPage, reader: Subscriber) -> None:
    follow(reader, author)
    write(by=author)
    assert len(tick()) == 1
    unsubscribe(reader, by="header")
    assert not Letter.objects.filter(kind="followed").exists()


@pytest.mark.parametrize("number", [1, 2])
def test_the_mail_programs_button_ends_what_the_letter_is_about_and_not_the_list(
    author: AuthorPage, reader: Subscriber, client: Client, number: int
) -> None:
    topic, article = TopicFactory(), ArticlePageFactory()
    follow(reader, author, article, *([topic] if number > 1 else []))
    write(by=author)
    if number > 1:
        write(topic=topic)
    tick()
    headers = Letter.objects.get(kind="followed").headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = headers["List-Unsubscribe"].strip("<>")
    assert "Stop it" in client.get(url.removeprefix("http://testserver")).text
    assert Follow.objects.confirmed().count() == number + 1
    answer = client.post(
        url.removeprefix("http://testserver"), "List-Unsubscribe=One-Click", content_type="application/octet-stream"
    )
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert Follow.objects.confirmed().count() == (1 if number == 1 else 0)
    reader.refresh_from_db()
    assert reader.state == Subscriber.State.CONFIRMED


def test_telling_many_costs_the_same_for_each(
    author: AuthorPage, reader: Subscriber, django_assert_num_queries: Any
) -> None:
    people = [joined(SubscriberFactory()) for _ in range(6)]
    for person in people:
        follow(person, author)
    write(by=author)
    with time_machine.travel(timezone.now() + 2 * HOUR):
        (pk,) = due_news()
        with django_assert_num_queries(5):
            assert gather_some(pk)
        assert not gather_some(pk)
    assert FollowNotice.objects.waiting().count() == len(people)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_workers_at_once_write_one_letter(author: AuthorPage, reader: Subscriber) -> None:
    follow(reader, author)
    now = timezone.now()
    article = ArticlePageFactory(by=author)
    news = FollowNews.objects.create(article=article, kind="new", day=timezone.localdate(), due_at=now, gathered_at=now)
    FollowNotice.objects.create(news=news, subscriber=reader)
    start, done = threading.Barrier(2), []

    def work() -> None:
        try:
            start.wait()
            done.append(post_follow_letter(reader.pk))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [False, True]
    assert Letter.objects.filter(kind="followed").count() == 1


def test_noting_twice_is_noting_once(author: AuthorPage) -> None:
    article = write(by=author)
    note_publishing(article)
    assert FollowNews.objects.count() == 1
