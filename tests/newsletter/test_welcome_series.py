"""The welcome series: once to each, in its time, and to nobody who left."""

import threading
from datetime import timedelta
from email import message_from_bytes
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from letters.actions import hand_over_letter
from letters.models import Letter
from newsletter.actions.leaving import undo_leaving, unsubscribe
from newsletter.actions.series import begin_series, due_series_letters, post_series_letter
from newsletter.actions.sign_up import confirm_subscription
from newsletter.models import SeriesLetter, Subscriber, WelcomeStep
from newsletter.tasks import post_welcome_series
from tests.factories import ArticlePageFactory, SubscriberFactory
from tests.fakes.smtp import Sink
from tests.newsletter.joining import make_ebook, rich_field

pytestmark = pytest.mark.django_db
State = SeriesLetter.State
DAY = timedelta(days=1)


def _step(days: int, **own: Any) -> WelcomeStep:
    words = {"subject": f"Day {days}, {{name|reader}}", "heading": "A word", "body": "<p>Hello {name},</p><p>x</p>"}
    return WelcomeStep.objects.create(days=days, **{**words, **own})


def _subjects() -> list[str]:
    return list(Letter.objects.filter(kind="welcome_series").order_by("pk").values_list("subject", flat=True))


def _tick(after: timedelta) -> list[str]:
    """The minute's work so long after now; the subjects of all series letters so far."""
    with time_machine.travel(timezone.now() + after, tick=False):
        post_welcome_series()
    return _subjects()


@pytest.fixture
def reader(subscriber: Subscriber, home: Any) -> Subscriber:
    """Joined now, to a series of two letters."""
    _step(3)
    _step(5)
    begin_series(subscriber)
    return subscriber


def test_confirming_begins_the_series(home: Any) -> None:
    step = _step(3)
    _step(4, is_active=False)
    person = SubscriberFactory(state=Subscriber.State.PENDING, confirmed_at=None)
    confirm_subscription(person)
    row = SeriesLetter.objects.get()
    assert (row.subscriber, row.step, row.state) == (person, step, State.WAITING)
    assert abs(row.due_at - timezone.now() - 3 * DAY) < timedelta(minutes=1)


def test_each_letter_goes_out_in_its_time_and_once(reader: Subscriber) -> None:
    assert _tick(3 * DAY - timedelta(minutes=1)) == []
    assert _tick(3 * DAY + timedelta(minutes=1)) == ["Day 3, Margaret"]
    assert _tick(3 * DAY + timedelta(minutes=2)) == ["Day 3, Margaret"]
    assert _tick(5 * DAY + timedelta(minutes=1)) == ["Day 3, Margaret", "Day 5, Margaret"]
    assert _tick(50 * DAY) == ["Day 3, Margaret", "Day 5, Margaret"]
    assert set(SeriesLetter.objects.values_list("state", flat=True)) == {State.POSTED}


def test_after_an_outage_nobody_gets_two_on_one_day(reader: Subscriber) -> None:
    assert len(_tick(20 * DAY)) == 1
    assert len(_tick(20 * DAY + timedelta(hours=23))) == 1
    assert len(_tick(21 * DAY + timedelta(minutes=1))) == 2


def test_a_step_edited_later_goes_out_in_its_new_words_and_one_switched_off_never(reader: Subscriber) -> None:
    WelcomeStep.objects.filter(days=3).update(is_active=False)
    WelcomeStep.objects.filter(days=5).update(subject="Better words")
    assert _tick(6 * DAY) == ["Better words"]
    WelcomeStep.objects.update(is_active=True)
    assert _tick(9 * DAY) == ["Better words"]
    assert SeriesLetter.objects.get(step__days=3).state == State.SKIPPED


def test_who_left_gets_no_more_and_who_comes_back_gets_the_rest(reader: Subscriber) -> None:
    assert len(_tick(4 * DAY)) == 1
    Letter.objects.update(state=Letter.State.HANDED_OVER)
    unsubscribe(reader, by="link")
    assert len(_tick(6 * DAY)) == 1
    assert SeriesLetter.objects.get(step__days=5).state == State.SKIPPED
    Subscriber.objects.update(state=Subscriber.State.PENDING, left_at=None)
    confirm_subscription(reader)
    assert _tick(4 * DAY) == ["Day 3, Margaret"]  # what they had before does not come again
    assert _tick(6 * DAY) == ["Day 3, Margaret", "Day 5, Margaret"]


def test_a_leaving_that_is_taken_back_at_once_changes_nothing(reader: Subscriber) -> None:
    unsubscribe(reader, by="link")
    undo_leaving(reader)
    assert len(_tick(4 * DAY)) == 1


def test_a_letter_that_waits_in_the_outbox_does_not_leave_after_its_reader(reader: Subscriber) -> None:
    _tick(4 * DAY)
    unsubscribe(reader, by="header")
    assert _subjects() == []


def test_a_pause_holds_the_series_and_erasure_ends_it(reader: Subscriber) -> None:
    until = timezone.localdate() + timedelta(days=30)
    Subscriber.objects.update(paused_until=until)
    assert _tick(10 * DAY) == []
    assert len(_tick(31 * DAY)) == 1
    reader.delete()
    assert len(_tick(40 * DAY)) == 1
    assert not SeriesLetter.objects.exists()


def test_a_letter_about_an_unpublished_article_waits_for_it(subscriber: Subscriber, home: Any) -> None:
    article = ArticlePageFactory(title="Mornings", slug="mornings")
    _step(1, article=article)
    begin_series(subscriber)
    article.unpublish()
    assert _tick(2 * DAY) == []
    article.save_revision().publish()
    assert len(_tick(2 * DAY)) == 1
    letter = Letter.objects.get()
    for part in (letter.text, letter.html):
        assert "Read the article" in part
        assert "http://testserver/articles/mornings/" in part


def test_a_letter_can_give_a_book_by_the_readers_own_link(subscriber: Subscriber, home: Any, client: Client) -> None:
    _step(1, ebook=make_ebook(), body="<p>“{ebook}” for {name}, {downloads} times.</p>")
    begin_series(subscriber)
    _tick(2 * DAY)
    letter = Letter.objects.get()
    assert "“A calmer day with pain” for Margaret, five times." in letter.text
    assert "/newsletter/e-book/" in letter.text
    assert subscriber.ebook_grants.count() == 1


def test_it_says_that_it_is_mail_to_a_list(reader: Subscriber, sink: Sink) -> None:
    _tick(4 * DAY)
    with time_machine.travel(timezone.now() + 4 * DAY):
        hand_over_letter(Letter.objects.get().pk)
    mail = message_from_bytes(sink.raw[0])
    assert mail["List-Id"] == "<newsletter.testserver>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].strip().startswith("<http://testserver/newsletter/unsubscribe/")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"]
    assert mail["Date"]
    assert {part.get_content_type() for part in mail.walk()} >= {"text/plain", "text/html"}
    assert "Orchard Yard" in mail.get_payload(0).get_payload(decode=True).decode()  # type: ignore[union-attr]


def test_a_copy_of_the_database_posts_nothing(reader: Subscriber, settings: Any) -> None:
    settings.SENDING_ENABLED_FOR = "www.meadowsweet.example"
    assert _tick(4 * DAY) == []


def test_a_transaction_that_dies_leaves_the_row_waiting(reader: Subscriber) -> None:
    with time_machine.travel(timezone.now() + 4 * DAY):
        (pk,) = due_series_letters()
        with transaction.atomic():
            assert post_series_letter(pk)
            transaction.set_rollback(True)
        assert _subjects() == []
        post_welcome_series()
        assert len(_subjects()) == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_beats_at_once_post_one_letter(home: Any) -> None:
    people = SubscriberFactory.create_batch(6)
    for days in (1, 2):
        _step(days)
    for person in people:
        begin_series(person)
    SeriesLetter.objects.update(due_at=timezone.now())
    start = threading.Barrier(4)

    def beat() -> None:
        start.wait()
        post_welcome_series()
        connection.close()

    beats = [threading.Thread(target=beat) for _ in range(4)]
    for one in beats:
        one.start()
    for one in beats:
        one.join()
    assert Letter.objects.count() == len(people)
    assert SeriesLetter.objects.filter(state=State.POSTED).values("subscriber").distinct().count() == len(people)


def test_the_series_is_written_in_the_admin(client: Client, home: Any, editor: Any) -> None:
    client.force_login(editor)
    url = "wagtailsnippets_newsletter_welcomestep:{}".format
    form = {
        "days": "3",
        "subject": "One thing, {name}",
        "heading": "A word",
        "body": rich_field("Hello {name|you},"),
        "is_active": "on",
    }
    bad = client.post(reverse(url("add")), {**form, "heading": "{ebook}"})
    assert "This letter has: {name}, {newsletter}." in bad.text
    assert client.post(reverse(url("add")), form).status_code == 302
    step = WelcomeStep.objects.get()
    page = client.get(reverse(url("list"))).text
    assert "One thing, {name}" in page
    edit = reverse(url("edit"), args=[step.pk])
    assert client.post(edit, {**form, "action-test": "1"}).status_code == 200
    assert Letter.objects.get().subject == "[Test] One thing, Margaret"
    both = client.post(edit, {**form, "article": ArticlePageFactory().pk, "ebook": make_ebook().pk})
    assert "not both" in both.text
    preview = reverse(url("preview_on_edit"), args=[step.pk])
    assert client.post(preview, form).json()["is_valid"]
    assert "Hello you," in client.get(preview, {"mode": "nameless"}).text
