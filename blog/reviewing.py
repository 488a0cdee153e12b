"""Whether the words that readers see are the words that a medical reviewer has read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from blog.models.reviews import Review


@dataclass(frozen=True)
class Standing:
    """What may be said about the review of an article.

    `state`: "current" (the words shown were read), "changed" (only an earlier version was read; say so wherever
    `review` is named) or "none". `review` is the reading of the whole article that counts; its date and its due date
    are the article's. `changes` is the newest reading of what changed since `review`, where the words shown rest on it.
    """

    review: Review | None = None
    changes: Review | None = None
    state: Literal["none", "current", "changed"] = "none"

    @property
    def is_current(self) -> bool:
        """Whether somebody qualified has read the very words that are shown."""
        return self.state == "current"

    @property
    def is_overdue(self) -> bool:
        """Whether the day by which the article had to be read again has passed."""
        return self.review is not None and self.review.is_overdue

    @property
    def readings(self) -> list[Review]:
        """The readings on which "current" rests: the whole one, then that of the changes; else empty."""
        return [review for review in (self.review, self.changes) if review and self.is_current]


def judge_standing(reviews: Sequence[Review], *, digest: str, published_at: datetime | None) -> Standing:
    """The standing of words with `digest` that were last published at `published_at` (None: never).

    The newest whole review counts that was made of these words, or on which a review of the changes to these words
    builds. Without one, the newest whole review that was written down before the words were published is that of an
    earlier version; one written down since is of a draft that no reader has seen.
    """
    newest_first = sorted(reviews, key=lambda review: (review.reviewed_on, review.pk), reverse=True)
    whole = [review for review in newest_first if review.scope == Review.Scope.WHOLE]
    same_words = [review for review in newest_first if digest and review.digest == digest]
    for review in whole:
        if review in same_words:
            return Standing(review, None, "current")
        if changes := next((other for other in same_words if other.builds_on_id == review.pk), None):
            return Standing(review, changes, "current")
    for review in whole:
        if published_at and review.created_at <= published_at:
            return Standing(review, None, "changed")
    return Standing()
