"""The outbox: every letter that was asked for, and what became of it."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class LetterQuerySet(models.QuerySet["Letter"]):
    """Reads of the outbox."""

    def due(self) -> "LetterQuerySet":
        """Letters that the worker should hand over now."""
        return self.filter(state=Letter.State.WAITING, next_try_at__lte=timezone.now())


class Letter(models.Model):
    """One mail to one person. Only `letters.actions` changes `state`.

    waiting -> handing over -> handed over
                            -> waiting (a passing fault: tried again at `next_try_at`)
                            -> failed (refused, or tried too often)
    handing over -> waiting (the worker died; swept after `LEASE`, sent again with the same Message-ID)

    The text is wiped when the letter has been handed over: links in it are as good as keys.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        HANDING_OVER = "handing_over", "handing over"
        HANDED_OVER = "handed_over", "handed over"
        FAILED = "failed", "failed"

    kind = models.CharField(max_length=40, help_text="Which letter: the name of its templates.")
    to = models.EmailField(max_length=320)
    subject = models.CharField(max_length=250, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict, blank=True)
    about = models.CharField(max_length=60, blank=True, db_index=True, help_text="To find it by: “comment 7”.")
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    reply = models.CharField(max_length=250, blank=True, help_text="What the mail server said last.")
    created_at = models.DateTimeField(default=timezone.now)
    handed_over_at = models.DateTimeField(null=True, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("state", "next_try_at"), name="letter_due"),
            models.Index(fields=("to", "kind", "created_at"), name="letter_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} letter {self.pk}"
