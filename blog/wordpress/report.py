"""What an import read, made, changed and skipped, counted and in words."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """What became of one thing of the export."""

    MADE = "made"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing of the export (`kind`: post, author, topic, picture, page …) and what became of it."""

    kind: str
    name: str
    act: Act
    reason: str = ""  # why it was skipped
    notes: tuple[str, ...] = ()  # what of it could not be kept


class Report:
    """Adds outcomes up. Skipped things that are no posts are counted by reason, so that it stays short."""

    def __init__(self) -> None:
        self.acts: Counter[tuple[str, Act]] = Counter()
        self.reasons: Counter[tuple[str, str]] = Counter()

    def add(self, outcome: Outcome) -> list[str]:
        """Count it; the lines that a person should see about it now."""
        self.acts[outcome.kind, outcome.act] += 1
        if outcome.act is Act.SKIPPED:
            self.reasons[outcome.kind, outcome.reason] += 1
        lines = []
        if outcome.act in {Act.MADE, Act.CHANGED} or (outcome.act is Act.SKIPPED and outcome.kind == "post"):
            reason = f": {outcome.reason}" if outcome.reason else ""
            lines.append(f"{outcome.act:<9} {outcome.kind} {outcome.name}{reason}")
        if lines:
            lines += [f"          - {note}" for note in outcome.notes]
        return lines

    def count(self, kind: str, act: Act) -> int:
        """How many things of this kind ended so."""
        return self.acts[kind, act]

    def summary(self) -> list[str]:
        """A table with one line a kind, then the reasons for skipping with their numbers."""
        kinds = list(dict.fromkeys(kind for kind, _ in self.acts))
        if not kinds:
            return ["The export holds nothing that can be imported."]
        lines = [f"{'':<16}{'read':>8}" + "".join(f"{act:>11}" for act in Act)]
        for kind in kinds:
            numbers = [self.count(kind, act) for act in Act]
            lines.append(f"{kind[:15]:<16}{sum(numbers):>8}" + "".join(f"{number:>11}" for number in numbers))
        if self.reasons:
            lines += ["", "Skipped:"]
            lines += [f"{number:>8} {kind}: {reason}" for (kind, reason), number in self.reasons.most_common()]
        return lines
