"""Hands messages to the mail server of Django's EMAIL_* settings, over a connection that is kept."""

import logging
import math
import select
import time
from collections.abc import Generator
from typing import NoReturn, TypeVar, cast

from django.conf import settings

from letters.headers import one_line
from newsletter.senders import CLOSING, Message, Outcome, Result, Stage
from newsletter.senders.smtp_line import Line, Opening, Reply, hear_last, with_dots
from newsletter.senders.smtp_opening import open_line

log = logging.getLogger(__name__)

# RFC 5321, 4.5.3.2.6: giving up earlier on the reply after the final dot makes multiple copies.
LAST_REPLY_SECONDS = 600
GOODBYE_SECONDS = 2
OPENING_STEPS = 10  # from the name to the log-in, each with EMAIL_TIMEOUT
GO_AHEAD = 354
# Perhaps a part of an envelope left: no message can follow it on that connection, and none has this envelope.
_HALF_AN_ENVELOPE = b"?"
_T = TypeVar("_T")
_FAULTS = (OSError, ValueError)  # of a line; smtplib's errors are OSErrors

# A part of a conversation: it yields how many seconds it waits for a reply, which is sent in, or the fault is thrown.
Talk = Generator[float, Reply, _T]


class _ConversationError(Exception):
    """The conversation about this message is over."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reply)
        self.outcome = outcome


class MailSender:
    """SMTP, one message a transaction, one connection for as long as the server keeps it.

    Where the server offers PIPELINING (RFC 2920) the envelope goes in one write, and that of the likely next message
    right behind the final dot of this one: one round trip a message. No content leaves before it is asked to.
    `send` waits; `begin` and `go_on` do not, so that one thread can talk to the server over many connections.
    """

    def __init__(self, *, last_reply_seconds: float = LAST_REPLY_SECONDS) -> None:
        self._last_reply_seconds = last_reply_seconds
        self._line: Line | None = None
        self._opening: Opening | None = None
        self._talk: Talk[Outcome] | None = None
        self.deadline = math.inf
        self._announced = b""  # the envelope that went ahead, whose replies are not read yet

    def send(self, message: Message, *, upcoming: Message | None = None) -> Outcome:
        """Hand one message over. A kept connection that the server closed meanwhile is opened again without a word."""
        outcome = self.begin(message, upcoming=upcoming)
        while outcome is None:
            waiting = select.poll()
            waiting.register(*self.waits_for())
            left = self.deadline - time.monotonic()
            waiting.poll(None if math.isinf(left) else max(0, math.ceil(left * 1000)))
            outcome = self.go_on()
        return outcome

    def begin(self, message: Message, *, upcoming: Message | None = None) -> Outcome | None:
        """The same as far as it goes without waiting; None: `go_on` when there is something to hear."""
        self._talk = self._hand_over(message, upcoming)
        try:
            self._wait(next(self._talk))
        except StopIteration as end:
            self._talk = None
            return cast("Outcome", end.value)
        return self.go_on()

    def go_on(self) -> Outcome | None:
        """Take in what has come, or that the time is over; the outcome when there is one."""
        talk = self._talk
        if talk is None:
            raise RuntimeError("no message is under way")
        try:
            while True:
                try:
                    reply = self._hear()
                except _FAULTS as fault:
                    self._wait(talk.throw(fault))
                else:
                    if reply is None:
                        return None
                    self._wait(talk.send(reply))
        except StopIteration as end:
            self._talk = None
            return cast("Outcome", end.value)

    @property
    def is_open(self) -> bool:
        """Whether there is a connection on which messages can be handed over."""
        return self._line is not None

    def waits_for(self) -> tuple[int, int]:
        """The file descriptor, and the events of `select.poll` that `go_on` waits for."""
        heard = self._opening or self._line
        if heard is None:
            raise RuntimeError("no message is under way")
        return heard.fileno(), heard.events

    def close(self) -> None:
        """QUIT, without waiting long for the answer."""
        if self._talk or self._announced:
            self._drop()  # the server waits for content: QUIT would be taken for some
        line, self._line = self._line, None
        if line is not None:
            line.quit(seconds=GOODBYE_SECONDS)

    def _wait(self, seconds: float) -> None:
        self.deadline = time.monotonic() + seconds

    def _hear(self) -> Reply | None:
        heard = self._opening or self._line
        reply = heard.reply() if heard else None
        if reply is None and time.monotonic() >= self.deadline:
            raise TimeoutError("the mail server did not answer in time")
        return reply

    def _hand_over(self, message: Message, upcoming: Message | None) -> Talk[Outcome]:
        try:
            line = yield from self._begin_somewhere(message)
            yield from self._name_recipient(line, message)
            return (yield from self._pass_content(line, message, upcoming))
        except _ConversationError as failure:
            return failure.outcome

    def _begin_somewhere(self, message: Message) -> Talk[Line]:
        if self._announced and self._announced != _envelope(message):
            self._drop()  # it went ahead for somebody who is not mailed after all; there is no way back in DATA
        if self._line is not None:
            try:
                yield from self._begin(self._line, message)
            except _ConversationError as failure:
                if not _is_gone(failure.outcome):
                    raise
            else:
                return self._line
        line = yield from self._open()
        yield from self._begin(line, message)
        return line

    def _open(self) -> Talk[Line]:
        self._drop()
        self._opening = opening = Opening(open_line)
        try:
            # Its steps have time-outs of their own, which a server that drips never meets.
            yield from self._ask(Stage.CONNECTION, OPENING_STEPS * (settings.EMAIL_TIMEOUT or 30))
        finally:
            opening.close()
            self._opening = None
        self._line = opening.line
        if self._line is None:
            raise RuntimeError("a line that is open is not there")
        return self._line

    def _begin(self, line: Line, message: Message) -> Talk[None]:
        """MAIL; with pipelining the whole envelope, if it did not go ahead already."""
        if not line.can_pipeline:
            code, reply = yield from self._command(line, Stage.SENDER, b"MAIL FROM:<%s>", message.sender)
        else:
            if not self._announced:
                self._tell(line, Stage.SENDER, _envelope(message))
                self._announced = _envelope(message)
            code, reply = yield from self._ask(Stage.SENDER)
        if not _is_yes(code):
            # Whatever the reason, a fresh connection is the likeliest cure.
            self._fail(Stage.SENDER, code, reply, drop=True)

    def _name_recipient(self, line: Line, message: Message) -> Talk[None]:
        """RCPT and DATA: the server waits for the content, or it said why not."""
        stage = Stage.RECIPIENT
        if self._announced:
            code, reply = yield from self._ask(Stage.RECIPIENT)
            data_code, data_reply = yield from self._ask(Stage.CONTENT)
            self._announced = b""
            if not _is_yes(code) and data_code == GO_AHEAD:
                yield from self._end_empty_content(line)
        else:
            code, reply = yield from self._command(line, Stage.RECIPIENT, b"RCPT TO:<%s>", message.recipient)
            if _is_yes(code):
                data_code, data_reply = yield from self._command(line, Stage.CONTENT, b"DATA")
        if _is_yes(code):
            if data_code == GO_AHEAD:
                return
            stage, code, reply = Stage.CONTENT, data_code, data_reply
        yield from self._reset_after(line, code)
        self._fail(stage, code, reply)

    def _end_empty_content(self, line: Line) -> Talk[None]:
        """The server asked for content though it refused the only reader: give it none (RFC 2920, 3.1)."""
        code, _ = yield from self._command(line, Stage.RECIPIENT, b".")
        if _is_yes(code):
            log.warning("The mail server accepted an empty message to nobody")

    def _pass_content(self, line: Line, message: Message, upcoming: Message | None) -> Talk[Outcome]:
        ahead = _envelope(upcoming) if upcoming is not None and line.can_pipeline else b""
        self._tell(line, Stage.CONTENT, with_dots(message.content) + b".\r\n", ahead=ahead)
        try:
            seconds = self._last_reply_seconds
            code, reply = yield from hear_last(line, seconds=seconds, while_reading=settings.EMAIL_TIMEOUT or 30)
        except _FAULTS as fault:
            if line.owes:  # the final dot is still here: the server cannot have accepted the message
                self._fail(Stage.CONTENT, None, _words(fault), drop=True)
            self._drop()
            return Outcome(Result.UNKNOWN, Stage.CONTENT, None, _words(fault))
        self._announced = _HALF_AN_ENVELOPE if line.is_cut else ahead
        return self._read_last(code, reply)

    def _read_last(self, code: int, reply: bytes) -> Outcome:
        words = _words(reply)
        if _is_yes(code):
            return Outcome(Result.HANDED_OVER, Stage.CONTENT, code, words)
        if not 400 <= code < 600:  # noqa: PLR2004 - accepted perhaps, only not in words that we understand
            self._drop()
            return Outcome(Result.UNKNOWN, Stage.CONTENT, None, f"not understood: {words}")
        if code == CLOSING:
            self._drop()
        return Outcome(_refusal(code), Stage.CONTENT, code, words)

    def _command(self, line: Line, stage: Stage, command: bytes, address: str | None = None) -> Talk[Reply]:
        said = command if address is None else command % address.encode("ascii")
        self._tell(line, stage, said + b"\r\n")
        return (yield from self._ask(stage))

    def _tell(self, line: Line, stage: Stage, said: bytes, *, ahead: bytes = b"") -> None:
        try:
            line.write(said, ahead=ahead)
        except _FAULTS as fault:
            self._fail(stage, None, _words(fault), drop=True)

    def _ask(self, stage: Stage, seconds: float | None = None) -> Talk[Reply]:
        """Hear the next reply; a connection that breaks here leaves the message with us."""
        try:
            return (yield settings.EMAIL_TIMEOUT or 30 if seconds is None else seconds)
        except _FAULTS as fault:
            code, words = getattr(fault, "smtp_code", None), getattr(fault, "smtp_error", None) or _words(fault)
            self._fail(stage, code, words, drop=True)

    def _reset_after(self, line: Line, code: int) -> Talk[None]:
        if code == CLOSING:
            self._drop()
            return
        try:
            line.write(b"RSET\r\n")
            answer, _ = yield settings.EMAIL_TIMEOUT or 30
        except _FAULTS:
            answer = 0
        if not _is_yes(answer):
            self._drop()

    def _fail(self, stage: Stage, code: int | None, reply: bytes | str, *, drop: bool = False) -> NoReturn:
        if drop:
            self._drop()
        if code == CLOSING:
            stage = Stage.CONNECTION  # the server shuts down or limits us: no reader's fault
        raise _ConversationError(Outcome(_refusal(code), stage, code, _words(reply)))

    def _drop(self) -> None:
        self._announced = b""
        line, self._line = self._line, None
        if line is not None:
            line.close()
        if self._opening is not None:
            self._opening.close()


def _envelope(message: Message) -> bytes:
    """MAIL, RCPT and DATA in one write; the addresses are plain ASCII without line ends (`composing`)."""
    return f"MAIL FROM:<{message.sender}>\r\nRCPT TO:<{message.recipient}>\r\nDATA\r\n".encode("ascii")


def _is_yes(code: int) -> bool:
    return 200 <= code < 300  # noqa: PLR2004


def _is_gone(outcome: Outcome) -> bool:
    return outcome.code is None or outcome.code == CLOSING


def _refusal(code: int | None) -> Result:
    return Result.REFUSED if code is not None and 500 <= code < 600 else Result.DEFERRED  # noqa: PLR2004


def _words(reply: object) -> str:
    if isinstance(reply, bytes):
        reply = reply.decode("utf-8", "replace")
    if isinstance(reply, TimeoutError):
        reply = "the mail server did not answer in time"
    if isinstance(reply, BaseException):
        reply = f"{type(reply).__name__}: {reply}"
    return one_line(str(reply))[:250]
