"""The labelled comments by which the classifier is measured. It is never trained on them."""

from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).with_name("data")


class Labelled(NamedTuple):
    """One comment of a labelled set."""

    name: str
    text: str


def read_labelled(name: str) -> list[Labelled]:
    """One a line: name, bar, text."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [Labelled(*line.split(" | ", 1)) for line in lines]


def honest_set() -> list[Labelled]:
    return read_labelled("comments_honest.txt")


def spam_set() -> list[Labelled]:
    return read_labelled("comments_spam.txt")


def new_trade() -> tuple[list[str], list[str], list[str]]:
    """A kind of spam that the release does not know: 50 to decide on, others of it, honest ones about the same."""
    parts: dict[str, list[str]] = {}
    for line in (FOLDER / "comments_new_trade.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            lines = parts.setdefault(line[3:], [])
        else:
            lines.append(line)
    who, codes = (
        ("husband", "mother", "nan", "dad", "uncle", "wife", "aunt"),
        ("ROBIN", "WREN", "FINCH", "HERON", "SWIFT"),
    )
    forms = parts["decided"]
    decided = [forms[n % len(forms)].format(who=who[n % 7], code=f"{codes[n % 5]}{n}") for n in range(50)]
    return decided, parts["held out"], parts["honest"]
