"""What a launch writes down, whole or not at all."""

from typing import Any, ClassVar

import pytest

from newsletter.actions.dispatching import pause_dispatch, resume_dispatch
from newsletter.models import Delivery, Dispatch
from newsletter.senders import Message
from newsletter.senders.memory import MemorySender
from newsletter.tasks import run_dispatch
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
