"""Reading mail that came back: delivery reports (RFC 3464) and spam reports (RFC 5965), and nothing else.

An answering machine, a challenge, a notice of delay or a bounce in free text is None: only the machine-readable parts
of a report are believed, and what mail it is about is said by our own signed names in the mail that it quotes.
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
_COMPLAINTS = {"abuse", "fraud", "opt-out", "opt-out-list"}
_UNSUBSCRIBE = re.compile(r"/unsubscribe/([\w.-]{10,200})")
# The mildest first: of several reports about one mail, the mildest counts.
_MILDEST_FIRST = list(MailEvent.Kind)


@dataclass(frozen=True)
class ReturnedMail:
    """What a report says, and by which of our names the mail that it is about can be found."""

    kind: MailEvent.Kind
    message_id: str
    unsubscribe_token: str
    status: str = ""
    diagnostic: str = ""


def read_returned_mail(raw: bytes) -> ReturnedMail | None:
    """The report in a raw message, or None if it holds none that asks for anything. Never raises, whatever comes."""
    try:
        mail = message_from_bytes(raw[:MOST_BYTES])
        return _read(mail) if mail.get_content_type() == "multipart/report" else None
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None  # the standard library's parser gave up on it


def _read(mail: Message) -> ReturnedMail | None:
    parts = _parts(mail)
    verdicts = [verdict for part in parts for verdict in _read_part(part)]
    if not verdicts:
        return None
    kind, status, diagnostic = min(verdicts, key=lambda verdict: _MILDEST_FIRST.index(verdict[0]))
    original = next((found for part in parts if (found := _original(part)) is not None), None)
    if original is None:
        return None
    token = _UNSUBSCRIBE.search(_field(original, "List-Unsubscribe"))
    return ReturnedMail(kind, _field(original, "Message-ID"), token[1] if token else "", status, diagnostic)


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
