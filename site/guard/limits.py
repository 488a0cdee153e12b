"""How often one mailbox or one network may ask: exact, and the same for all processes."""

import ipaddress
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from guard.addresses import fingerprint, without_tag
from guard.models import Turn

Limits = Sequence[tuple[timedelta, int]]

CONFIRM_LETTERS: Limits = ((timedelta(minutes=10), 1), (timedelta(hours=24), 3))
REMINDER_LETTERS: Limits = ((timedelta(hours=24), 1),)
EBOOK_LETTERS: Limits = ((timedelta(minutes=10), 1), (timedelta(hours=24), 3))
SIGN_UPS_OF_A_NETWORK: Limits = ((timedelta(hours=1), 10), (timedelta(hours=24), 50))
_KEPT_FOR = timedelta(hours=24)


def take_mailbox_turn(kind: str, mailbox: str, limits: Limits) -> bool:
    """Whether one more letter of this kind may go to the inbox behind the mailbox; counts it if so."""
    return take_turn(f"{kind}:{without_tag(mailbox)}", limits)


def take_network_turn(address: str, *, kind: str = "network", limits: Limits = SIGN_UPS_OF_A_NETWORK) -> bool:
    """Whether this network may do that (sign somebody up, if not said otherwise) now; counts it if so.

    IPv6 counts by /64.

    An address that is not public is a proxy's or a laptop's: it says nothing about who is behind it, and may pass.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return True
    if not ip.is_global:
        return True
    network = ipaddress.ip_network(f"{ip}/{64 if ip.version == 6 else 32}", strict=False)  # noqa: PLR2004
    return take_turn(f"{kind}:{network}", limits)


@transaction.atomic
def take_turn(key: str, limits: Limits) -> bool:
    """Whether one more of what `key` names may happen now; counts it if so.

    One row a key, locked while it is counted, so that two requests at once cannot both be the last.
    """
    now = timezone.now()
    Turn.objects.filter(last_at__lt=now - _KEPT_FOR).delete()
    turn, _ = Turn.objects.get_or_create(key=fingerprint(key))
    turn = Turn.objects.select_for_update().get(pk=turn.pk)
    moments = [m for m in turn.moments if m > (now - _KEPT_FOR).timestamp()]
    for window, most in limits:
        if sum(m > (now - window).timestamp() for m in moments) >= most:
            return False
    turn.moments = [*moments, now.timestamp()]
    turn.last_at = now
    turn.save(update_fields=["moments", "last_at"])
    return True
