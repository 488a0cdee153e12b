"""Mailboxes that must not be mailed, whatever an import says."""

from django.db import models
from django.utils import timezone


class Suppression(models.Model):
    """A keyed hash of a mailbox (`guard.addresses.fingerprint`), so that it survives the erasure of the person."""

    class Reason(models.TextChoices):
        LEFT = "left", "left"
        ERASED = "erased", "asked to be erased"
        BOUNCED = "bounced", "the mailbox does not exist"
        COMPLAINED = "complained", "reported an issue as spam"
        BY_HAND = "by_hand", "put here by the team"

    fingerprint = models.CharField(max_length=64, unique=True)
    reason = models.CharField(max_length=12, choices=Reason)
    since = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.get_reason_display()} since {self.since:%Y-%m-%d}"
