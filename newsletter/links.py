"""Signed links: who may do what without a password, for how long, and at which address."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NoReturn

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes

from newsletter.audience import Reader
from newsletter.errors import BadLink
from newsletter.models import EbookGrant, Subscriber

CONFIRM_DAYS = 7


class Purpose(StrEnum):
    """What a link lets its holder do. A link of one purpose is worth nothing for another."""

    CONFIRM = "confirm"
    UNSUBSCRIBE = "unsubscribe"
    EBOOK = "ebook"


_PLACE = "PLACE"
_LIFETIMES = {Purpose.CONFIRM: timedelta(days=CONFIRM_DAYS)}


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
    return _signer(purpose).sign(f"{subscriber.pk}.{subscriber.key_version}.{target}.{now}")


def read_link(purpose: Purpose, token: str) -> Link:
    """The link behind a token. Raises BadLink; a link that is only late is returned as such, so it can be renewed."""
    try:
        pk, version, target, seconds = map(int, _signer(purpose).unsign(token).split("."))
    except (signing.BadSignature, ValueError):
        _refuse()
    subscriber = Subscriber.objects.filter(pk=pk, key_version=version).first()
    if subscriber is None:
        _refuse()
    made_at = datetime.fromtimestamp(seconds, tz=UTC)
    lifetime = _LIFETIMES.get(purpose)
    is_late = lifetime is not None and timezone.now() > made_at + lifetime
    return Link(subscriber, target, made_at, is_late)


def confirm_url(subscriber: Subscriber) -> str:
    """Absolute address of the page with the button that joins."""
    return absolute("newsletter:confirm", make_link(Purpose.CONFIRM, subscriber))


def unsubscribe_url(subscriber: Subscriber | Reader) -> str:
    """Absolute address to leave at: a page for people, one POST for mail programs (RFC 8058). Never expires."""
    return absolute("newsletter:unsubscribe", make_link(Purpose.UNSUBSCRIBE, subscriber))


def ebook_url(grant: EbookGrant) -> str:
    """Absolute address of one subscriber's own download."""
    return absolute("newsletter:ebook", make_link(Purpose.EBOOK, grant.subscriber, target=grant.pk))


def unsubscribe_urls() -> Callable[[Subscriber | Reader], str]:
    """The same as `unsubscribe_url` for many readers at once: key, moment and address are worked out a single time."""
    signer, now = _signer(Purpose.UNSUBSCRIBE), int(timezone.now().timestamp())
    before, after = absolute("newsletter:unsubscribe", _PLACE).split(_PLACE)
    # As Signer.signature does it (django.core.signing.base64_hmac), the key derived once.
    key = hashlib.sha256(force_bytes(signer.salt) + b"signer" + force_bytes(signer.key)).digest()
    keyed = hmac.new(key, digestmod=hashlib.sha256)

    def write(subscriber: Subscriber | Reader) -> str:
        value = f"{subscriber.pk}.{subscriber.key_version}.0.{now}"
        own = keyed.copy()
        own.update(value.encode())
        return f"{before}{value}{signer.sep}{signing.b64_encode(own.digest()).decode()}{after}"

    return write


def absolute(name: str, *args: str) -> str:
    """The address of a named view on SITE_URL; never on a host that a request claims."""
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


def _signer(purpose: Purpose) -> signing.Signer:
    return signing.Signer(salt=f"newsletter.links.{purpose}", sep=".")


def _refuse() -> NoReturn:
    raise BadLink("This link is not complete, or it is no longer in use.")
