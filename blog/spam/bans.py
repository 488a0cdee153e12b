"""Which bans a comment falls under: by its address, the domain of that, its network, or words with `*` in them."""

import ipaddress
from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from blog.models import Ban, Comment
from guard.addresses import InvalidAddressError, normalise, without_tag

from . import Reason
from .patterns import occurs, plain

Kind = Ban.Kind
WIDEST = {4: 8, 6: 16}  # bits of the widest network that can be banned; wider is a matter for the mode


def active_bans() -> QuerySet[Ban]:
    """Those that have not ended."""
    return Ban.objects.filter(Q(until=None) | Q(until__gt=timezone.now()))


def find_bans(comment: Comment) -> list[Ban]:
    """All that hold now and mean this comment, in one query. Reads email, ip, author_name, text."""
    mailbox = _mailbox(comment.email)
    candidates = active_bans().filter(
        Q(kind=Kind.ADDRESS, value__in={mailbox, without_tag(mailbox)})
        | Q(kind=Kind.DOMAIN, value__in=_domains(mailbox))
        | Q(kind=Kind.NETWORK, value__in=_networks(comment.ip))
        | Q(kind=Kind.PATTERN)
    )
    return [ban for ban in candidates if ban.kind != Kind.PATTERN or _has_pattern(comment, ban.value)]


def is_meant(ban: Ban, comment: Comment) -> bool:
    """Whether the ban means this comment, ended or not. Reads the same fields."""
    mailbox = _mailbox(comment.email)
    return {
        Kind.ADDRESS: lambda: ban.value in {mailbox, without_tag(mailbox)},
        Kind.DOMAIN: lambda: ban.value in _domains(mailbox),
        Kind.NETWORK: lambda: ban.value in _networks(comment.ip),
        Kind.PATTERN: lambda: _has_pattern(comment, ban.value),
    }[Kind(ban.kind)]()


def ban_reasons(comment: Comment, *, hint: int, certain: int) -> Iterator[Reason]:
    """What to tell the moderator, weighing `hint` for a ban that holds and `certain` for one that makes spam."""
    for ban in find_bans(comment):
        until = f" until {date_format(timezone.localtime(ban.until), 'j F Y')}" if ban.until else ""
        note = f": {ban.note}" if ban.note else ""
        weight = certain if ban.effect == Ban.Effect.SPAM else hint
        yield Reason("ban", f"Banned {ban.get_kind_display()}, {ban.value}{until}{note}"[:250], weight)


def _has_pattern(comment: Comment, pattern: str) -> bool:
    return any(occurs(pattern, plain(field)) for field in (comment.email, comment.author_name, comment.text))


def _mailbox(email: str) -> str:
    try:
        return normalise(email)
    except InvalidAddressError:
        return email.casefold()


def _domains(mailbox: str) -> set[str]:
    """The domain and those above it: whoever bans `mail.example` means `a.mail.example` too."""
    labels = mailbox.rpartition("@")[2].split(".")
    return {".".join(labels[start:]) for start in range(len(labels) - 1)}


def _networks(ip: str | None) -> set[str]:
    """Every network that could be banned and holds the address."""
    if not ip:
        return set()
    address = ipaddress.ip_address(ip)
    widest = WIDEST[address.version]
    return {str(ipaddress.ip_network((ip, bits), strict=False)) for bits in range(widest, address.max_prefixlen + 1)}
