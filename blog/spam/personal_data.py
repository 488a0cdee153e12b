"""Finds what gives a person away: addresses, numbers, birth dates. Names of people it does not look for."""

import re

from .findings import Finding, cut, without_overlaps

_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_PHONE = re.compile(r"(?<![\w.])(?:\+\d|0\d)[\d ()/.-]{7,16}\d(?!\w)")


def find_personal_data(text: str) -> list[Finding]:
    """What seems to be somebody's personal data, in the order of the text."""
    found = [cut("email", text, *match.span()) for match in _EMAIL.finditer(text)]
    found += [cut("phone", text, *match.span()) for match in _PHONE.finditer(text)]
    return without_overlaps(found)
