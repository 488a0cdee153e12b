"""What changed between two readings, passage by passage."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True)
class Passage:
    """One passage; `kind` is "same", "new" or "gone"."""

    kind: str
    words: str


def compare(before: Sequence[str], now: Sequence[str]) -> list[Passage]:
    """All passages of both, in reading order, those that are gone before those that stand in their place."""
    return list(_passages(before, now))


def _passages(before: Sequence[str], now: Sequence[str]) -> Iterator[Passage]:
    for kind, a, b, c, d in SequenceMatcher(None, before, now, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from (Passage("same", words) for words in now[c:d])
        else:
            yield from (Passage("gone", words) for words in before[a:b])
            yield from (Passage("new", words) for words in now[c:d])
