"""Addresses elsewhere to which live articles point, and whether they still answer."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class OutwardLinkQuerySet(models.QuerySet["OutwardLink"]):
    """Reads of links."""

    def due(self) -> "OutwardLinkQuerySet":
        """Those whose turn has come, and which no worker is asking about."""
        now = timezone.now()
        free = models.Q(leased_until=None) | models.Q(leased_until__lt=now)
        return self.filter(free, next_check_at__lte=now)

    def in_trouble(self) -> "OutwardLinkQuerySet":
        """Those that an editor should look at: gone, or moved for good."""
        return self.filter(state__in=[OutwardLink.State.DEAD, OutwardLink.State.MOVED])

    def on_live_pages(self) -> "OutwardLinkQuerySet":
        """Those that readers can see."""
        return self.filter(articles__live=True).distinct()


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
    host = models.CharField(max_length=255, db_index=True, default="", help_text="Asked at a gentle pace, as one.")
    articles = models.ManyToManyField("blog.ArticlePage", related_name="outward_links")
    state = models.CharField(max_length=10, choices=State, default=State.UNCHECKED)
    answer = models.CharField(max_length=250, blank=True, help_text="What the other server said, in words.")
    moved_to = models.URLField(max_length=700, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="How often in a row it gave no good answer.")
    next_check_at = models.DateTimeField(default=timezone.now, db_index=True)
    leased_until = models.DateTimeField(null=True, blank=True, help_text="Until then one worker alone asks this host.")

    objects = OutwardLinkQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["url"]

    def __str__(self) -> str:
        return self.url
