"""What was written here lately, as the local checks need it."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from blog.models import Comment

LOOKED_BACK = timedelta(hours=24)
AT_MOST = 500  # comments; a flood must not make judging slow


@dataclass(frozen=True, slots=True)
class Trace:
    """One earlier comment: who, from where, when, what."""

    email: str
    ip: str | None
    created_at: datetime
    text: str


def recent_traces(comment: Comment) -> Sequence[Trace]:
    """The newest comments of the day before this one, in one query."""
    earlier = Comment.objects.filter(pk__lt=comment.pk, created_at__gt=comment.created_at - LOOKED_BACK)
    rows = earlier.order_by("-pk").values_list("email", "ip", "created_at", "text")[:AT_MOST]
    return [Trace(*row) for row in rows]


def network(ip: str | None) -> str:
    """The neighbourhood of an address: /24 of IPv4, /64 of IPv6, empty for none."""
    if not ip:
        return ""
    address = ipaddress.ip_address(ip)
    bits = 24 if address.version == 4 else 64  # noqa: PLR2004 - the version
    return str(ipaddress.ip_network((address, bits), strict=False))
