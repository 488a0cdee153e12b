"""How we work, in figures that the site counts itself."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from blog.models import ArticlePage, AuthorPage, Review
from blog.models.parts import Correction


@dataclass(frozen=True)
class Process:
    """What holds today of the articles that readers can open."""

    articles: int
    reviewed: int  # the words that readers see were read by a reviewer as a whole
    overdue: int  # of those, the ones whose day for the next reading has passed
    reviewers: int
    corrections: int

    @property
    def unreviewed(self) -> int:
        """Articles that nobody qualified has read, or that changed since."""
        return self.articles - self.reviewed


def count_process() -> Process:
    """Count the live articles and what stands behind them; four queries, whatever the number of articles."""
    due = _due_days()
    return Process(
        articles=ArticlePage.objects.published().count(),
        reviewed=len(due),
        overdue=sum(day < timezone.localdate() for day in due.values()),
        reviewers=AuthorPage.objects.live().filter(is_reviewer=True).count(),
        corrections=Correction.objects.filter(article__listed_at__isnull=False)
        .exclude(grade=Correction.Grade.TYPO)
        .count(),
    )


def _due_days() -> dict[int, date]:
    """For each reviewed article the day by which it has to be read again: that of its newest review that holds."""
    reviews = Review.objects.current().filter(article__listed_at__isnull=False).order_by("reviewed_on", "pk")
    return dict(reviews.values_list("article_id", "due_on"))
