"""The judgement of comments: the port that every checker fills, and what a checker says."""

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from blog.models import Comment


class Outcome(Enum):
    """What a checker makes of a comment. None of these publishes it."""

    CLEAR = "clear"
    UNSURE = "unsure"
    SPAM = "spam"


@dataclass(frozen=True, slots=True)
class Reason:
    """One finding: a code for counting, words for the moderator, and how much it weighs (`blog.spam.local`)."""

    code: str
    words: str
    weight: int = 0

    def as_json(self) -> dict[str, str]:
        """How the row keeps it."""
        return {"code": self.code, "words": self.words}


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome, all findings that led to it, and the classifier's score (`Comment.score`; None: not asked)."""

    outcome: Outcome
    reasons: tuple[Reason, ...] = ()
    score: float | None = None


class SpamChecker(Protocol):
    """Judges one comment. May raise anything: the comment is then held."""

    def check(self, comment: "Comment") -> Verdict:
        """Judge a comment that is in the database and pending."""
        ...
