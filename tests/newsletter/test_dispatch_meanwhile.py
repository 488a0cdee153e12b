"""What editors and readers do while an issue goes out."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest

from newsletter.actions.leaving import unsubscribe
from newsletter.models import Delivery, Dispatch, Subscriber
from newsletter.senders import Message
from newsletter.senders.memory import MemorySender
from tests.newsletter.dispatches import launched, run, sums_up

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

EDITS = 10


@pytest.fixture(autouse=True)
def memory(settings: Any) -> Iterator[None]:
    settings.NEWSLETTER_SENDER = "newsletter.senders.memory.MemorySender"
    settings.NEWSLETTER_CONNECTIONS = 2
    MemorySender.reset()
    yield
    MemorySender.reset()


def body_of(message: Message) -> tuple[str, ...]:
    """Subject, text and HTML without what is the reader's own."""
    mail = message_from_bytes(message.content, policy=policy.default)
    parts = [str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text"]
    return str(mail["Subject"]), *(re.sub(r"https?://[^\s\"<>]+", "", part) for part in parts)


def test_edits_meanwhile_change_no_message() -> None:
    dispatch = launched(readers=2 * EDITS)
    Subscriber.objects.update(name="")
    issue = dispatch.issue

    def edit(_message: Message) -> None:
        number = len(MemorySender.box)
        if number < EDITS:
            issue.subject = f"Changed {number} times"
            issue.save_revision().publish()

    MemorySender.answer = staticmethod(edit)
    assert run(dispatch).state == Dispatch.State.DONE
    issue.refresh_from_db()
    assert issue.subject.startswith("Changed")
    assert len(MemorySender.box) == 2 * EDITS
    assert len({body_of(message) for message in MemorySender.box}) == 1


def test_whoever_leaves_meanwhile_gets_no_message_that_had_not_passed_its_gate(settings: Any) -> None:
    settings.NEWSLETTER_CONNECTIONS = 1  # one after the other: who is to have left has left
    dispatch = launched(readers=60)
    leavers = list(Subscriber.objects.order_by("-pk")[:25])
    expected = {reader.email for reader in leavers}

    def leave(_message: Message) -> None:
        if leavers:
            unsubscribe(leavers.pop(), by="link")

    MemorySender.answer = staticmethod(leave)
    run(dispatch)
    skipped = Delivery.objects.filter(state=Delivery.State.SKIPPED)
    assert set(skipped.values_list("subscriber__email", flat=True)) == expected
    assert {message.recipient for message in MemorySender.box}.isdisjoint(expected)
    assert sums_up(dispatch)
