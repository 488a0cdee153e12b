"""The private link of a partner: signed, and dead as soon as its version is raised or the partner is switched off."""

from django.core import signing

from newsletter.errors import BadLink
from newsletter.links import absolute
from newsletter.models import Partner

_SALT = "newsletter.links.partner"


def partner_url(partner: Partner) -> str:
    """Absolute address of the page on which this partner marks codes as used."""
    return absolute("newsletter:redeem", _signer().sign(f"{partner.pk}.{partner.key_version}"))


def read_partner_link(token: str) -> Partner:
    """The partner behind a token. Raises BadLink."""
    try:
        pk, version = map(int, _signer().unsign(token).split("."))
    except (signing.BadSignature, ValueError):
        raise BadLink("This link is not complete, or it is no longer in use.") from None
    partner = Partner.objects.filter(pk=pk, key_version=version, is_active=True).first()
    if partner is None:
        raise BadLink("This link is not complete, or it is no longer in use.")
    return partner


def _signer() -> signing.Signer:
    return signing.Signer(salt=_SALT, sep=".")
