"""Signed links: who may do what without a password, for how long, and at which address."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NoReturn
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes

from newsletter.audience import Reader
from newsletter.errors import BadLink
from newsletter.models import AddressChange, EbookGrant, Follow, IssueLink, Subscriber

SKEW = timedelta(seconds=60)  # so far apart the clocks of two machines may be
BIG = ("dispatch__html", "dispatch__text")  # columns that no link needs
CONFIRM_DAYS, FRESH_HOURS, NEW_ADDRESS_DAYS, PUT_BACK_DAYS = 7, 24, 3, 7


class Purpose(StrEnum):
    """What a link lets its holder do. A link of one purpose is worth nothing for another."""

    CONFIRM = "confirm"
    UNSUBSCRIBE = "unsubscribe"
    EBOOK = "ebook"
    OWN = "own"  # the page of their own, as every issue leads to it
    OWN_FRESH = "own-fresh"  # the same with what only the owner of the mailbox may do
    NEW_ADDRESS = "new-address"  # the button in the letter to the new address; target: the change
    PUT_BACK = "put-back"  # "this was not me", to the old address; target: the change
    STAY = "stay"  # "yes, keep it coming"
    FOLLOW = "follow"  # the button "yes, tell me"; target: the follow
    UNFOLLOW = "unfollow"  # to be told of it no more; target: the follow, 0: of everything
    CLICK = "click"  # on to a page, counted for whoever allowed that; target: the link


_PLACE = "PLACE"
_LIFETIMES = {
    Purpose.CONFIRM: timedelta(days=CONFIRM_DAYS),
    Purpose.OWN_FRESH: timedelta(hours=FRESH_HOURS),
    Purpose.NEW_ADDRESS: timedelta(days=NEW_ADDRESS_DAYS),
    Purpose.PUT_BACK: timedelta(days=PUT_BACK_DAYS),
    Purpose.FOLLOW: timedelta(days=CONFIRM_DAYS),
}
# About one change of the address, whose row says what may still happen: an address that was taken away must be able to
# come back, however often the key has risen since.
OF_ANY_VERSION = frozenset({Purpose.NEW_ADDRESS, Purpose.PUT_BACK})


@dataclass(frozen=True)
class CountedLink:
    """What a good counting link says. The subscriber may be gone: it leads on all the same."""

    subscriber_id: int
    key_version: int
    link: IssueLink


@dataclass(frozen=True)
class Link:
    """What a good link says. `target` is the key of the row it is about, or 0; `is_late` that its time is over."""

    subscriber: Subscriber
    target: int
    made_at: datetime
    is_late: bool


def make_link(purpose: Purpose, subscriber: Subscriber | Reader, *, target: int = 0) -> str:
    """A token of letters, digits, `.`, `-` and `_`, bound to the purpose, the subscriber and their key version."""
    now = int(timezone.now().timestamp())
    version = 0 if purpose in OF_ANY_VERSION else subscriber.key_version
    return _signer(purpose).sign(f"{subscriber.pk}.{version}.{target}.{now}")


def read_link(purpose: Purpose, token: str) -> Link:
    """The link behind a token. Raises BadLink; one that is only late is returned as such, so that it can be renewed.

    One that has an end and comes from the future is late as well: a clock that was wrong must not make it last longer.
    """
    pk, version, target, seconds = _unsign(purpose, token)
    which = {} if purpose in OF_ANY_VERSION else {"key_version": version}
    subscriber = Subscriber.objects.filter(pk=pk, **which).first()
    if subscriber is None:
        _refuse()
    made_at = datetime.fromtimestamp(seconds, tz=UTC)
    lifetime = _LIFETIMES.get(purpose)
    is_late = lifetime is not None and not -SKEW <= timezone.now() - made_at <= lifetime + SKEW
    return Link(subscriber, target, made_at, is_late)


def read_click(token: str) -> CountedLink:
    """The link behind the token of a counting address. Raises BadLink."""
    pk, version, target, _ = _unsign(Purpose.CLICK, token)
    link = IssueLink.objects.select_related("dispatch").defer(*BIG).filter(pk=target).first()
    if link is None:
        _refuse()
    return CountedLink(pk, version, link)


def confirm_url(subscriber: Subscriber, *, follow: Follow | None = None) -> str:
    """Absolute address of the page with the button that joins, and begins to follow that."""
    return absolute("newsletter:confirm", make_link(Purpose.CONFIRM, subscriber, target=follow.pk if follow else 0))


def follow_url(follow: Follow) -> str:
    """Absolute address of the page with the button that begins to follow."""
    return absolute("newsletter:follow_yes", make_link(Purpose.FOLLOW, follow.subscriber, target=follow.pk))


def unfollow_url(subscriber: Subscriber, follow: Follow | None = None) -> str:
    """Absolute address to end one follow, or all of them, as `unsubscribe_url` ends everything. Never expires."""
    target = follow.pk if follow else 0
    return absolute("newsletter:unfollow", make_link(Purpose.UNFOLLOW, subscriber, target=target))


def unsubscribe_url(subscriber: Subscriber | Reader) -> str:
    """Absolute address to leave at: a page for people, one POST for mail programs (RFC 8058). Never expires."""
    return absolute("newsletter:unsubscribe", make_link(Purpose.UNSUBSCRIBE, subscriber))


def ebook_url(grant: EbookGrant) -> str:
    """Absolute address of one subscriber's own download."""
    return absolute("newsletter:ebook", make_link(Purpose.EBOOK, grant.subscriber, target=grant.pk))


def own_url(subscriber: Subscriber | Reader) -> str:
    """Absolute address of a subscriber's own page, for settings that do no harm in other hands. Never expires."""
    return absolute("newsletter:own", make_link(Purpose.OWN, subscriber))


def fresh_own_url(subscriber: Subscriber) -> str:
    """The same page for a day, with all that only the owner of the mailbox may do."""
    return absolute("newsletter:own_fresh", make_link(Purpose.OWN_FRESH, subscriber))


def new_address_url(change: AddressChange) -> str:
    """Absolute address of the page with the button that moves a subscriber to this mailbox."""
    token = make_link(Purpose.NEW_ADDRESS, change.subscriber, target=change.pk)
    return absolute("newsletter:new_address", token)


def put_back_url(change: AddressChange) -> str:
    """Absolute address of the page with the button "this was not me"."""
    return absolute("newsletter:put_back", make_link(Purpose.PUT_BACK, change.subscriber, target=change.pk))


def stay_url(subscriber: Subscriber) -> str:
    """Absolute address of the page with the button "yes, keep it coming"."""
    return absolute("newsletter:stay", make_link(Purpose.STAY, subscriber))


def urls_of_many(purpose: Purpose) -> Callable[..., str]:
    """(subscriber, target=0) -> the same as `unsubscribe_url` or `own_url`, for many readers.

    Key, moment and address are worked out only once.
    """
    signer, now = _signer(purpose), int(timezone.now().timestamp())
    before, after = absolute(f"newsletter:{purpose}", _PLACE).split(_PLACE)
    # As Signer.signature does it (django.core.signing.base64_hmac), the key derived once.
    key = hashlib.sha256(force_bytes(signer.salt) + b"signer" + force_bytes(signer.key)).digest()
    keyed = hmac.new(key, digestmod=hashlib.sha256)

    def write(subscriber: Subscriber | Reader, target: int = 0) -> str:
        value = f"{subscriber.pk}.{subscriber.key_version}.{target}.{now}"
        own = keyed.copy()
        own.update(value.encode())
        return f"{before}{value}{signer.sep}{signing.b64_encode(own.digest()).decode()}{after}"

    return write


def list_id() -> str:
    """What mail to the list names itself by (RFC 2919), without the words before it."""
    return f"<newsletter.{urlsplit(settings.SITE_URL).hostname or 'localhost'}>"


def absolute(name: str, *args: str) -> str:
    """The address of a named view on SITE_URL; never on a host that a request claims."""
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


def _signer(purpose: Purpose) -> signing.Signer:
    return signing.Signer(salt=f"newsletter.links.{purpose}", sep=".")


def _unsign(purpose: Purpose, token: str) -> tuple[int, int, int, int]:
    """(subscriber, version of the key, target, seconds). Raises BadLink."""
    try:
        pk, version, target, seconds = map(int, _signer(purpose).unsign(token).split("."))
    except (signing.BadSignature, ValueError):
        _refuse()
    return pk, version, target, seconds


def _refuse() -> NoReturn:
    raise BadLink("This link is not complete, or it is no longer in use.")
