"""Whether the machine can send at all: worker, clock, the sender's address."""

from datetime import datetime
from email.utils import parseaddr

from django.conf import settings
from django.utils import timezone
from django.utils.timesince import timesince

from guard.heartbeats import CLOCK, WORKER, is_alive, last_beats
from newsletter.checks.findings import Check, Level

# RFC 2606 and RFC 6761: nobody can own these, so nobody can answer there, and large providers refuse such a sender.
_UNREAL = ("example", "example.com", "example.net", "example.org", "localhost", "invalid", "test", "local")


def check_machine(*, later: bool) -> Check:
    """Whether a worker and its clock are at work. Without its clock nothing that is scheduled goes out."""
    beats = last_beats()
    worker, clock = beats.get(WORKER), beats.get(CLOCK)
    if is_alive(clock):
        return Check(f"The worker and its clock are at work: they last looked {_ago(clock)} ago")
    if is_alive(worker):
        words = f"The clock does not ring: {_last(clock)}. Start “celery -A config beat”, or ask whoever runs this site"
        tail = "; until then nothing that is scheduled goes out" if later else "; until then nothing is tried again"
        return Check(words + tail, Level.RED if later else Level.AMBER)
    return Check(
        f"No worker is at work: {_last(worker)}. Start “celery -A config worker” and “celery -A config beat”, or ask "
        "whoever runs this site; until then nothing goes out",
        Level.RED,
    )


def check_sender(sender: str, reply_to: str) -> Check:
    """Whether the sender's address can be real."""
    unreal = [address for address in (parseaddr(sender)[1], reply_to) if address and _is_unreal(address)]
    if not parseaddr(sender)[1]:
        return Check("There is no sender’s address: enter it on the newsletter’s page", Level.RED)
    if not unreal:
        return Check(f"Sender: {sender}")
    words = f"Nobody can write to {unreal[0]}, and providers refuse such a sender"
    if getattr(settings, "INBOX_FOLDER", None):
        return Check(f"{words}. That does no harm here: all mail stays in this computer’s mailbox", Level.NOTE)
    return Check(f"{words}. Enter a real address on the newsletter’s page", Level.RED)


def _is_unreal(address: str) -> bool:
    domain = address.rpartition("@")[2].casefold().rstrip(".")
    return "." not in domain or any(domain == one or domain.endswith(f".{one}") for one in _UNREAL)


def _last(at: datetime | None) -> str:
    return "it was never seen" if at is None else f"it was last seen {_ago(at)} ago"


def _ago(at: datetime | None) -> str:
    if at is None:
        return ""
    seconds = int((timezone.now() - at).total_seconds())
    return f"{max(seconds, 1)} seconds" if seconds < 120 else timesince(at)  # noqa: PLR2004 - two minutes
