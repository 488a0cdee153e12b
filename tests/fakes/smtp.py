"""An SMTP server on loopback that keeps what it accepts, and can be told to misbehave."""

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


def free_port() -> int:
    """A port on loopback that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Sink:
    """`recipients` counts every accepted message by address; `messages` are the parsed mails in order.

    `answer` may be set to a function (address, verb) -> reply or None; verb is "RCPT" or "DATA". A reply that is not
    None is sent instead of 250, and the message does not count as accepted.
    """

    host = "127.0.0.1"

    def __init__(self, *, delay: float = 0.0) -> None:
        self.recipients: Counter[str] = Counter()
        self.raw: list[bytes] = []
        self.answer: Callable[[str, str], str | None] = lambda _address, _verb: None
        self.on_envelope: Callable[[str], None] = lambda _sender: None  # told the envelope's sender of what it accepts
        self.delay = delay
        self._lock = threading.Lock()
        self.port = free_port()
        self._controller = Controller(self, hostname=self.host, port=self.port, decode_data=False)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def messages(self) -> list[EmailMessage]:
        """Every accepted mail, parsed."""
        return [message_from_bytes(raw, policy=policy.default) for raw in self.raw]

    def to(self, address: str) -> list[EmailMessage]:
        """The mails that were accepted for one address."""
        return [m for m in self.messages if address in str(m["To"])]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if reply := self.answer(address, "RCPT"):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.delay:
            time.sleep(self.delay)
        for address in envelope.rcpt_tos:
            if reply := self.answer(address, "DATA"):
                return reply
        self.on_envelope(envelope.mail_from or "")
        with self._lock:
            self.recipients.update(envelope.rcpt_tos)
            self.raw.append(bytes(envelope.content or b""))
        return "250 OK"

    def wait_for(self, number: int, *, seconds: float = 120) -> None:
        """Return when so many messages were accepted; AssertionError after the time given."""
        wait_until(lambda: len(self.raw) >= number, seconds=seconds, what=lambda: f"{len(self.raw)} of {number} mails")


def wait_until(true: Callable[[], Any], *, seconds: float = 120, what: Callable[[], str] | str = "it") -> None:
    """Return when `true()` is, AssertionError after the time given."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s in vain: {what() if callable(what) else what}")
        time.sleep(0.05)
