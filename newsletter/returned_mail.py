"""Reading mail that came back: delivery reports (RFC 3464), spam reports (RFC 5965), and refusals in plain words.

An answering machine, a challenge or a notice of delay is None. What mail a report is about is said by our own signed
names alone: the return path that it came to, or what stands in the mail that it quotes. Plain words are read only where
they came to a return path, and never say more than that a mail came back, perhaps for now.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.errors import MessageError
from email.message import Message

from newsletter.bounce_rules import find_status, judge_refusal, status_of_reply
from newsletter.models import MailEvent

MOST_BYTES = 1_000_000  # a report comes first in its mail; what follows is the mail it is about
MOST_PARTS = 20
MOST_WORDS = 4_000  # a refusal says so at its beginning
RETURN_PATH = "bounce+"
_CAME_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
_MACHINE = re.compile(r"mailer-daemon|postmaster|mail delivery", re.IGNORECASE)
_REFUSAL = re.compile(
    r"[^\n]*(?:permanent(?:ly)? (?:error|failed|failure)|could not be delivered|undeliverable|delivery failed"
    r"|(?:no such|unknown|invalid) (?:user|mailbox|recipient)|(?:user|mailbox|recipient|address) (?:is )?"
    r"(?:unknown|unavailable|rejected|full)|does not exist|quota exceeded)[^\n]*",
    re.IGNORECASE,
)
_DELAY = re.compile(
    r"delayed|will (?:be retried|keep trying|retry)|not a permanent|warning message only", re.IGNORECASE
)
_COMPLAINTS = {"abuse", "fraud", "opt-out", "opt-out-list"}
_UNSUBSCRIBE = re.compile(r"/unsubscribe/([\w.-]{10,200})")
# The mildest first: of several reports about one mail, the mildest counts.
_MILDEST_FIRST = list(MailEvent.Kind)


@dataclass(frozen=True)
class ReturnedMail:
    """What a report says, and by which of our names the mail that it is about can be found.

    `came_to` holds the addresses that it was sent to.
    """

    kind: MailEvent.Kind
    came_to: str
    message_id: str = ""
    unsubscribe_token: str = ""
    status: str = ""
    diagnostic: str = ""


def read_returned_mail(raw: bytes) -> ReturnedMail | None:
    """The report in a raw message, or None if it holds none that asks for anything. Never raises, whatever comes."""
    try:
        mail = message_from_bytes(raw[:MOST_BYTES])
        return _read(mail) if mail.get_content_type() == "multipart/report" else _read_words(mail)
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None  # the standard library's parser gave up on it


def _read(mail: Message) -> ReturnedMail | None:
    parts = _parts(mail)
    verdicts = [verdict for part in parts for verdict in _read_part(part)]
    if not verdicts:
        return None
    kind, status, diagnostic = min(verdicts, key=lambda verdict: _MILDEST_FIRST.index(verdict[0]))
    original = next((found for part in parts if (found := _original(part)) is not None), None)
    came_to = _came_to(mail)
    if original is None:
        is_ours = RETURN_PATH in came_to.lower()
        return ReturnedMail(kind, came_to, status=status, diagnostic=diagnostic) if is_ours else None
    token = _UNSUBSCRIBE.search(_field(original, "List-Unsubscribe"))
    name = _field(original, "Message-ID")
    return ReturnedMail(kind, came_to, name, token[1] if token else "", status, diagnostic)


def _read_words(mail: Message) -> ReturnedMail | None:
    """A refusal in plain words, as old mail servers write it."""
    came_to = _came_to(mail)
    is_answer = _field(mail, "Auto-Submitted").lower().startswith("auto-replied")
    if is_answer or RETURN_PATH not in came_to.lower() or not _MACHINE.search(_field(mail, "From")):
        return None
    text = next((part for part in mail.walk() if part.get_content_type() == "text/plain"), None)
    decoded = text.get_payload(decode=True) if text is not None else None
    words = decoded[:MOST_WORDS].decode("utf-8", "replace") if isinstance(decoded, bytes) else ""
    if _DELAY.search(words) or not (found := _REFUSAL.search(words)):
        return None
    return ReturnedMail(MailEvent.Kind.SOFT, came_to, diagnostic=found[0])


def _came_to(mail: Message) -> str:
    return " ".join(_field(mail, name) for name in _CAME_TO)


def _read_part(part: Message) -> Iterator[tuple[MailEvent.Kind, str, str]]:
    """Kind, status and words of each verdict in one part."""
    kind, blocks = part.get_content_type(), _parts(part)
    if kind in {"message/delivery-status", "message/global-delivery-status"}:
        for block in blocks:
            yield from _read_recipient(block)
    elif kind == "message/feedback-report":
        for block in blocks[:1]:
            if _field(block, "Feedback-Type").lower() in _COMPLAINTS:
                yield MailEvent.Kind.COMPLAINT, "", f"reported as {_field(block, 'Feedback-Type').lower()}"


def _read_recipient(block: Message) -> Iterator[tuple[MailEvent.Kind, str, str]]:
    """RFC 3464, 2.3: `delayed`, `relayed` and `expanded` ask for nothing."""
    action = _field(block, "Action").lower().split(" ")[0]
    words = _field(block, "Diagnostic-Code")
    status = find_status(_field(block, "Status"))
    if action == "delivered":
        yield MailEvent.Kind.DELIVERED, status, words
    elif action == "failed":
        yield judge_refusal(status, status_of_reply(words), words=words), status, words


def _original(part: Message) -> Message | None:
    """The head of the mail that a report is about."""
    kind, inner = part.get_content_type(), _parts(part)
    if kind in {"message/rfc822", "message/rfc822-headers", "message/global", "message/global-headers"} and inner:
        return inner[0]
    decoded = part.get_payload(decode=True) if kind == "text/rfc822-headers" else None
    return message_from_string(decoded.decode("utf-8", "replace")) if isinstance(decoded, bytes) else None


def _parts(message: Message) -> list[Message]:
    inside = message.get_payload()
    return [part for part in inside[:MOST_PARTS] if isinstance(part, Message)] if isinstance(inside, list) else []


def _field(block: Message, name: str) -> str:
    """A header on one line; empty if it is not there."""
    return " ".join(str(block.get(name, "")).split())
