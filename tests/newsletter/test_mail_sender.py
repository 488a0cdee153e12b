"""The SMTP sender against a server that misbehaves at every verb."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from newsletter.senders import Message, Result, Stage
from newsletter.senders.mail import MailSender
from tests.fakes.raw_smtp import DROP, SILENCE, RawServer
from tests.fakes.smtp import free_port

MESSAGE = Message("letters@meadowsweet.example", "joan@example.com", b"Subject: x\r\n\r\nhello\r\n.hidden\r\n..two\r\n")


@pytest.fixture
def server(settings: Any) -> Iterator[RawServer]:
    with RawServer() as running:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = running.host, running.port, 5
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        yield running


@pytest.fixture
def sender() -> Iterator[MailSender]:
    opened = MailSender(last_reply_seconds=0.5)
    yield opened
    opened.close()


def says(verb: str, answer: bytes, *, at: int = 1) -> Callable[[str, int], bytes | None]:
    return lambda heard, count: answer if (heard, count) == (verb, at) else None


def test_messages_go_through_one_kept_connection(server: RawServer, sender: MailSender) -> None:
    outcomes = [sender.send(MESSAGE) for _ in range(3)]
    assert [outcome.result for outcome in outcomes] == [Result.HANDED_OVER] * 3
    assert outcomes[0].code == 250
    assert server.heard["CONNECT"] == 1


def test_the_content_arrives_byte_for_byte(server: RawServer, sender: MailSender) -> None:
    sender.send(MESSAGE)
    assert server.received == [MESSAGE.content]


@pytest.mark.parametrize(
    ("verb", "answer", "result", "stage"),
    [
        ("RCPT", b"550 no such box", Result.REFUSED, Stage.RECIPIENT),
        ("RCPT", b"450 try later", Result.DEFERRED, Stage.RECIPIENT),
        ("DATA", b"554 no", Result.REFUSED, Stage.CONTENT),
        ("DATA", b"451 not now", Result.DEFERRED, Stage.CONTENT),
        ("DOT", b"552 too big", Result.REFUSED, Stage.CONTENT),
        ("DOT", b"452 full", Result.DEFERRED, Stage.CONTENT),
        ("RCPT", DROP, Result.DEFERRED, Stage.RECIPIENT),
        ("DATA", DROP, Result.DEFERRED, Stage.CONTENT),
    ],
)
def test_a_refusal_is_the_readers_and_the_next_message_still_goes(
    server: RawServer, sender: MailSender, *, verb: str, answer: bytes, result: Result, stage: Stage
) -> None:
    server.script = says(verb, answer)
    outcome = sender.send(MESSAGE)
    assert (outcome.result, outcome.stage, outcome.is_ours) == (result, stage, False)
    if answer != DROP:
        assert f"{outcome.code} {outcome.reply}".encode() == answer
    assert sender.send(MESSAGE).result is Result.HANDED_OVER


@pytest.mark.parametrize(
    ("verb", "answer"),
    [
        ("CONNECT", b"554 go away"),
        ("CONNECT", DROP),
        ("CONNECT", b"\xff\xfe nonsense"),
        ("MAIL", b"550 you may not send"),
        ("MAIL", b"451 later"),
        ("RCPT", b"421 closing"),
    ],
)
def test_a_fault_of_the_connection_is_ours(server: RawServer, sender: MailSender, verb: str, answer: bytes) -> None:
    server.script = says(verb, answer)
    assert sender.send(MESSAGE).is_ours
    assert sender.send(MESSAGE).result is Result.HANDED_OVER
    assert server.heard["CONNECT"] == 2


def test_a_server_that_is_away_is_a_fault_of_ours(settings: Any, sender: MailSender) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    outcome = sender.send(MESSAGE)
    assert outcome.is_ours
    assert "refused" in outcome.reply.lower()


def test_a_refused_log_in_is_a_fault_of_ours(server: RawServer, sender: MailSender, settings: Any) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "who", "what"
    answers = {"EHLO": b"250-raw\r\n250 AUTH PLAIN", "AUTH": b"535 wrong password"}
    server.script = lambda verb, _count: answers.get(verb)
    outcome = sender.send(MESSAGE)
    assert outcome.is_ours
    assert (outcome.code, outcome.reply) == (535, "wrong password")


def test_a_kept_connection_that_was_closed_meanwhile_is_opened_again(server: RawServer, sender: MailSender) -> None:
    server.script = says("MAIL", DROP, at=2)
    assert [sender.send(MESSAGE).result for _ in range(2)] == [Result.HANDED_OVER] * 2
    assert server.heard["CONNECT"] == 2


def test_a_line_cut_in_the_middle_of_the_content_leaves_the_message_with_us(
    server: RawServer, sender: MailSender
) -> None:
    server.script = says("IN_DATA", DROP)
    long = Message(MESSAGE.sender, MESSAGE.recipient, b"Subject: x\r\n\r\n" + b"0123456789\r\n" * 1_000_000)
    outcome = sender.send(long)
    assert (outcome.result, outcome.stage) == (Result.DEFERRED, Stage.CONTENT)
    assert server.received == []


@pytest.mark.parametrize("answer", [DROP, SILENCE, b"\xff\xfe nonsense", b"999 what", b"hello"])
def test_no_clear_answer_after_the_dot_is_unknown(server: RawServer, sender: MailSender, answer: bytes) -> None:
    server.script = says("DOT", answer)
    outcome = sender.send(MESSAGE)
    assert (outcome.result, outcome.is_ours) == (Result.UNKNOWN, False)
    assert sender.send(MESSAGE).result is Result.HANDED_OVER
    assert len(server.received) == 2


def test_closing_says_goodbye(server: RawServer, sender: MailSender) -> None:
    sender.send(MESSAGE)
    sender.close()
    assert server.heard["QUIT"] == 1
    sender.close()
