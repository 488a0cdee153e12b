"""What a check says: one line for the editor, and whether the issue may go."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How much a finding weighs."""

    GOOD = "good"
    NOTE = "note"  # advice: asks nothing of anybody
    AMBER = "amber"  # goes out only with a reason in words, which is kept
    RED = "red"  # does not go out


@dataclass(frozen=True)
class Check:
    """One line; `details` name the places, each on a line of its own."""

    words: str
    level: Level = Level.GOOD
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ": ".join(filter(None, [self.words, "; ".join(self.shown)]))

    @property
    def shown(self) -> tuple[str, ...]:
        """As many details as a page should hold."""
        return self.details[:SHOWN]

    @property
    def more(self) -> int:
        """How many it does not show."""
        return max(0, len(self.details) - SHOWN)


SHOWN = 6


def verdict(
    bad: Iterable[str],
    *,
    good: str,
    words: str,
    level: Level = Level.RED,
) -> Check:
    """A good line when nothing is bad, else one of this level that names what is."""
    details = tuple(dict.fromkeys(bad))
    return Check(words, level, details) if details else Check(good)


def number_of(things: int, one: str, more: str = "") -> str:
    """“1 picture”, “all 3 pictures”."""
    return f"1 {one}" if things == 1 else f"all {things:,} {more or one + 's'}"
