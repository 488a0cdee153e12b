"""When somebody asked for a letter lately; when the machine was last seen at work."""

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


class Heartbeat(models.Model):
    """When a process was last seen at work. Written by `guard.heartbeats`, a row a name.

    Two names today. `clock`: beat rang and a worker answered; `worker`: a worker did something, whoever rang.
    """

    name = models.CharField(max_length=20, primary_key=True)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%Y-%m-%d %H:%M:%S}"
