"""The number that tells people who publish apart."""

import re

from django.core.exceptions import ValidationError

_FORM = re.compile(r"(\d{4})-?(\d{4})-?(\d{4})-?(\d{3}[\dX])", re.ASCII)
_ADDRESS = re.compile(r"^(?:https?://)?(?:www\.)?orcid\.org/", re.IGNORECASE)


def clean_orcid(typed: str) -> str:
    """`0000-0002-1825-0097` from what was typed, also from its address.

    Raises ValidationError unless its last character is the ISO 7064 MOD 11-2 check of the others.
    """
    found = _FORM.fullmatch(_ADDRESS.sub("", "".join(typed.split())).upper().rstrip("/"))
    if found is None:
        raise ValidationError("An ORCID has sixteen characters in four groups: 0000-0002-1825-0097.")
    digits = "".join(found.groups())
    if _check_character(digits[:-1]) != digits[-1]:
        raise ValidationError("This is no ORCID: its last character does not fit the others. Please copy it again.")
    return "-".join(found.groups())


def _check_character(digits: str) -> str:
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    rest = (12 - total % 11) % 11
    return "X" if rest == 10 else str(rest)  # noqa: PLR2004 - the standard's own sign for ten
