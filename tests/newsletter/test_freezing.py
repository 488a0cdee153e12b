"""What a launch writes down, whole or not at all."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import pytest
from django.db import connection, connections

from newsletter.actions.dispatching import order_dispatch, pause_dispatch, resume_dispatch
from newsletter.actions.freezing import freeze
from newsletter.audience import unpack_keys
from newsletter.models import Delivery, Dispatch, Subscriber
from newsletter.rendering import RenderedIssue, render_issue
from newsletter.senders import Message
from newsletter.senders.memory import MemorySender
from newsletter.tasks import run_dispatch
from tests.factories import IssuePageFactory, SubscriberFactory
from tests.newsletter.dispatches import launched, run, sums_up

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

MEMORY = "newsletter.senders.memory.MemorySender"


@pytest.fixture(autouse=True)
def _memory(settings: Any) -> None:
    settings.NEWSLETTER_SENDER = MEMORY
    MemorySender.reset()


class OtherSender(MemorySender):
    """Another way out."""

    box: ClassVar[list[Message]] = []


def test_a_dispatch_goes_out_to_its_end_the_way_it_began_whatever_the_settings_say_meanwhile(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsletter.actions.freezing.CHUNK_SIZE", 2)
    dispatch = launched(readers=10)

    def pause_at_the_third(_message: Message) -> None:
        if len(MemorySender.box) == 2:
            pause_dispatch(dispatch, reason="to change the settings")

    MemorySender.answer = staticmethod(pause_at_the_third)
    run(dispatch)
    assert 3 <= len(MemorySender.box) < 10
    MemorySender.answer = staticmethod(lambda _message: None)
    resume_dispatch(dispatch)
    settings.NEWSLETTER_SENDER = f"{__name__}.OtherSender"
    run(dispatch)
    assert (dispatch.backend, dispatch.state) == (MEMORY, Dispatch.State.DONE)
    assert (len(MemorySender.box), len(OtherSender.box)) == (10, 0)
    later = launched(readers=1)
    run(later)
    assert later.backend.endswith("OtherSender")
    assert len(OtherSender.box) == 11
    assert sums_up(dispatch)


def test_a_kind_of_sender_that_is_gone_pauses_the_dispatch_and_marks_nobody() -> None:
    dispatch = launched(readers=2)
    Dispatch.objects.update(backend="newsletter.senders.gone.GoneSender")
    run_dispatch(dispatch.pk)
    dispatch.refresh_from_db()
    assert dispatch.state == Dispatch.State.PAUSED
    assert "newsletter.senders.gone" in dispatch.pause_reason
    assert not Delivery.objects.exists()


@contextmanager
def _killed_at(number: int) -> Iterator[None]:
    """This process is killed before the statement of that number, whatever it is, or after one that was the last."""
    left = number

    def count_down(execute: Any, *asked: Any) -> Any:
        nonlocal left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return execute(*asked)

    with connection.execute_wrapper(count_down):
        yield


def _freeze_in_a_process_that_is_killed(dispatch: Dispatch, mail: RenderedIssue, at: int) -> bool:
    """Whether it was killed, and not done before."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        with _killed_at(at):
            freeze(dispatch, mail)
        os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def test_a_launch_that_is_killed_at_any_statement_has_begun_nothing_and_the_next_one_is_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("newsletter.actions.freezing.CHUNK_SIZE", 3)
    monkeypatch.setattr("newsletter.actions.freezing.CHUNKS_AT_ONCE", 2)
    Subscriber.objects.bulk_create(SubscriberFactory.build_batch(100))
    Subscriber.objects.filter(pk__in=Subscriber.objects.values("pk")[:7]).update(only_big_news=True)
    dispatch = order_dispatch(IssuePageFactory())
    mail = render_issue(dispatch.issue)
    kills = 0
    while _freeze_in_a_process_that_is_killed(dispatch, mail, kills):
        kills += 1
        dispatch.refresh_from_db()
        assert (dispatch.state, dispatch.candidates, dispatch.content_hash) == (Dispatch.State.SCHEDULED, 0, "")
        assert not dispatch.chunks.exists()
    assert kills >= 20
    dispatch.refresh_from_db()
    members = [pk for chunk in dispatch.chunks.order_by("low") for pk in unpack_keys(chunk.members)]
    assert (dispatch.state, dispatch.candidates, dispatch.left_out) == (Dispatch.State.RUNNING, 93, {"big_news": 7})
    assert members == list(Subscriber.objects.filter(only_big_news=False).order_by("pk").values_list("pk", flat=True))
