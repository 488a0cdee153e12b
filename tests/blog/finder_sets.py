"""Reads the labelled sets under `data/`: passages with the places that a finder must find, and clean ones."""

import re
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).parent / "data"
_MARK = re.compile(r"\{(\w+)\|([^}]*)\}")


@dataclass(frozen=True)
class Passage:
    """`spans`: (kind, start, end) in `text`; empty for a clean one."""

    text: str
    spans: frozenset[tuple[str, int, int]]


def read_passages(name: str) -> list[Passage]:
    """One passage a line: `{kind|words}` marks a place; "- " begins a clean line, "#" a remark."""
    lines = (DATA / name).read_text().splitlines()
    return [_read(line.removeprefix("- ")) for line in lines if line and not line.startswith("#")]


def read_kinds(name: str) -> list[tuple[str, str]]:
    """One (kind, text) a line, with a tab between; the kind "-" is a clean one."""
    lines = (DATA / name).read_text().splitlines()
    pairs = [line.split("\t", 1) for line in lines if line and not line.startswith("#")]
    return [("" if kind == "-" else kind, text) for kind, text in pairs]


def _read(line: str) -> Passage:
    text, spans, at = "", set(), 0
    for match in _MARK.finditer(line):
        text += line[at : match.start()]
        spans.add((match[1], len(text), len(text) + len(match[2])))
        text += match[2]
        at = match.end()
    return Passage(text + line[at:], frozenset(spans))
