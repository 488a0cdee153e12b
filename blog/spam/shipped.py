"""What the classifier knows on the first day: counts of signs that the release brings along (docs/spam-check.md)."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("data") / "signs.tsv"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many comments of each kind were read, and in how many of them each sign stood (ham, spam)."""

    ham: int
    spam: int
    signs: dict[str, tuple[int, int]]


@cache
def shipped_counts() -> Counts:
    """The file, read once in a process: some thousand signs, about 2 MB of memory."""
    head, *lines = FILE.read_text(encoding="utf-8").splitlines()
    _, ham, spam = head.split("\t")
    rows = (line.split("\t") for line in lines)
    return Counts(int(ham), int(spam), {sign: (int(a), int(b)) for sign, a, b in rows})
