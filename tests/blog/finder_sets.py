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


# Repeated to the length of a comment: what makes careless expressions slow, and what ends up in other people's forms.
HOSTILE = (
    *("1", "1 ", "0 ", "01", "+1", "(0", "00 1", "a", "a.", "a@", "a@a.", "@", "a at ", "a dot ", "x at y dot "),
    *("GB82 ", "ab12", "A1 ", "12 A ", "12 Aa Bb Cc ", "12 Aa Bb Cc Road, ", "Flat 1, ", "The Aa ", "The Aa Bb Cc, "),
    *("born on the in at ", "born ", "born on 1.1.", "call ", "call me 1 ", "07700 900123 ", "+44 7700 900123 "),
    *("0123 45678 1 2 3 ", "1-1-1-", "Am A 1 ", "PO Box 1 Aa ", "nhs no no no ", "4111 1111 1111 1111 ", "1/1/11 "),
    *("943 476 5919 ", "65 170839 J 003 ", " ", "\n", ".,-", "é", "1 may ", "SW1A 1A ", "D04 F2P", "12345 Aaa "),
    *("kill ", "I want to ", "want to die ", "i ", "not ", "he is going to ", "I took all my ", "my chest ", "hit me "),
    *("my husband ", "suicide ", "think ", "I can't ", "self ", "years ago ", "just just just ", "has had a ", "'s "),
    *("<script>alert(1)</script>", "'\"><img src=x onerror=alert(1)>", "{{ 7*7 }}", "\u202e", "\0", "\ue000", "\ud83d"),
    *("İ", "ſ", "𝟘𝟙𝟚", "٣٣٣", "👩‍👩‍👧", "Ａ＠ｂ．ｃ", "\u202egro.elpmaxe@naoj", "\x85"),
)
