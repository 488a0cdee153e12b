"""What every sender promises, shown on all of them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from newsletter.models.dispatches import CAMPAIGNS
from newsletter.senders import Message, Outcome, Result, Sender, Stage, open_sender
from newsletter.senders.mail import MailSender
from newsletter.senders.memory import MemorySender
from tests.fakes.esp import FakeEsp
from tests.fakes.mailchimp import FakeMailchimp
from tests.fakes.smtp import Sink
from tests.newsletter.campaigns import connect

Refuse = Callable[[str], None]
Kept = Callable[[], list[str]]  # the words of each


MAILCHIMP = pytest.param("mailchimp", marks=pytest.mark.django_db)


@pytest.fixture(params=["mail", "memory", "mailgun", "postmark", MAILCHIMP])
def port(request: Any, settings: Any, sink: Sink) -> Iterator[tuple[Sender, Kept, Refuse]]:
    """A sender, what the other side keeps, and a way to make it refuse one address for good."""
    if request.param in {"mailgun", "postmark"}:
        with FakeEsp() as esp:
            esp.use(settings, request.param)
            yield open_sender(), lambda: [mail.text.strip() for mail in esp.accepted], esp.unknown.add
        return
    if request.param == "mailchimp":
        yield _mailchimp_port(request, settings)
        return
    if request.param == "mail":
        sender: Sender = MailSender()

        def refuse(address: str) -> None:
            sink.answer = lambda heard, verb: "550 no such box" if (heard, verb) == (address, "RCPT") else None

        yield sender, lambda: [_words(raw) for raw in sink.raw], refuse
    else:
        settings.NEWSLETTER_SENDER = "newsletter.senders.memory.MemorySender"
        MemorySender.reset()
        sender = open_sender()

        def refuse_in_memory(address: str) -> None:
            no = Outcome(Result.REFUSED, Stage.RECIPIENT, 550, "no such box")
            MemorySender.answer = staticmethod(lambda message: no if message.recipient == address else None)

        yield sender, lambda: [_words(message.content) for message in MemorySender.box], refuse_in_memory
    sender.close()


def _mailchimp_port(request: Any, settings: Any) -> tuple[Sender, Kept, Refuse]:
    """Here a refused address is one that left the audience."""
    fake: FakeMailchimp = request.getfixturevalue("mailchimp")
    connect(fake)
    there = fake.add_member("joan@example.com"), fake.add_member("gone@example.com")
    settings.NEWSLETTER_SENDER = CAMPAIGNS

    def refuse(address: str) -> None:
        next(one for one in there if one.email == address).status = "unsubscribed"

    return open_sender(), lambda: [fake.campaigns[pk].text.strip() for pk, _ in fake.sent], refuse


def _words(raw: bytes) -> str:
    return raw.partition(b"\r\n\r\n")[2].decode().strip()


def message(recipient: str = "joan@example.com") -> Message:
    return Message(
        "letters@meadowsweet.example", recipient, b"From: letters@meadowsweet.example\r\nSubject: x\r\n\r\nhello\r\n"
    )


def test_an_accepted_message_is_there_once(port: tuple[Sender, Kept, Refuse]) -> None:
    sender, kept, _ = port
    outcome = sender.send(message())
    assert (outcome.result, outcome.code) == (Result.HANDED_OVER, 250)
    assert kept() == ["hello"]


def test_a_refused_message_is_not_there_and_says_why(port: tuple[Sender, Kept, Refuse]) -> None:
    sender, kept, refuse = port
    refuse("gone@example.com")
    outcome = sender.send(message("gone@example.com"))
    assert (outcome.result, outcome.stage) == (Result.REFUSED, Stage.RECIPIENT)
    assert outcome.code in range(400, 600)
    assert outcome.reply
    assert not outcome.is_ours
    assert kept() == []
    assert sender.send(message()).result is Result.HANDED_OVER


def test_a_closed_sender_opens_again(port: tuple[Sender, Kept, Refuse]) -> None:
    sender, kept, _ = port
    sender.close()
    sender.send(message())
    sender.close()
    sender.close()
    sender.send(message())
    assert len(kept()) == 2
