"""Who typed an address on the page for leaving, before anybody has looked whose it is."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class LeaveRequest(models.Model):
    """One form that was sent. The row is the queue, as with `SignUpRequest`: no answer and no stopwatch tells.

    The worker posts the letter with the link, if there is somebody to write to, and deletes the row
    (`newsletter.actions.leaving`).
    """

    email = models.EmailField(max_length=320)
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["pk"]

    def __str__(self) -> str:
        return f"Request to leave {self.pk}"
