"""Which letters reminded whom that an article has to be read again."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class ReviewReminder(models.Model):
    """One reminder about one article to one person in one week (`week` is its Monday): at most one, by the database."""

    article = models.ForeignKey("blog.ArticlePage", on_delete=models.CASCADE, related_name="review_reminders")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    week = models.DateField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("article", "person", "week"), name="one_review_reminder_a_week")
        ]

    def __str__(self) -> str:
        return f"{self.person} about “{self.article.title}”, week of {self.week:%d %B %Y}"
