"""Mailboxes that must not be mailed, whatever an import says."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class Suppression(models.Model):
    """A keyed hash of a mailbox (`guard.addresses.fingerprint`), so that it survives the erasure of the person.

    The database refuses a confirmed subscriber with such a fingerprint, and a fingerprint of a confirmed subscriber
    (`newsletter.triggers`). `newsletter.actions.suppressing` alone adds and lifts them.
    """

    class Reason(models.TextChoices):
        LEFT = "left", "left"
        ERASED = "erased", "asked to be erased"
        BOUNCED = "bounced", "the mailbox does not exist"
        COMPLAINED = "complained", "reported an issue as spam"
        BY_HAND = "by_hand", "put here by the team"
        LAPSED = "lapsed", "did not answer whether they still read"

    # From these a person may come back by asking again and confirming; the others stay, whoever asks.
    MAY_RETURN: ClassVar[tuple[str, ...]] = (Reason.LEFT, Reason.ERASED, Reason.LAPSED)

    fingerprint = models.CharField(max_length=64, unique=True)
    reason = models.CharField(max_length=12, choices=Reason)
    since = models.DateTimeField(default=timezone.now)
    note = models.CharField(max_length=200, blank=True, help_text="Why the team put it here. No names, no addresses.")
    before = models.CharField(
        max_length=12, choices=Reason, blank=True, help_text="The reason that stood here before the team's own."
    )

    def __str__(self) -> str:
        return f"{self.get_reason_display()} since {self.since:%Y-%m-%d}"
