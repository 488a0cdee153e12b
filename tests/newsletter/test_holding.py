"""Readers in doubt wait for a person, and a person can decide."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from newsletter.actions.dispatching import cancel_dispatch, pause_dispatch
from newsletter.actions.holding import send_held_again, take_held_as_received
from newsletter.errors import CannotSend, WrongState
from newsletter.models import Delivery, Dispatch, Subscriber
from newsletter.report import count_deliveries
from newsletter.senders import Outcome, Result, Stage
from newsletter.senders.memory import MemorySender
from tests.newsletter.dispatches import launched, run, sums_up

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
State = Delivery.State


@pytest.fixture(autouse=True)
def memory(settings: Any) -> Iterator[None]:
    settings.NEWSLETTER_SENDER = "newsletter.senders.memory.MemorySender"
    settings.NEWSLETTER_CONNECTIONS = 2
    settings.NEWSLETTER_UNKNOWN_POLICY = "hold"
    MemorySender.reset()
    yield
    MemorySender.reset()


@pytest.fixture
def doubtful() -> Dispatch:
    """A dispatch that is over, with two of five readers held."""
    dispatch = launched(readers=5)
    lost = set(Subscriber.objects.order_by("pk").values_list("email", flat=True)[1:3])
    unknown = Outcome(Result.UNKNOWN, Stage.CONTENT, None, "the line was cut")
    MemorySender.answer = staticmethod(lambda message: unknown if message.recipient in lost else None)
    dispatch = run(dispatch)
    assert (dispatch.state, count_deliveries(dispatch).held) == (Dispatch.State.DONE, 2)
    MemorySender.reset()
    return dispatch


def test_held_readers_can_be_taken_as_received(client: Client, editor: Any, doubtful: Dispatch) -> None:
    client.force_login(editor)
    page = client.get(f"/admin/newsletter/dispatches/{doubtful.pk}/").content.decode()
    assert "2 readers wait for your decision" in page
    client.post(f"/admin/newsletter/dispatches/{doubtful.pk}/received/")
    counts = count_deliveries(doubtful)
    assert (counts.handed_over, counts.held) == (5, 0)
    assert Delivery.objects.filter(reply__startswith="taken as received by").count() == 2
    assert not MemorySender.box
    with pytest.raises(WrongState):
        take_held_as_received(doubtful, by="somebody")


def test_held_readers_can_be_sent_to_once_more_and_nobody_else_is(
    client: Client, editor: Any, doubtful: Dispatch
) -> None:
    client.force_login(editor)
    client.post(f"/admin/newsletter/dispatches/{doubtful.pk}/send-again/")
    doubtful.refresh_from_db()
    assert doubtful.state == Dispatch.State.RUNNING
    assert sums_up(doubtful)
    assert run(doubtful).state == Dispatch.State.DONE
    assert len(MemorySender.box) == 2
    counts = count_deliveries(doubtful)
    assert (counts.handed_over, counts.held, counts.candidates) == (5, 0, 5)
    assert doubtful.finished_at is not None


def test_a_second_doubt_holds_them_again(doubtful: Dispatch) -> None:
    MemorySender.answer = staticmethod(lambda _message: Outcome(Result.UNKNOWN, Stage.CONTENT))
    assert send_held_again(doubtful) == 2
    run(doubtful)
    assert count_deliveries(doubtful).held == 2


def test_who_was_erased_meanwhile_is_skipped(doubtful: Dispatch) -> None:
    held = Delivery.objects.filter(state=State.HELD).order_by("pk").first()
    assert held is not None
    assert held.subscriber is not None
    held.subscriber.delete()
    assert send_held_again(doubtful) == 1
    run(doubtful)
    assert len(MemorySender.box) == 1
    assert sums_up(doubtful)


def test_nobody_is_sent_to_again_after_a_cancellation_or_in_a_pause(doubtful: Dispatch) -> None:
    Dispatch.objects.update(state=Dispatch.State.RUNNING)
    pause_dispatch(doubtful, reason="x")
    with pytest.raises(WrongState):
        send_held_again(doubtful)
    cancel_dispatch(doubtful)
    with pytest.raises(WrongState):
        send_held_again(doubtful)
    assert count_deliveries(doubtful).held == 2


def test_a_copy_of_the_site_sends_to_nobody_again(doubtful: Dispatch, settings: Any) -> None:
    settings.SENDING_ENABLED_FOR = "elsewhere.example"
    with pytest.raises(CannotSend):
        send_held_again(doubtful)
    assert count_deliveries(doubtful).held == 2
