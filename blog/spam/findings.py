"""What a finder found in a reader's text: where it stands, and what it is, in words for a moderator."""

from collections.abc import Iterable
from dataclasses import dataclass

LABELS = {
    "email": "email address",
    "phone": "phone number",
    "address": "postal address",
    "birth_date": "birth date",
    "id_number": "ID number",
    "bank": "bank account or card",
    "suicide": "thoughts of suicide",
    "self_harm": "self-harm",
    "overdose": "overdose or poisoning",
    "emergency": "medical emergency now",
    "violence": "in danger from another person",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`words` is `text[start:end]` of the text that was searched; `kind` is a key of `LABELS`."""

    kind: str
    start: int
    end: int
    words: str

    @property
    def label(self) -> str:
        """The kind, as a person would say it."""
        return LABELS[self.kind]


def cut(kind: str, text: str, start: int, end: int) -> Finding:
    """The finding at that place."""
    return Finding(kind, start, end, text[start:end])


def without_overlaps(findings: Iterable[Finding]) -> list[Finding]:
    """In the order of the text, each sign in one finding at most; where two overlap, the one named first stays."""
    kept: list[Finding] = []
    taken: set[int] = set()
    for finding in findings:
        signs = range(finding.start, finding.end)
        if signs and taken.isdisjoint(signs):
            taken.update(signs)
            kept.append(finding)
    return sorted(kept, key=lambda finding: finding.start)
