"""E-mail addresses: their one normal form, and the keyed hash that outlives them."""

import unicodedata

from django.utils.crypto import salted_hmac
from email_validator import EmailNotValidError, ValidatedEmail, validate_email


class InvalidAddressError(ValueError):
    """These characters are no e-mail address that a letter could reach."""


_DOTS_DO_NOT_COUNT = {"gmail.com", "googlemail.com"}


def as_written(email: str) -> str:
    """The address as its owner wrote it, checked and without blanks around it. Raises InvalidAddressError."""
    return _read(email).normalized


def normalise(email: str) -> str:
    """The mailbox that an address names: NFC, case-folded, the domain in its ASCII form. Raises InvalidAddressError.

    Two spellings of one mailbox give the same value, so it is what must be unique. Local parts beyond ASCII are
    refused, because most mail servers refuse them; nobody is asked whether the domain exists.
    """
    return read_address(email)[1]


def read_address(email: str) -> tuple[str, str]:
    """What `as_written` and `normalise` give, with one check: the address and its mailbox."""
    found = _read(email)
    return found.normalized, f"{found.local_part.casefold()}@{(found.ascii_domain or '').casefold()}"


def fingerprint(mailbox: str) -> str:
    """A keyed hash of a normalised mailbox, 64 hexadecimal digits: to know it again without holding it.

    The key comes from SECRET_KEY. Who changes that key makes every suppression forget whom it means.
    """
    return salted_hmac("newsletter.addresses.fingerprint", mailbox, algorithm="sha256").hexdigest()


def mask_address(email: str) -> str:
    """Enough for its owner to know it again, too little for others to write to: `m…t@example.com`."""
    local, _, domain = email.rpartition("@")
    last = local[-1] if len(local) > 2 else ""  # noqa: PLR2004 - of two characters one is shown
    return f"{local[:1]}…{last}@{domain}"


def without_tag(mailbox: str) -> str:
    """The inbox behind a mailbox, for limits only: `joan+shop@…` and `joan@…` end in front of the same eyes."""
    local, _, domain = mailbox.rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _DOTS_DO_NOT_COUNT:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def _read(email: str) -> ValidatedEmail:
    try:
        return validate_email(
            unicodedata.normalize("NFC", email).strip(), check_deliverability=False, allow_smtputf8=False
        )
    except EmailNotValidError as error:
        raise InvalidAddressError("Enter an email address, such as name@example.org") from error
