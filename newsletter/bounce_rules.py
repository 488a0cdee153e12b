"""What a refusal says about the reader: never more than the enhanced status of RFC 3463 does."""

import re

from letters.headers import one_line
from newsletter.models import MailEvent

Kind = MailEvent.Kind

# No such mailbox, no such host, not an address, moved away without a trace, a null MX (RFC 3463, RFC 7505).
_GONE = {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"}
# Too big a mail, a bad sender, the protocol, the content, and all of security and policy: our fault, not the reader's.
_OURS = re.compile(r"5\.3\.4|5\.1\.[78]|5\.2\.3|[45]\.5\.\d+|[45]\.6\.\d+|[45]\.7\.\d+")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")
_REPLY = re.compile(r"\s*(?:smtp;)?\s*(?:[245]\d\d[ -]\s*)?#?([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)", re.IGNORECASE)
_POLICY_WORDS = re.compile(
    r"spam|block|blacklist|reputation|policy|rate.?limit|too many|dmarc|dkim|\bspf\b|rbl|unsolicited|denied",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:]+@[^\s<>()\[\]\"',;:]+")


def find_status(words: str) -> str:
    """The enhanced status of a Status field; empty if there is none."""
    found = _STATUS.search(words)
    return found[1] if found else ""


def status_of_reply(words: str) -> str:
    """The enhanced status at the beginning of a mail server's reply; numbers further on mean something else."""
    found = _REPLY.match(words)
    return found[1] if found else ""


def judge_refusal(*statuses: str, words: str) -> MailEvent.Kind:
    """What a lasting refusal is. Of several statuses one about policy decides; of the others the most particular."""
    found = [status for status in statuses if status]
    if any(_OURS.fullmatch(status) for status in found):
        return Kind.BLOCKED
    particular = [status for status in found if not status.endswith(".0.0")]
    if particular and all(status in _GONE for status in particular):
        return Kind.HARD
    return Kind.BLOCKED if _POLICY_WORDS.search(words) else Kind.SOFT


def without_addresses(words: str) -> str:
    """A server's words for the record: on one line, without addresses, 250 characters at most."""
    printable = one_line(words.encode("utf-8", "replace").decode("utf-8"))  # PostgreSQL takes no NUL
    return _ADDRESS.sub("…", " ".join(printable.split()))[:250]
