"""Orders, launches, pauses, cancellations."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from newsletter.actions.dispatching import (
    cancel_dispatch,
    order_dispatch,
    pause_dispatch,
    resume_dispatch,
    why_not_send,
)
from newsletter.errors import AlreadyOrdered, CannotSend, WrongState
from newsletter.models import Dispatch, Subscriber
from newsletter.report import count_deliveries
from newsletter.tasks import launch_due_dispatches
from tests.factories import ArticlePageFactory, IssuePageFactory, SubscriberFactory
from tests.newsletter.dispatches import launched

pytestmark = pytest.mark.django_db


def test_an_order_is_a_row_that_waits_for_its_moment(editor: Any, subscriber: Subscriber) -> None:
    at = timezone.now() + timedelta(hours=1)
    dispatch = order_dispatch(IssuePageFactory(), at=at, by=editor)
    assert (dispatch.state, dispatch.due_at, dispatch.ordered_by) == (Dispatch.State.SCHEDULED, at, editor)
    assert launch_due_dispatches() == []


def test_an_issue_is_ordered_once_and_the_second_editor_hears_by_whom(editor: Any, subscriber: Subscriber) -> None:
    issue = IssuePageFactory()
    order_dispatch(issue, by=editor)
    with pytest.raises(AlreadyOrdered, match="ordered by editor"):
        order_dispatch(issue)
    assert Dispatch.objects.count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_fifty_orders_at_once_make_one_dispatch() -> None:
    issue = IssuePageFactory()
    SubscriberFactory()
    answers: list[str] = []

    def order() -> None:
        try:
            order_dispatch(issue)
            answers.append("ordered")
        except AlreadyOrdered:
            answers.append("already")
        finally:
            connection.close()

    threads = [threading.Thread(target=order) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["already"] * 49 + ["ordered"]
    assert Dispatch.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"live": False}, "not published"), ({"subject": " "}, "no subject"), ({"body": []}, "no content")],
)
def test_an_issue_that_is_not_ready_is_not_ordered(subscriber: Subscriber, fields: dict[str, Any], words: str) -> None:
    issue = IssuePageFactory()
    for name, value in fields.items():
        setattr(issue, name, value)
    with pytest.raises(CannotSend, match=words):
        order_dispatch(issue)


def test_an_issue_with_an_unpublished_article_is_not_ordered(subscriber: Subscriber) -> None:
    article = ArticlePageFactory(title="Half done")
    issue = IssuePageFactory(body=[("article", {"article": article, "words": ""})])
    article.unpublish()
    with pytest.raises(CannotSend, match="Half done"):
        order_dispatch(type(issue).objects.get(pk=issue.pk))


def test_without_subscribers_nothing_is_ordered() -> None:
    SubscriberFactory(state=Subscriber.State.PENDING, confirmed_at=None)
    with pytest.raises(CannotSend, match="no subscribers"):
        order_dispatch(IssuePageFactory())


@pytest.mark.parametrize(
    ("enabled_for", "is_sent"), [("testserver", True), ("*", True), ("www.other.org", False), ("", False)]
)
def test_a_copy_of_the_site_mails_nobody(
    settings: Any, subscriber: Subscriber, enabled_for: str, is_sent: bool
) -> None:
    issue = IssuePageFactory()
    settings.SENDING_ENABLED_FOR = "*"
    dispatch = order_dispatch(issue)
    settings.SENDING_ENABLED_FOR = enabled_for
    assert (launch_due_dispatches() == [dispatch.pk]) is is_sent
    assert any("SENDING_ENABLED_FOR" in reason for reason in why_not_send(issue)) is not is_sent


def test_a_dispatch_that_cannot_start_says_why_and_starts_when_it_can(subscriber: Subscriber) -> None:
    issue = IssuePageFactory()
    dispatch = order_dispatch(issue)
    issue.unpublish()
    assert launch_due_dispatches() == []
    dispatch.refresh_from_db()
    assert "not published" in dispatch.pause_reason
    issue.refresh_from_db()
    issue.save_revision().publish()
    assert launch_due_dispatches() == [dispatch.pk]
    dispatch.refresh_from_db()
    assert dispatch.pause_reason == ""


def test_the_launch_freezes_content_and_audience(django_assert_num_queries: Any) -> None:
    SubscriberFactory(state=Subscriber.State.PENDING, confirmed_at=None)
    SubscriberFactory(state=Subscriber.State.LEFT, left_at=timezone.now())
    dispatch = launched(readers=3)
    SubscriberFactory(confirmed_at=timezone.now())
    assert dispatch.subject == "Living with pain"
    assert "%%FIRST_NAME%%" in dispatch.html
    assert len(dispatch.content_hash) == 64
    assert count_deliveries(dispatch).candidates == 3
    assert count_deliveries(dispatch).open == 3


def test_a_second_tick_launches_nothing_again(subscriber: Subscriber) -> None:
    dispatch = launched(readers=2)
    before = dispatch.launched_at
    assert launch_due_dispatches() == []
    dispatch.refresh_from_db()
    assert dispatch.launched_at == before
    assert dispatch.chunks.count() == 1


def test_an_audience_is_cut_into_chunks_of_500_without_gap_or_overlap() -> None:
    SubscriberFactory.create_batch(7)
    Subscriber.objects.bulk_create(SubscriberFactory.build_batch(1200))
    dispatch = launched(readers=0)
    chunks = list(dispatch.chunks.order_by("low"))
    inside = [Subscriber.objects.filter(pk__range=(chunk.low, chunk.high)).count() for chunk in chunks]
    assert inside == [500, 500, 207]
    assert dispatch.candidates == 1207


def test_pause_and_resume_move_only_from_where_they_may(subscriber: Subscriber) -> None:
    dispatch = launched(readers=1)
    with pytest.raises(WrongState):
        resume_dispatch(dispatch)
    pause_dispatch(dispatch, reason="the editor\r\nasked")
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.pause_reason) == (Dispatch.State.PAUSED, "the editor  asked")
    with pytest.raises(WrongState, match="is paused"):
        pause_dispatch(dispatch, reason="again")
    resume_dispatch(dispatch)
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.pause_reason) == (Dispatch.State.RUNNING, "")


def test_a_cancelled_dispatch_is_over_and_the_issue_can_be_ordered_again(subscriber: Subscriber) -> None:
    dispatch = launched(readers=2)
    cancel_dispatch(dispatch)
    with pytest.raises(WrongState):
        resume_dispatch(dispatch)
    with pytest.raises(WrongState):
        cancel_dispatch(dispatch)
    counts = count_deliveries(dispatch)
    assert (counts.cancelled, counts.open) == (3, 0)
    assert order_dispatch(dispatch.issue).pk != dispatch.pk


def test_the_order_stands_when_the_broker_is_away(
    settings: Any, subscriber: Subscriber, django_capture_on_commit_callbacks: Any, monkeypatch: Any
) -> None:
    from newsletter.tasks import tick_dispatches

    def no_broker() -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(tick_dispatches, "delay", no_broker)
    with django_capture_on_commit_callbacks(execute=True):
        dispatch = order_dispatch(IssuePageFactory())
    assert Dispatch.objects.filter(pk=dispatch.pk).exists()
