"""Medical reviews: who read which words of an article, with what qualification, on which day."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class ReviewQuerySet(models.QuerySet["Review"]):
    """Reads of reviews."""

    def newest_first(self) -> "ReviewQuerySet":
        """By the day of reading."""
        return self.order_by("-reviewed_on", "-pk")

    def whole(self) -> "ReviewQuerySet":
        """Readings of a whole article."""
        return self.filter(scope=Review.Scope.WHOLE)

    def current(self) -> "ReviewQuerySet":
        """Whole readings that hold for the words readers see; `blog.reviewing` has the same rule for one article."""
        words = models.F("article__text_digest")
        of_changes = Review.objects.filter(
            scope=Review.Scope.CHANGES, builds_on=models.OuterRef("pk"), digest=models.OuterRef("article__text_digest")
        )
        return self.whole().filter(models.Q(digest=words) | models.Exists(of_changes)).exclude(digest="")


class Review(models.Model):
    """One reading of an article by a qualified person. Rows are only ever added, never changed by an edit.

    It holds for the words with its `digest`. A review of the changes alone confirms new words on top of the review of
    the whole that it `builds_on`; it moves neither the date of the review nor the day on which the next one is due.
    """

    class Scope(models.TextChoices):
        WHOLE = "whole", "The whole article"
        CHANGES = "changes", "Only what changed since the last review"

    article = models.ForeignKey("blog.ArticlePage", on_delete=models.CASCADE, related_name="reviews")
    reviewer = models.ForeignKey("blog.AuthorPage", on_delete=models.PROTECT, related_name="reviews")
    credential = models.CharField(max_length=200, help_text="The reviewer's role and qualification on that day.")
    scope = models.CharField(max_length=10, choices=Scope, default=Scope.WHOLE)
    builds_on = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, editable=False, help_text="Of the words that were read.")
    words = models.JSONField(
        default=list,
        blank=True,
        editable=False,
        help_text="The passages that were read; a revision can be written over.",
    )
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
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Who wrote it down, if the reviewer did not sign it here.",
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
