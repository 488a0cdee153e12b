"""When somebody asked for a letter lately."""

from django.db import models
from django.utils import timezone


class Turn(models.Model):
    """The latest moments (Unix seconds) at which one mailbox or network took a turn; forgotten after a day.

    `key` is a keyed hash: nobody can read from it who asked.
    """

    key = models.CharField(max_length=64, unique=True)
    moments = models.JSONField(default=list)
    last_at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"{len(self.moments)} turns, the last at {self.last_at:%Y-%m-%d %H:%M}"
