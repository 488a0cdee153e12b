"""Header values made safe."""

import re
import unicodedata

_LINK = re.compile(r"[/@:\\]|www\.|\.\w{2,}", re.IGNORECASE)


def one_line(value: str) -> str:
    """The value without control characters and line or paragraph separators, which could start another header."""
    if value.isascii() and value.isprintable():
        return value.strip()  # what nearly all are
    return "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in value).strip()


def looks_like_a_link(value: str) -> bool:
    """Whether a mail program may make a link of it: no such thing is printed where a name should stand."""
    return bool(_LINK.search(value))
