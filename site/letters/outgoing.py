"""A letter as Django's mail backends take it, signed where this site signs its mail."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

if TYPE_CHECKING:
    from letters.dkim import Signer


class OutgoingMail(EmailMultiAlternatives):
    """What Django calls a message. A mail provider keeps `metadata` and says it in its news; no mail server sees it."""

    metadata: dict[str, str]

    def message(self, *args: Any, **options: Any) -> Any:
        """The MIME message, signed; a provider's API does not ask for it, and signs by itself."""
        made: Any = super().message(*args, **options)
        if signer := site_signer():
            # Folded by the standard library at blanks, which a reader of signatures does not see.
            made["DKIM-Signature"] = signer.field(made.as_bytes(linesep="\r\n"))
        return made


def site_signer() -> "Signer | None":
    """The signer of this site's settings; None where it signs nothing itself."""
    return _signer(**settings.DKIM) if settings.DKIM else None


@lru_cache(maxsize=4)
def _signer(domain: str, selector: str, key: str) -> "Signer":
    from letters.dkim import Signer  # noqa: PLC0415 - whoever signs nothing need not load OpenSSL

    return Signer(domain, selector, key)
