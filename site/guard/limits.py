"""How often one mailbox or one network may ask: exact, and the same for all processes."""

import ipaddress
import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from guard.addresses import fingerprint, without_tag
from guard.models import Turn

Limits = Sequence[tuple[timedelta, int]]

# Of all kinds together that a stranger can set off by typing an address: to confirm, to one's own page, to leave …
LETTERS: Limits = ((timedelta(hours=24), 3),)
LETTERS_OF_A_KIND: Limits = ((timedelta(minutes=10), 1),)
REMINDER_LETTERS: Limits = ((timedelta(hours=24), 1),)
EBOOK_LETTERS: Limits = ((timedelta(minutes=10), 1), (timedelta(hours=24), 3))
SIGN_UPS_OF_A_NETWORK: Limits = ((timedelta(hours=1), 10), (timedelta(hours=24), 50))
_KEPT_FOR = timedelta(hours=24)
_FORGOTTEN_AT_ONCE = 1000


def take_mailbox_turn(kind: str, mailbox: str, limits: Limits) -> bool:
    """Whether one more letter of this kind may go to the inbox behind the mailbox; counts it if so."""
    return take_turn(_mailbox_key(kind, mailbox), limits)


def take_letter_turn(mailbox: str, *, kind: str) -> bool:
    """Whether one more letter of this kind may go to that inbox because somebody typed its address; counts it if so.

    All forms count the day's letters in the same place, so that no number of forms makes more of them; ten minutes
    apart are those of one kind alone, or who has just proven an address could ask for nothing else. Whoever calls it
    must answer the same whatever it says.
    """
    if mailbox_wait(kind, mailbox, LETTERS_OF_A_KIND):
        return False
    return take_mailbox_turn("letter", mailbox, LETTERS) and take_mailbox_turn(kind, mailbox, LETTERS_OF_A_KIND)


def mailbox_wait(kind: str, mailbox: str, limits: Limits) -> int:
    """Seconds until `take_mailbox_turn` would say yes; 0: now."""
    return turn_wait(_mailbox_key(kind, mailbox), limits)


def take_network_turn(address: str, *, kind: str = "network", limits: Limits = SIGN_UPS_OF_A_NETWORK) -> bool:
    """Whether this network may do that (sign somebody up, if not said otherwise) now; counts it if so.

    An address that is not public is a proxy's or a laptop's: it says nothing about who is behind it, and may pass.
    """
    network = network_of(address)
    return not network or take_turn(f"{kind}:{network}", limits)


def network_wait(address: str, *, kind: str, limits: Limits) -> int:
    """Seconds until `take_network_turn` would say yes; 0: now."""
    network = network_of(address)
    return turn_wait(f"{kind}:{network}", limits) if network else 0


def network_of(address: str) -> str:
    """What counts as one network: an address of IPv4, a /64 of IPv6; empty for one that is not public, or none."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    ip = getattr(ip, "ipv4_mapped", None) or ip
    if not ip.is_global:
        return ""
    return str(ipaddress.ip_network(f"{ip}/{64 if ip.version == 6 else 32}", strict=False))  # noqa: PLR2004


@transaction.atomic
def take_turn(key: str, limits: Limits) -> bool:
    """Whether one more of what `key` names may happen now; counts it if so.

    One row a key, locked while it is counted, so that two requests at once cannot both be the last.
    """
    now = timezone.now()
    turn, _ = Turn.objects.get_or_create(key=fingerprint(key))
    turn = Turn.objects.select_for_update().get(pk=turn.pk)
    if _wait(turn.moments, limits, now):
        return False
    since = (now - max(window for window, _ in limits)).timestamp()
    turn.moments = [*(moment for moment in turn.moments if moment > since), now.timestamp()]
    turn.last_at = now
    turn.save(update_fields=["moments", "last_at"])
    return True


def turn_wait(key: str, limits: Limits) -> int:
    """Seconds until `take_turn` would say yes; 0: now. Counts nothing and locks nothing."""
    moments = Turn.objects.filter(key=fingerprint(key)).values_list("moments", flat=True).first()
    return _wait(moments or [], limits, timezone.now())


def last_turn(key: str) -> datetime | None:
    """When `take_turn` last said yes for that key, unless that is forgotten."""
    return Turn.objects.filter(key=fingerprint(key)).values_list("last_at", flat=True).first()


def forget_old_turns() -> int:
    """Delete rows that count for no limit any more, some at a time; returns how many."""
    old = Turn.objects.filter(last_at__lt=timezone.now() - _KEPT_FOR)
    deleted = 0
    while keys := list(old.values_list("pk", flat=True)[:_FORGOTTEN_AT_ONCE]):
        deleted += old.filter(pk__in=keys).delete()[0]
    return deleted


def _mailbox_key(kind: str, mailbox: str) -> str:
    return f"{kind}:{without_tag(mailbox)}"


def _wait(moments: Sequence[float], limits: Limits, now: datetime) -> int:
    """Until the moment that is one too many has left its window, for each window; whole seconds, at least 1 or 0."""
    waits = [0.0]
    for window, most in limits:
        inside = sorted(moment for moment in moments if moment > (now - window).timestamp())
        if len(inside) >= most:
            waits.append(inside[-most] + window.total_seconds() - now.timestamp())
    return math.ceil(max(waits))
