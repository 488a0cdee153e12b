"""Medical reviews: who read which words of an article, with what qualification, on which day."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class ReviewQuerySet(models.QuerySet["Review"]):
    """Reads of reviews."""

    def newest_first(self) -> "ReviewQuerySet":
        """The review that counts comes first."""
        return self.order_by("-reviewed_on", "-pk")


class Review(models.Model):
    """One reading of an article by a qualified person. Rows are only ever added, never changed by an edit."""

    article = models.ForeignKey("blog.ArticlePage", on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey("blog.AuthorPage", on_delete=models.PROTECT, related_name="reviews")
    credential = models.CharField(max_length=200, help_text="The reviewer's role and qualification on that day.")
    scope = models.CharField(max_length=200, default="Whole article")
    reviewed_on = models.DateField(default=timezone.localdate)
    due_on = models.DateField(help_text="By when somebody must read it again.")
    note = models.CharField(max_length=200, blank=True, help_text="What changed: “two paragraphs updated”.")
    revision = models.ForeignKey(
        "wagtailcore.Revision",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The words that were read.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-reviewed_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.reviewer.title}, {self.reviewed_on:%d %B %Y}"

    @property
    def is_overdue(self) -> bool:
        """Whether the day by which it had to be read again has passed."""
        return self.due_on < timezone.localdate()
