"""What mail servers, providers and readers told us about mails that had left."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class MailEvent(models.Model):
    """One piece of news about one mail, whoever brought it; the same news twice is one row.

    What follows from it is worked out by `newsletter.actions.mail_events`. `diagnostic` never holds an address.
    """

    class Kind(models.TextChoices):
        DELIVERED = "delivered", "delivered"
        BLOCKED = "blocked", "refused, but not for the reader’s sake"
        SOFT = "bounce_soft", "came back, perhaps for now"
        HARD = "bounce_hard", "came back: no such mailbox"
        COMPLAINT = "complaint", "reported as spam"

    BOUNCES: ClassVar[tuple[str, ...]] = (Kind.SOFT, Kind.HARD)

    provider = models.CharField(max_length=20, help_text="Who told us: smtp, returned, or a provider’s name.")
    event_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=Kind)
    subscriber = models.ForeignKey(
        "newsletter.Subscriber", null=True, on_delete=models.SET_NULL, related_name="mail_events"
    )
    delivery = models.ForeignKey(
        "newsletter.Delivery", null=True, on_delete=models.SET_NULL, related_name="mail_events"
    )
    status = models.CharField(max_length=12, blank=True, help_text="Such as 5.1.1 (RFC 3463).")
    diagnostic = models.CharField(max_length=250, blank=True)
    at = models.DateTimeField(default=timezone.now, help_text="When it happened.")

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("provider", "event_id"), name="one_row_a_mail_event")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("kind", "at"), name="mail_event_recent"),
            models.Index(fields=("subscriber", "kind", "at"), name="mail_event_of_reader"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.status or 'no status'})"
