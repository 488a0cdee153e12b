"""Subscribers and the record of what each of them agreed to."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from guard.addresses import fingerprint


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    """Reads of subscribers."""

    def confirmed(self) -> "SubscriberQuerySet":
        """Those who said yes twice and have not left."""
        return self.filter(state=Subscriber.State.CONFIRMED)

    def pending(self) -> "SubscriberQuerySet":
        """Those who have not yet pressed the button in the letter."""
        return self.filter(state=Subscriber.State.PENDING)

    def paused(self) -> "SubscriberQuerySet":
        """Those who asked for no issue before a day that is still to come."""
        return self.filter(paused_until__gt=timezone.localdate())

    def unpaused(self) -> "SubscriberQuerySet":
        """All others."""
        return self.exclude(paused_until__gt=timezone.localdate())


class Subscriber(models.Model):
    """One mailbox.

    `newsletter.actions.sign_up` alone changes `state`:

    pending -> confirmed      (the button on the confirm page)
    confirmed, pending -> left
    left -> pending           (signs up again)
    left -> confirmed         (takes the leaving back, within a day)

    `mailbox` is the address in its normal form (`guard.addresses`), unique; `email` is as the person wrote it.
    `fingerprint` is the keyed hash of the mailbox. By it the database itself refuses to have somebody confirmed whose
    mailbox is suppressed (`newsletter.triggers`): no form, import, screen or program can bring back who left.
    """

    class State(models.TextChoices):
        PENDING = "pending", "pending"
        CONFIRMED = "confirmed", "confirmed"
        LEFT = "left", "left"

    email = models.EmailField(max_length=320)
    mailbox = models.CharField(max_length=320, unique=True, editable=False)
    fingerprint = models.CharField(max_length=64, unique=True, editable=False)
    name = models.CharField(max_length=80, blank=True, help_text="First name, if given.")
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    key_version = models.PositiveSmallIntegerField(
        default=1, help_text="Part of every signed link; raise it and all earlier links of this person die."
    )
    created_at = models.DateTimeField(default=timezone.now)
    asked_at = models.DateTimeField(default=timezone.now, help_text="When they last asked to join.")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=40, blank=True, help_text="How they came: the form, or “import”.")
    topics = models.ManyToManyField("blog.Topic", blank=True, related_name="+", help_text="What they like to read of.")
    paused_until = models.DateField(null=True, blank=True, help_text="No issue before that day.")
    only_big_news = models.BooleanField(default=False, help_text="Wants no issue but those that are big news.")
    may_count = models.BooleanField(
        default=False,
        help_text="Said yes to our counting which links they press. Off unless they switch it on.",
    )
    last_sign_at = models.DateTimeField(
        null=True, blank=True, help_text="When they last did something that only a living reader does."
    )
    lapse_asked_at = models.DateTimeField(null=True, blank=True, help_text="When we asked whether they still read.")
    came_with = models.ForeignKey(
        "newsletter.SubscriberImport", null=True, blank=True, on_delete=models.SET_NULL, related_name="people"
    )

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("state", "id"), name="subscriber_audience"),
            models.Index(fields=("state",), condition=Q(may_count=True), name="subscriber_counted"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Who writes rows past `save` must not forget it: nothing would hold the suppressed back.
            models.CheckConstraint(condition=~Q(fingerprint=""), name="subscriber_has_a_fingerprint")
        ]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the fingerprint in step with the mailbox. `bulk_create` does not come by here: fill it there."""
        self.fingerprint = fingerprint(self.mailbox)
        fields = kwargs.get("update_fields")
        if fields is not None and "mailbox" in fields:
            kwargs["update_fields"] = {*fields, "fingerprint"}
        super().save(*args, **kwargs)


class ConsentWording(models.Model):
    """One version of the words beside the sign-up button. Never edited once somebody agreed to it: add another."""

    text = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Wording {self.pk}: {self.text[:60]}"


class Consent(models.Model):
    """One thing a subscriber did, or that was done for them: append-only, the database refuses UPDATE."""

    class Act(models.TextChoices):
        ASKED = "asked", "asked to join"
        CONFIRMED = "confirmed", "confirmed"
        LEFT = "left", "left"
        REASON = "reason", "told why"
        IMPORTED = "imported", "brought from another list"
        ADDRESS = "address", "changed the address"
        NAME = "name", "changed the name"
        TOPICS = "topics", "chose topics"
        PAUSED = "paused", "paused"
        RESUMED = "resumed", "ended the pause"
        BIG_NEWS = "big_news", "asked for big news only"
        EVERY_ISSUE = "every_issue", "asked for every issue"
        COUNTING_ON = "counting_on", "allowed counting"
        COUNTING_OFF = "counting_off", "forbade counting"
        STAYED = "stayed", "said that they still read"
        FOLLOWED = "followed", "followed"
        UNFOLLOWED = "unfollowed", "followed no more"
        RETURNED_MAIL = "returned", "mail came back"

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="consents")
    act = models.CharField(max_length=12, choices=Act)
    wording = models.ForeignKey(ConsentWording, on_delete=models.PROTECT, null=True, related_name="+")
    form = models.CharField(max_length=40, blank=True, help_text="Which form: page, box, footer, import, header, link.")
    source_url = models.CharField(max_length=500, blank=True, help_text="The page on which the form stood.")
    detail = models.CharField(max_length=320, blank=True, help_text="What exactly: the reason, the topics, the day.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_act_display()} at {self.at:%Y-%m-%d %H:%M}"
