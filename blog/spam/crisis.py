"""Finds words that sound like danger to life, now, to the writer or to somebody near."""

import re

from .findings import Finding, cut, without_overlaps

_SUICIDE = re.compile(r"\b(?:kill|killing|end|ending) (?:myself|my life|it all)\b|\bsuicidal\b", re.IGNORECASE)


def find_crisis(text: str) -> list[Finding]:
    """What sounds like danger to life, in the order of the text."""
    return without_overlaps(cut("suicide", text, *match.span()) for match in _SUICIDE.finditer(text))
