"""Subscribers and the record of what each of them agreed to."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    """Reads of subscribers."""

    def confirmed(self) -> "SubscriberQuerySet":
        """Those who said yes twice and have not left."""
        return self.filter(state=Subscriber.State.CONFIRMED)

    def pending(self) -> "SubscriberQuerySet":
        """Those who have not yet pressed the button in the letter."""
        return self.filter(state=Subscriber.State.PENDING)


class Subscriber(models.Model):
    """One mailbox.

    `newsletter.actions.sign_up` alone changes `state`:

    pending -> confirmed      (the button on the confirm page)
    confirmed, pending -> left
    left -> pending           (signs up again)
    left -> confirmed         (takes the leaving back, within a day)

    `mailbox` is the address in its normal form (`guard.addresses`), unique; `email` is as the person wrote it.
    """

    class State(models.TextChoices):
        PENDING = "pending", "pending"
        CONFIRMED = "confirmed", "confirmed"
        LEFT = "left", "left"

    email = models.EmailField(max_length=320)
    mailbox = models.CharField(max_length=320, unique=True, editable=False)
    name = models.CharField(max_length=80, blank=True, help_text="First name, if given.")
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    key_version = models.PositiveSmallIntegerField(
        default=1, help_text="Part of every signed link; raise it and all earlier links of this person die."
    )
    created_at = models.DateTimeField(default=timezone.now)
    asked_at = models.DateTimeField(default=timezone.now, help_text="When they last asked to join.")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("state", "id"), name="subscriber_audience"),
        ]

    def __str__(self) -> str:
        return self.email


class ConsentWording(models.Model):
    """One version of the words beside the sign-up button. Never edited once somebody agreed to it: add another."""

    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Wording {self.pk}: {self.text[:60]}"


class Consent(models.Model):
    """One thing a subscriber did: append-only, the database refuses UPDATE."""

    class Act(models.TextChoices):
        ASKED = "asked", "asked to join"
        CONFIRMED = "confirmed", "confirmed"
        LEFT = "left", "left"

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="consents")
    act = models.CharField(max_length=10, choices=Act)
    wording = models.ForeignKey(ConsentWording, on_delete=models.PROTECT, null=True, related_name="+")
    form = models.CharField(max_length=40, blank=True, help_text="Which form: page, box, footer, import, header, link.")
    source_url = models.CharField(max_length=500, blank=True, help_text="The page on which the form stood.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_act_display()} at {self.at:%Y-%m-%d %H:%M}"
