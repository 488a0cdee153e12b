"""What is to be told to Mailchimp, what is known of the people there, and what it told."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone


class MailchimpErrand(models.Model):
    """This subscriber changed and is to be pushed. One row for each, however often they change.

    The database itself writes it in the transaction of the change (`newsletter.triggers`); `newsletter.mailchimp.push`
    deletes it where `version` is still what it was when the subscriber was read. No constraint binds it to the
    subscriber: that one may be deleted in the same transaction.
    """

    subscriber = models.OneToOneField(
        "newsletter.Subscriber", on_delete=models.DO_NOTHING, db_constraint=False, related_name="mailchimp_errand"
    )
    version = models.PositiveIntegerField(default=1)
    has_asked = models.BooleanField(default=False, help_text="They have just confirmed: who left there may come back.")
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True, help_text="Empty: at once.")
    fault = models.CharField(max_length=250, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=("next_try_at", "id"), name="mailchimp_errands")]

    def __str__(self) -> str:
        return f"Errand for subscriber {self.subscriber_id}"


class MailchimpMember(models.Model):
    """One contact of the audience, as far as is known; written by `newsletter.mailchimp` alone.

    Without a subscriber it is somebody who is only there (`email` says who), or a contact that is to go (`to_go`).
    """

    class Status(models.TextChoices):
        UNSURE = "unsure", "asked for, the answer is lost"
        SUBSCRIBED = "subscribed", "subscribed"
        PENDING = "pending", "asked to confirm"
        UNSUBSCRIBED = "unsubscribed", "unsubscribed"
        CLEANED = "cleaned", "bounced"
        ARCHIVED = "archived", "archived"
        TRANSACTIONAL = "transactional", "known, never subscribed"
        MISSING = "missing", "not in the audience"

    class Problem(models.TextChoices):
        FORGOTTEN = "forgotten", "deleted there for good: only its own form brings them back"
        COMPLIANCE = "compliance", "left, bounced or complained there: only its own form brings them back"
        ADDRESS = "address", "Mailchimp does not believe in the address"
        OTHER = "other", "refused"

    class ToGo(models.TextChoices):
        NO = "", "stays"
        LEAVE = "leave", "to be unsubscribed: must not be mailed"
        ARCHIVE = "archive", "to be archived"
        ERASE = "erase", "to be deleted for good: they asked to be erased"

    ON_THE_LIST: ClassVar[tuple[str, ...]] = (Status.SUBSCRIBED, Status.PENDING)
    OFF: ClassVar[tuple[str, ...]] = (Status.UNSUBSCRIBED, Status.CLEANED)

    audience_id = models.CharField(max_length=40)
    hash = models.CharField(max_length=32, help_text="MD5 of the lower-cased address.")
    subscriber = models.OneToOneField(
        "newsletter.Subscriber", null=True, blank=True, on_delete=models.SET_NULL, related_name="mailchimp_member"
    )
    email = models.CharField(max_length=320, blank=True, help_text="Of those who are no subscribers here.")
    name = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=14, choices=Status)
    changed_there_at = models.DateTimeField(null=True, blank=True)
    opted_in_at = models.DateTimeField(null=True, blank=True)
    pushed = models.JSONField(default=dict, blank=True, help_text="The fields and tags that it has there.")
    problem = models.CharField(max_length=10, choices=Problem, blank=True)
    problem_words = models.CharField(max_length=250, blank=True)
    to_go = models.CharField(max_length=7, choices=ToGo, default=ToGo.NO, blank=True)
    seen_in = models.PositiveBigIntegerField(default=0, help_text="The last comparison that saw it.")
    noted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("audience_id", "hash"), name="one_row_a_mailchimp_member")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("status",), name="mailchimp_member_states"),
            models.Index(fields=("to_go",), condition=~Q(to_go=""), name="mailchimp_member_to_go"),
        ]

    def __str__(self) -> str:
        return f"Contact {self.hash[:8]}: {self.status}"


class MailchimpEvent(models.Model):
    """One piece of news by webhook: a bell. What follows from it is read over the API. The same twice is one row."""

    key = models.CharField(max_length=64, unique=True, help_text="Hash of type, id or address, and time.")
    kind = models.CharField(max_length=12)
    email = models.CharField(max_length=320, blank=True, help_text="Wiped when it is taken.")
    old_email = models.CharField(max_length=320, blank=True)
    reason = models.CharField(max_length=12, blank=True)
    campaign_id = models.CharField(max_length=40, blank=True)
    fired_at = models.DateTimeField(default=timezone.now)
    came_at = models.DateTimeField(default=timezone.now)
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("id",), condition=Q(taken_at=None), name="mailchimp_events_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.fired_at:%Y-%m-%d %H:%M:%S}"


class MailchimpWalk(models.Model):
    """One comparison of the whole audience with the list here, page by page; goes on where a dead worker left it."""

    audience_id = models.CharField(max_length=40)
    status = models.CharField(max_length=14, blank=True, help_text="Which contacts it is at; empty: all but archived.")
    offset = models.PositiveIntegerField(default=0)
    owner = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    looked_at = models.PositiveIntegerField(default=0)
    differing = models.PositiveIntegerField(default=0)
    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("audience_id",), condition=Q(ended_at=None), name="one_mailchimp_walk")
        ]

    def __str__(self) -> str:
        return f"Comparison of {self.began_at:%Y-%m-%d %H:%M}"
