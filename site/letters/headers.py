"""Header values made safe."""

import unicodedata


def one_line(value: str) -> str:
    """The value without control characters and line or paragraph separators, which could start another header."""
    return "".join(" " if unicodedata.category(c) in {"Cc", "Zl", "Zp"} else c for c in value).strip()
