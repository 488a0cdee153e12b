"""The SMTP sender against a server that misbehaves at every verb."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from newsletter.senders import Message, Result, Stage
from newsletter.senders.mail import MailSender
from tests.fakes.raw_smtp import DEAF, DROP, SILENCE, RawServer
from tests.fakes.smtp import free_port

MESSAGE = Message("letters@meadowsweet.example", "joan@example.com", b"Subject: x\r\n\r\nhello\r\n.hidden\r\n..two\r\n")


PIPELINING = b"250-raw\r\n250 PIPELINING"


@pytest.fixture(params=[b"250 raw", PIPELINING], ids=["one by one", "pipelining"])
def server(request: Any, settings: Any) -> Iterator[RawServer]:
    with RawServer(EHLO=request.param) as running:
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


class Choking:
    """A connection that breaks off once, in the middle of a whole envelope for `victim`."""

    def __init__(self, inner: Any, victim: bytes) -> None:
        self._inner, self._victim = inner, victim
        self._is_broken = False

    def send(self, data: Any) -> int:
        said = bytes(data)
        if self._is_broken:
            raise TimeoutError
        if self._victim in said:
            self._is_broken = True
            said = said[: said.rindex(b"MAIL FROM") + 20]
        self._inner.sendall(said)
        return len(said)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def test_nothing_follows_half_an_envelope_that_went_ahead(server: RawServer, sender: MailSender) -> None:
    following = Message("letters@meadowsweet.example", "amir@example.com", b"Subject: y\r\n\r\nbye\r\n")
    sender.send(MESSAGE)
    assert sender._line is not None
    is_pipelining = sender._line.can_pipeline
    if is_pipelining:
        sender._line._sock = Choking(sender._line._sock, b"amir@example.com")  # type: ignore[assignment]
    assert sender.send(MESSAGE, upcoming=following).result is Result.HANDED_OVER
    assert sender.send(following).result is Result.HANDED_OVER
    assert server.received == [MESSAGE.content, MESSAGE.content, following.content]
    assert server.heard["CONNECT"] == (2 if is_pipelining else 1)


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
    if answer == DROP and server.usual["EHLO"] == PIPELINING:
        stage = outcome.stage  # the reset may overtake the replies before it
        assert stage in {Stage.RECIPIENT, Stage.CONTENT}
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
    assert outcome.result is Result.DEFERRED
    assert outcome.stage in {Stage.RECIPIENT, Stage.CONTENT}  # with pipelining the reset may overtake the replies
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


def to(recipient: str) -> Message:
    return Message(MESSAGE.sender, recipient, f"Subject: x\r\n\r\nDear {recipient}\r\n".encode())


def test_messages_whose_successor_is_known_arrive_once_and_in_order(server: RawServer, sender: MailSender) -> None:
    mails = [to(f"reader{n}@example.com") for n in range(5)]
    outcomes = [sender.send(mail, upcoming=after) for mail, after in zip(mails, [*mails[1:], None], strict=True)]
    sender.close()
    assert [outcome.result for outcome in outcomes] == [Result.HANDED_OVER] * 5
    assert server.received == [mail.content for mail in mails]
    assert (server.heard["CONNECT"], server.heard["MAIL"], server.heard["QUIT"]) == (1, 5, 1)


def test_who_was_announced_and_is_not_mailed_after_all_gets_nothing(server: RawServer, sender: MailSender) -> None:
    sender.send(to("a@example.com"), upcoming=to("left@example.com"))
    assert sender.send(to("b@example.com")).result is Result.HANDED_OVER
    assert server.received == [to("a@example.com").content, to("b@example.com").content]


def test_closing_with_somebody_announced_hands_nothing_over(server: RawServer, sender: MailSender) -> None:
    sender.send(to("a@example.com"), upcoming=to("b@example.com"))
    sender.close()
    assert sender.send(to("c@example.com")).result is Result.HANDED_OVER
    assert server.received == [to("a@example.com").content, to("c@example.com").content]


def test_an_announced_reader_who_is_refused_is_refused_at_their_turn(server: RawServer, sender: MailSender) -> None:
    server.script = says("RCPT", b"550 no such box", at=2)
    assert sender.send(to("a@example.com"), upcoming=to("gone@example.com")).result is Result.HANDED_OVER
    outcome = sender.send(to("gone@example.com"), upcoming=to("c@example.com"))
    assert (outcome.result, outcome.stage, outcome.reply) == (Result.REFUSED, Stage.RECIPIENT, "no such box")
    assert sender.send(to("c@example.com")).result is Result.HANDED_OVER
    assert [content for content in server.received if content] == [to(f"{n}@example.com").content for n in "ac"]


@pytest.mark.parametrize("answer", [DROP, b"hello"])
def test_a_doubt_about_one_message_is_none_about_the_announced_one(
    server: RawServer, sender: MailSender, answer: bytes
) -> None:
    server.script = says("DOT", answer)
    assert sender.send(to("a@example.com"), upcoming=to("b@example.com")).result is Result.UNKNOWN
    assert sender.send(to("b@example.com")).result is Result.HANDED_OVER
    assert server.received == [to("a@example.com").content, to("b@example.com").content]


def test_with_pipelining_an_envelope_goes_in_one_write(settings: Any, sender: MailSender) -> None:
    with RawServer(EHLO=PIPELINING, MAIL=SILENCE, RCPT=SILENCE) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = server.host, server.port, 0.5
        server.script = lambda verb, _count: b"250 ok\r\n250 ok\r\n354 go ahead" if verb == "DATA" else None
        assert sender.send(MESSAGE).result is Result.HANDED_OVER


def test_a_server_that_greets_drop_by_drop_is_given_up(settings: Any, sender: MailSender) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = *listener.getsockname(), 0.3
        dripping = threading.Thread(target=_drip, args=(listener,))
        dripping.start()
        outcome = sender.send(MESSAGE)
        assert outcome.is_ours
        assert "in time" in outcome.reply
        assert dripping.is_alive()
        dripping.join()


def _drip(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    with connection, contextlib.suppress(OSError):
        connection.sendall(b"220-")
        for _ in range(60):
            time.sleep(0.1)
            connection.sendall(b"x")


def test_a_server_that_does_not_read_the_content_is_not_waited_for_as_for_its_last_reply(
    server: RawServer, settings: Any
) -> None:
    settings.EMAIL_TIMEOUT = 0.5
    server.script = says("IN_DATA", DEAF)
    patient = MailSender(last_reply_seconds=20)
    began = time.monotonic()
    large = Message(MESSAGE.sender, MESSAGE.recipient, b"Subject: x\r\n\r\n" + b"long words\r\n" * 1_000_000)
    outcome = patient.send(large)
    assert (outcome.result, outcome.stage) == (Result.DEFERRED, Stage.CONTENT)
    assert time.monotonic() - began < 15
    patient.close()
