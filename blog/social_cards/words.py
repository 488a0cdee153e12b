"""What is written on a card."""

import hashlib
import json
import unicodedata
from dataclasses import astuple, dataclass

DESIGN = 1  # one more when the drawing changes: every card then gets another address
_LONGEST = 300


@dataclass(frozen=True)
class CardWords:
    """`title` is large; `over` stands above it (a topic), `under` below (who wrote it), `site` beside the mark."""

    title: str
    site: str
    over: str = ""
    under: str = ""

    @property
    def digest(self) -> str:
        """16 hexadecimal digits that change with every word and with the design."""
        written = json.dumps([DESIGN, *map(tidy, astuple(self))])
        return hashlib.sha256(written.encode("utf-8", "replace")).hexdigest()[:16]

    @property
    def alt(self) -> str:
        """The card in words."""
        return ". ".join(filter(None, (tidy(self.title), tidy(self.under), tidy(self.site))))


def tidy(text: str) -> str:
    """One line without control characters, composed letters, cut at a length that no title needs."""
    composed = unicodedata.normalize("NFC", text)
    seen = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in composed)
    return " ".join(seen.split())[:_LONGEST]
