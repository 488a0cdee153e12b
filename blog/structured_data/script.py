"""JSON-LD as a script element that no word in it can end."""

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe

CONTEXT = "https://schema.org"
# Inside a script element these could end it or begin a comment; as escapes they mean the same to a JSON reader.
_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})
_SHORT = (",", ":")


def to_script(data: dict[str, Any]) -> SafeString:
    """The script element that holds `data`, whatever hostile words are in it."""
    written = json.dumps(data, ensure_ascii=False, separators=_SHORT).translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{written}</script>')


def without_gaps(data: dict[str, Any]) -> dict[str, Any]:
    """The properties that say something: no empty text or list, no None; 0 and False stay."""
    return {name: value for name, value in data.items() if value or value == 0}
