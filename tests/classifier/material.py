"""Comments for training, put together from the lines under `material/`: the same ones at every call."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).with_name("material")
TIMES = 4  # how often each line is used
HAM_MIDDLES = ("tell", "ask", "argue", "advise")
_SLOT = re.compile(r"\{(\w+)\}")

Written = tuple[str, str, str]  # section, name, text


def read_sections(name: str) -> dict[str, list[str]]:
    """The lines under each `## heading`."""
    sections: dict[str, list[str]] = {}
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            lines = sections.setdefault(line[3:], [])
        elif line:
            lines.append(line)
    return sections


def _read_slots(lines: list[str]) -> dict[str, list[str]]:
    pairs = (line.split(": ", 1) for line in lines)
    return {key: values.split(" | ") for key, values in pairs}


class Writer:
    """Fills slots and shuffles; one seed, one result."""

    def __init__(self, slots: dict[str, list[str]], seed: int) -> None:
        self.slots, self.dice = slots, random.Random(seed)

    def fill(self, line: str) -> str:
        while _SLOT.search(line):
            line = _SLOT.sub(lambda slot: self.dice.choice(self.slots[slot[1]]), line)
        return self._like_people(line)

    def _like_people(self, line: str) -> str:
        """Some write without capitals, or without the last stop."""
        if self.dice.random() < 0.12:
            line = line.lower()
        return line.rstrip(".") if self.dice.random() < 0.15 else line

    def deck(self, lines: list[str], times: int = TIMES) -> list[str]:
        cards = [line for line in lines for _ in range(times)]
        self.dice.shuffle(cards)
        return cards

    def join(self, lines: list[str]) -> str:
        return self.dice.choice([" ", " ", " ", "\n", "\n\n"]).join(self.fill(line) for line in lines)


def honest_comments(seed: int = 1) -> Iterator[Written]:
    """What readers write."""
    sections = read_sections("ham.txt")
    names = (FOLDER / "ham_names.txt").read_text(encoding="utf-8").splitlines()
    writer = Writer(_read_slots(sections.pop("slots")), seed)
    dice = writer.dice
    for line in writer.deck(sections["whole"]):
        yield "whole", dice.choice(names), writer.fill(line)
    starts, ends = writer.deck(sections["start"]), writer.deck(sections["end"])
    middles = writer.deck([line for part in HAM_MIDDLES for line in sections[part]])
    while middles:
        lines = [starts.pop()] if starts and dice.random() < 0.5 else []
        lines += [middles.pop() for _ in range(dice.choice([1, 1, 2, 2, 3, 4])) if middles]
        lines += [ends.pop()] if ends and dice.random() < 0.35 else []
        yield "parts", dice.choice(names), writer.join(lines)
    for line in starts + ends:
        yield "parts", dice.choice(names), writer.fill(line)


def advertising(seed: int = 2) -> Iterator[Written]:
    """What advertisers write, a section a trade."""
    sections = read_sections("spam.txt")
    writer = Writer(_read_slots(sections.pop("slots")), seed)
    names, tails = sections.pop("names")[0].split(" | "), sections.pop("tail")
    dice = writer.dice
    for trade, lines in sections.items():
        deck = writer.deck(lines)
        while deck:
            taken = [deck.pop() for _ in range(1 if trade == "whole" else dice.choice([1, 1, 2, 3])) if deck]
            if trade not in {"whole", "bland", "praise"} and dice.random() < 0.5:
                taken.append(dice.choice(tails))
            yield trade, writer.fill(dice.choice(names)), writer.join(taken)
