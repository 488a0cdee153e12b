"""Hands messages to the mail server of Django's EMAIL_* settings, over a connection that is kept."""

import contextlib
import logging
import smtplib
import socket
import ssl
from collections.abc import Callable
from typing import NoReturn

from django.conf import settings
from django.core.mail.utils import DNS_NAME

from letters.headers import one_line
from newsletter.senders import CLOSING, Message, Outcome, Result, Stage

log = logging.getLogger(__name__)

# RFC 5321, 4.5.3.2.6: giving up earlier on the reply after the final dot makes multiple copies.
LAST_REPLY_SECONDS = 600
GO_AHEAD = 354
# Perhaps a part of an envelope left: no message can follow it on that connection, and none has this envelope.
_HALF_AN_ENVELOPE = "?"


class _ConversationError(Exception):
    """The conversation about this message is over."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reply)
        self.outcome = outcome


class MailSender:
    """SMTP, one message a transaction, one connection for as long as the server keeps it.

    Where the server offers PIPELINING (RFC 2920) the envelope goes in one write, and that of the likely next message
    right behind the final dot of this one: one round trip a message. No content leaves before it is asked to.
    """

    def __init__(self, *, last_reply_seconds: float = LAST_REPLY_SECONDS) -> None:
        self._last_reply_seconds = last_reply_seconds
        self._client: smtplib.SMTP | None = None
        self._announced = ""  # the envelope that went ahead, whose replies are not read yet

    def send(self, message: Message, *, upcoming: Message | None = None) -> Outcome:
        """Hand one message over. A kept connection that the server closed meanwhile is opened again without a word."""
        try:
            client = self._begin_somewhere(message)
            self._name_recipient(client, message)
            return self._pass_content(client, message, upcoming)
        except _ConversationError as failure:
            return failure.outcome

    def _begin_somewhere(self, message: Message) -> smtplib.SMTP:
        if self._announced and self._announced != _envelope(message):
            self._drop()  # it went ahead for somebody who is not mailed after all; there is no way back in DATA
        if self._client is None:
            client = self._open()
            self._begin(client, message)
            return client
        client = self._client
        try:
            self._begin(client, message)
        except _ConversationError as failure:
            if not _is_gone(failure.outcome):
                raise
            client = self._open()
            self._begin(client, message)
        return client

    def close(self) -> None:
        """QUIT, without waiting long for the answer."""
        if self._announced:
            self._drop()  # the server waits for content: QUIT would be taken for some
        client, self._client = self._client, None
        if client is None:
            return
        with contextlib.suppress(OSError, smtplib.SMTPException):
            if client.sock:
                client.sock.settimeout(2)
            client.quit()
        client.close()

    def _open(self) -> smtplib.SMTP:
        self._drop()
        try:
            context = _tls_context()
            client = self._connect(context)
            self._client = client
            client.ehlo_or_helo_if_needed()
            if settings.EMAIL_USE_TLS:
                client.starttls(context=context)
                client.ehlo()
            if settings.EMAIL_HOST_USER and settings.EMAIL_HOST_PASSWORD:
                client.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        except smtplib.SMTPResponseException as error:
            self._fail(Stage.CONNECTION, error.smtp_code, error.smtp_error, drop=True)
        except (OSError, smtplib.SMTPException, ValueError) as error:
            self._fail(Stage.CONNECTION, None, _words(error), drop=True)
        return client

    def _connect(self, context: ssl.SSLContext | None) -> smtplib.SMTP:
        where = (settings.EMAIL_HOST, settings.EMAIL_PORT)
        options = {"local_hostname": DNS_NAME.get_fqdn(), "timeout": settings.EMAIL_TIMEOUT or 30}
        if settings.EMAIL_USE_SSL:
            return smtplib.SMTP_SSL(*where, context=context, **options)
        return smtplib.SMTP(*where, **options)

    def _begin(self, client: smtplib.SMTP, message: Message) -> None:
        """MAIL; with pipelining the whole envelope, if it did not go ahead already."""
        if not _can_pipeline(client):
            code, reply = self._ask(Stage.SENDER, lambda: client.mail(message.sender))
        else:
            if not self._announced:
                self._announce(client, message)
            code, reply = self._ask(Stage.SENDER, client.getreply)
        if not _is_yes(code):
            # Whatever the reason, a fresh connection is the likeliest cure.
            self._fail(Stage.SENDER, code, reply, drop=True)

    def _announce(self, client: smtplib.SMTP, message: Message) -> None:
        envelope = _envelope(message)
        try:
            client.send(envelope)
        except (OSError, smtplib.SMTPException) as error:
            self._fail(Stage.SENDER, None, _words(error), drop=True)
        self._announced = envelope

    def _name_recipient(self, client: smtplib.SMTP, message: Message) -> None:
        """RCPT and DATA: the server waits for the content, or it said why not."""
        stage = Stage.RECIPIENT
        if self._announced:
            code, reply = self._ask(Stage.RECIPIENT, client.getreply)
            data_code, data_reply = self._ask(Stage.CONTENT, client.getreply)
            self._announced = ""
            if not _is_yes(code) and data_code == GO_AHEAD:
                self._end_empty_content(client)
        else:
            code, reply = self._ask(Stage.RECIPIENT, lambda: client.rcpt(message.recipient))
            if _is_yes(code):
                data_code, data_reply = self._ask(Stage.CONTENT, lambda: client.docmd("DATA"))
        if _is_yes(code):
            if data_code == GO_AHEAD:
                return
            stage, code, reply = Stage.CONTENT, data_code, data_reply
        self._reset_after(client, code)
        self._fail(stage, code, reply)

    def _end_empty_content(self, client: smtplib.SMTP) -> None:
        """The server asked for content though it refused the only reader: give it none (RFC 2920, 3.1)."""
        code, _ = self._ask(Stage.RECIPIENT, lambda: client.docmd("."))
        if _is_yes(code):
            log.warning("The mail server accepted an empty message to nobody")

    def _pass_content(self, client: smtplib.SMTP, message: Message, upcoming: Message | None) -> Outcome:
        # One write ends with the final dot: when it raises, the dot was not accepted by our own kernel either.
        try:
            client.send(_with_dots(message.content) + b".\r\n")
        except (OSError, smtplib.SMTPException) as error:
            self._fail(Stage.CONTENT, None, _words(error), drop=True)
        if upcoming is not None and _can_pipeline(client):
            self._announce_ahead(client, upcoming)
        try:
            if client.sock:
                client.sock.settimeout(self._last_reply_seconds)
            code, reply = client.getreply()
            if client.sock:
                client.sock.settimeout(settings.EMAIL_TIMEOUT or 30)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Outcome(Result.UNKNOWN, Stage.CONTENT, None, _words(error))
        return self._read_last(code, reply)

    def _announce_ahead(self, client: smtplib.SMTP, upcoming: Message) -> None:
        """A write of its own, and a failed one is passed over: the answer about this message may still be read."""
        envelope = _envelope(upcoming)
        self._announced = _HALF_AN_ENVELOPE
        with contextlib.suppress(OSError):
            # Not through the client: it closes itself when a write fails, and the answer could not be read any more.
            client.sock.sendall(envelope.encode("ascii"))  # type: ignore[union-attr]
            self._announced = envelope

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

    def _ask(self, stage: Stage, command: Callable[[], tuple[int, bytes]]) -> tuple[int, bytes]:
        """Run one command; a connection that breaks here leaves the message with us."""
        try:
            code, reply = command()
        except (OSError, smtplib.SMTPException, ValueError) as error:
            self._fail(stage, None, _words(error), drop=True)
        return code, reply

    def _reset_after(self, client: smtplib.SMTP, code: int) -> None:
        if code == CLOSING:
            self._drop()
            return
        try:
            answer, _ = client.rset()
        except (OSError, smtplib.SMTPException):
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
        self._announced = ""
        client, self._client = self._client, None
        if client is not None:
            client.close()


def _tls_context() -> ssl.SSLContext | None:
    """Certificates are checked, and names with them. None without TLS: reading all the roots costs more than a mail."""
    if not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL):
        return None
    context = ssl.create_default_context()
    if settings.EMAIL_SSL_CERTFILE or settings.EMAIL_SSL_KEYFILE:
        context.load_cert_chain(settings.EMAIL_SSL_CERTFILE or "", settings.EMAIL_SSL_KEYFILE)
    return context


def _envelope(message: Message) -> str:
    """MAIL, RCPT and DATA in one write; the addresses are plain ASCII without line ends (`composing`)."""
    return f"MAIL FROM:<{message.sender}>\r\nRCPT TO:<{message.recipient}>\r\nDATA\r\n"


def _can_pipeline(client: smtplib.SMTP) -> bool:
    return "pipelining" in client.esmtp_features


def _with_dots(content: bytes) -> bytes:
    """RFC 5321, 4.5.2: a line that begins with a dot gets a second one."""
    if content.startswith(b"."):
        content = b"." + content
    if b"\r\n." in content:  # seldom; looking is much cheaper than replacing
        content = content.replace(b"\r\n.", b"\r\n..")
    return content if content.endswith(b"\r\n") else content + b"\r\n"


def _is_yes(code: int) -> bool:
    return 200 <= code < 300  # noqa: PLR2004


def _is_gone(outcome: Outcome) -> bool:
    return outcome.code is None or outcome.code == CLOSING


def _refusal(code: int | None) -> Result:
    return Result.REFUSED if code is not None and 500 <= code < 600 else Result.DEFERRED  # noqa: PLR2004


def _words(reply: object) -> str:
    if isinstance(reply, bytes):
        reply = reply.decode("utf-8", "replace")
    if isinstance(reply, socket.timeout):
        reply = "the mail server did not answer in time"
    if isinstance(reply, BaseException):
        reply = f"{type(reply).__name__}: {reply}"
    return one_line(str(reply))[:250]
