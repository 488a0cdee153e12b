"""An issue that missed its moment asks first; no more messages an hour than the provider allows."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from letters.models import Letter
from newsletter.actions.dispatching import cancel_dispatch, order_dispatch, release_dispatch
from newsletter.actions.throttle import Throttle
from newsletter.errors import AlreadyOrdered, WrongState
from newsletter.models import Delivery, Dispatch, NewsletterPage
from newsletter.senders.memory import MemorySender
from newsletter.tasks import tick_dispatches
from tests.factories import IssuePageFactory, SubscriberFactory
from tests.newsletter.dispatches import launched, run
from users.models import User

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
State = Dispatch.State


@pytest.fixture(autouse=True)
def memory(settings: Any) -> Iterator[None]:
    settings.NEWSLETTER_SENDER = "newsletter.senders.memory.MemorySender"
    settings.NEWSLETTER_CONNECTIONS = 2
    MemorySender.reset()
    yield
    MemorySender.reset()


def ordered(editor: User, *, minutes: int) -> Dispatch:
    """Due so many minutes ago, with nothing running since."""
    SubscriberFactory.create_batch(2)
    dispatch = order_dispatch(IssuePageFactory(), by=editor)
    Dispatch.objects.update(due_at=timezone.now() - timedelta(minutes=minutes))
    return dispatch


def test_an_issue_that_is_a_little_late_goes_out(editor: User) -> None:
    dispatch = ordered(editor, minutes=119)
    tick_dispatches()
    dispatch.refresh_from_db()
    assert dispatch.state == State.RUNNING


def test_what_was_ordered_for_now_goes_out_however_little_lateness_is_allowed(editor: User) -> None:
    dispatch = ordered(editor, minutes=2)
    NewsletterPage.objects.update(late_minutes=0)
    tick_dispatches()
    dispatch.refresh_from_db()
    assert dispatch.state == State.RUNNING


def test_an_issue_that_missed_its_moment_is_held_and_its_orderer_is_told_once(editor: User) -> None:
    dispatch = ordered(editor, minutes=121)
    for _ in range(3):
        tick_dispatches()
    dispatch.refresh_from_db()
    assert dispatch.state == State.HELD
    assert "Nothing was sent" in dispatch.pause_reason
    assert not Delivery.objects.exists()
    letter = Letter.objects.get(kind="dispatch_held")
    assert letter.to == editor.email
    assert f"/admin/newsletter/dispatches/{dispatch.pk}/" in letter.text
    with pytest.raises(AlreadyOrdered, match="waits for a decision"):
        order_dispatch(dispatch.issue)


def test_the_editor_decides_how_late_is_too_late(editor: User) -> None:
    dispatch = ordered(editor, minutes=20)
    NewsletterPage.objects.update(late_minutes=10)
    tick_dispatches()
    dispatch.refresh_from_db()
    assert dispatch.state == State.HELD


def test_a_held_issue_goes_out_when_somebody_says_so(client: Client, editor: User) -> None:
    dispatch = ordered(editor, minutes=500)
    tick_dispatches()
    client.force_login(editor)
    page = client.get(f"/admin/newsletter/dispatches/{dispatch.pk}/").content.decode()
    assert "Send it now" in page
    assert "waits for a decision" in page
    assert client.get(f"/admin/newsletter/dispatches/{dispatch.pk}/release/").status_code == 405
    client.post(f"/admin/newsletter/dispatches/{dispatch.pk}/release/")
    tick_dispatches()
    assert run(Dispatch.objects.get()).state == State.DONE
    assert len(MemorySender.box) == 2
    with pytest.raises(WrongState):
        release_dispatch(dispatch)


def test_a_held_issue_can_be_cancelled_and_ordered_anew(editor: User) -> None:
    dispatch = ordered(editor, minutes=500)
    tick_dispatches()
    cancel_dispatch(dispatch)
    assert order_dispatch(dispatch.issue).state == State.SCHEDULED


def test_the_command_says_that_it_is_held(editor: User, capsys: Any) -> None:
    dispatch = ordered(editor, minutes=500)
    tick_dispatches()
    call_command("dispatch_status", dispatch.issue.slug)
    assert ": held" in capsys.readouterr().out


def test_messages_are_spread_evenly_over_the_hour() -> None:
    dispatch = launched(readers=8)
    NewsletterPage.objects.update(per_hour=36_000)  # ten a second
    begun = timezone.now()
    assert run(dispatch).state == State.DONE
    assert len(MemorySender.box) == 8
    assert timezone.now() - begun > timedelta(seconds=0.65)


def test_a_bucket_gives_what_the_limit_allows_and_no_more() -> None:
    now = [100.0]
    bucket = Throttle(7200, clock=lambda: now[0])  # two a second
    given = bucket.take(5)
    assert given == 1
    for _ in range(40):
        now[0] += 0.25
        given += bucket.take(5)
    assert given == 21
    now[0] += 3600
    assert bucket.take(5000) == 2
    assert bucket.take(1) == 0
    assert bucket.ready_at == pytest.approx(now[0] + 0.5)
    bucket.give_back(1)
    assert bucket.take(1) == 1


def test_without_a_limit_everything_may_go() -> None:
    bucket = Throttle(0)
    assert bucket.take(10_000) == 10_000
    assert not bucket.is_limited
