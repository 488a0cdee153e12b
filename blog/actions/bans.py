"""Moderators ban: from then on what it means is held, or goes to the spam; lifted at any time."""

import ipaddress
from contextlib import nullcontext
from datetime import datetime

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import LogContext, get_active_log_context, log

from blog.actions.comments import hold_comment
from blog.errors import BanRefusedError, CommentMovedError
from blog.models import Ban, Comment
from blog.spam.bans import WIDEST, is_meant
from blog.spam.patterns import is_useful, plain
from guard.addresses import InvalidAddressError, normalise

Kind = Ban.Kind
SHORTEST_PATTERN, LONGEST = 3, 320  # letters and digits besides the stars; signs
ONE_HOUSEHOLD = 64  # bits: a single address of IPv6 stands for the network that its provider gave one customer


@transaction.atomic
def ban(
    kind: str, *, value: str, by: AbstractUser, effect: str = Ban.Effect.HOLD, until: datetime | None, note: str = ""
) -> Ban:
    """Ban from now on, or change the ban of the same value. `until` None: until it is lifted.

    Raises BanRefusedError.
    """
    value = read_value(kind, value)
    if until is not None and until <= timezone.now():
        raise BanRefusedError("The end must lie in the future.")
    changes = {"effect": effect, "until": until, "note": " ".join(note.split())[:250]}
    found, _ = Ban.objects.update_or_create(
        kind=kind, value=value, defaults=changes, create_defaults={**changes, "created_by_id": by.pk}
    )
    _write_down(found, "ban.set", by=by)
    return found


@transaction.atomic
def lift(found: Ban, *, by: AbstractUser) -> None:
    """It holds no more. What it held or put with the spam stays there until somebody decides."""
    _write_down(found, "ban.lift", by=by)
    found.delete()


def hide_earlier(found: Ban, *, by: AbstractUser) -> int:
    """Take down what readers see of those whom the ban means, to be read once more; returns how many.

    The log's entries share one uuid, so all can be put back together (`blog.actions.undoing`).
    """
    comments = Comment.objects.select_related("article", "commenter").filter(pk__in=find_earlier(found))
    with nullcontext() if get_active_log_context().uuid else LogContext(user=by), transaction.atomic():
        return sum(_hide(comment, by=by) for comment in comments)


def find_earlier(found: Ban) -> list[int]:
    """Keys of the published comments that the ban means. The team's own are never meant.

    Comments of which the network address is forgotten are found by no ban of a network.
    """
    fields = ("pk", "email", "ip", "author_name", "text")
    rows = Comment.objects.published().filter(staff=None).only(*fields)
    if found.kind == Kind.NETWORK:
        rows = rows.exclude(ip=None)
    return [comment.pk for comment in rows.iterator() if is_meant(found, comment)]


def read_value(kind: str, value: str) -> str:
    """The value in its one form, as `Ban.value` has it. Raises BanRefusedError, in words for a moderator."""
    read = {Kind.ADDRESS: _address, Kind.DOMAIN: _domain, Kind.NETWORK: _network, Kind.PATTERN: _pattern}
    return read[Kind(kind)](value.strip())


def _address(value: str) -> str:
    try:
        return normalise(value)
    except InvalidAddressError as error:
        raise BanRefusedError("Enter an email address, such as name@example.org.") from error


def _domain(value: str) -> str:
    bare = value.rpartition("@")[2].strip(".")
    try:
        domain = normalise(f"somebody@{bare}").rpartition("@")[2]
    except InvalidAddressError as error:
        raise BanRefusedError("Enter a domain, such as example.org: what stands behind the @.") from error
    return domain


def _network(value: str) -> str:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError as error:
        raise BanRefusedError("Enter a network, such as 192.0.2.0/24, or one address.") from error
    if network.version == 6 and network.prefixlen == network.max_prefixlen:  # noqa: PLR2004 - IPv6
        network = network.supernet(new_prefix=ONE_HOUSEHOLD)
    if network.prefixlen < WIDEST[network.version]:
        raise BanRefusedError("This network is too wide: let a person read every comment instead.")
    return str(network)


def _pattern(value: str) -> str:
    pattern = plain(value)
    if not is_useful(pattern, least=SHORTEST_PATTERN):
        raise BanRefusedError("Enter at least three letters or digits besides the stars.")
    if len(pattern) > LONGEST:
        raise BanRefusedError(f"This is too long: {LONGEST} signs at most.")
    return pattern


def _hide(comment: Comment, *, by: AbstractUser) -> bool:
    try:
        hold_comment(comment, by=by)
    except CommentMovedError:  # somebody decided, or its writer changed it, since it was found
        return False
    return True


def _write_down(found: Ban, action: str, *, by: AbstractUser) -> None:
    """Without whom it means: the history stays when a ban is over and forgotten."""
    until = found.until.isoformat() if found.until else ""
    log(found, action, user=by, title=f"Ban: {found.get_kind_display()}", data={"effect": found.effect, "until": until})
