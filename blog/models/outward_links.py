"""Addresses elsewhere to which live articles point, and whether they still answer."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class OutwardLink(models.Model):
    """One address elsewhere. `blog.actions.links` alone changes `state`, after asking the other server.

    unchecked -> fine | moved | failing | skipped;  failing -> dead (after some days of failing);  any -> fine again
    """

    class State(models.TextChoices):
        UNCHECKED = "unchecked", "not asked yet"
        FINE = "fine", "answers"
        MOVED = "moved", "has moved for good"
        FAILING = "failing", "does not answer just now"
        DEAD = "dead", "is gone"
        SKIPPED = "skipped", "may not be asked by us"

    url = models.URLField(max_length=700, unique=True)
    articles = models.ManyToManyField("blog.ArticlePage", related_name="outward_links")
    state = models.CharField(max_length=10, choices=State, default=State.UNCHECKED)
    answer = models.CharField(max_length=250, blank=True, help_text="What the other server said, in words.")
    moved_to = models.URLField(max_length=700, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    next_check_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["url"]

    def __str__(self) -> str:
        return self.url
