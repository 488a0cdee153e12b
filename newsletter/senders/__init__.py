"""The ways by which an issue's messages leave: one port, one file a vendor."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, runtime_checkable

from django.conf import settings
from django.utils.module_loading import import_string

CLOSING = 421  # "I close the line": the server restarts, or has enough of us (RFC 5321, 3.8)


class Result(Enum):
    """What became of one message."""

    HANDED_OVER = "handed over"
    DEFERRED = "deferred"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Stage(Enum):
    """How far the conversation had come when it ended."""

    CONNECTION = "connection"  # connecting, greeting, TLS, log-in
    SENDER = "sender"  # MAIL
    RECIPIENT = "recipient"  # RCPT
    CONTENT = "content"  # DATA and the message
    COMPOSING = "composing"  # it never reached a mail server


@dataclass(frozen=True)
class Message:
    """One mail to one reader: `content` is the whole MIME message, 7-bit, with CRLF line ends."""

    sender: str
    recipient: str
    content: bytes


@dataclass(frozen=True)
class Pattern:
    """An issue as a provider of mail gets it once a call: words with marks (`composing`), headers as they stand."""

    sender: str
    reply_to: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    tag: str


@dataclass(frozen=True)
class Personal:
    """What is one reader's own in it. `words` by mark, not escaped; `told` is what the provider says in its news."""

    recipient: str
    told: str
    headers: dict[str, str]
    words: dict[str, str]


@dataclass(frozen=True)
class Outcome:
    """What the mail server said. `code` is its reply code, None where there was no reply."""

    result: Result
    stage: Stage = Stage.CONTENT
    code: int | None = None
    reply: str = ""

    @property
    def is_ours(self) -> bool:
        """Whether the fault is the connection's or the sender's: no reader is to be marked for it."""
        return self.result is not Result.HANDED_OVER and self.stage in {Stage.CONNECTION, Stage.SENDER}


class Sender(Protocol):
    """One way out, used by one thread; opens itself at the first message and again after a fault.

    `send` never raises for what a mail server or a network does: it is an Outcome.
    """

    def send(self, message: Message, *, upcoming: Message | None = None) -> Outcome:
        """Hand one message over. `upcoming` is likely to be next: its envelope may go ahead, never its content."""

    def close(self) -> None:
        """End the conversation politely; harmless when there is none."""


class TalkingSender(Sender, Protocol):
    """A sender that need not be waited for: one thread can serve many of them, each with one message under way."""

    deadline: float  # time.monotonic: then `go_on` without having heard anything

    @property
    def is_open(self) -> bool:
        """Whether there is a connection on which messages can be handed over."""

    def begin(self, message: Message, *, upcoming: Message | None = None) -> Outcome | None:
        """As `send`, as far as it goes without waiting; None: it goes on when there is something to hear."""

    def go_on(self) -> Outcome | None:
        """Take in what has come, or that nothing came in time; the outcome when there is one."""

    def waits_for(self) -> tuple[int, int]:
        """A file descriptor, and the events of `select.poll`."""


@runtime_checkable
class BatchSender(Sender, Protocol):
    """A sender that takes up to `most` readers in one call; of a call without a clear answer all are unknown.

    Nobody may be sent to again by itself after that: `holds_unknown`.
    """

    most: int
    holds_unknown: bool

    def send_batch(self, pattern: Pattern, readers: Sequence[Personal]) -> list[Outcome]:
        """Hand the issue over to these readers, no address twice; one outcome for each, in their order."""


def holds_unknown(backend: str) -> bool:
    """Whether a sender of this kind must not repeat by itself what is in doubt. One that is gone does."""
    try:
        return bool(getattr(find_kind(backend), "holds_unknown", False))
    except ImportError:
        return True


def find_kind(backend: str = "") -> Callable[[], Sender]:
    """The kind of sender at this dotted path, by default that of NEWSLETTER_SENDER. Raises ImportError: it is gone."""
    kind: Callable[[], Sender] = import_string(backend or settings.NEWSLETTER_SENDER)
    return kind


def open_sender(backend: str = "") -> Sender:
    """A new sender of that kind."""
    return find_kind(backend)()
