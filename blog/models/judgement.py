"""What the judgement of comments remembers: words it has learnt, and what was asked of Akismet."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class LearntWord(models.Model):
    """How often moderators let a sign pass or called its comment spam; added to what the release brings along.

    `sign` is a keyed 63-bit hash: the table holds nobody's words.
    """

    sign = models.BigIntegerField(primary_key=True)
    ham = models.PositiveIntegerField(default=0)
    spam = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.ham} ham, {self.spam} spam"


class AkismetCheck(models.Model):
    """One question to Akismet about one comment, and its answer. The row is the order: a lost bell is rung again.

    waiting -> answered | given up (after `attempts` without an answer that could be understood)

    `values` are exactly what was or will be sent (without the key): a later report of a mistake needs the same ones.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        ANSWERED = "answered", "answered"
        GIVEN_UP = "given_up", "given up"

    class Answer(models.TextChoices):
        HAM = "ham", "not spam"
        SPAM = "spam", "spam"
        DISCARD = "discard", "blatant spam"

    comment = models.ForeignKey("blog.Comment", on_delete=models.CASCADE, related_name="akismet_checks")
    values = models.JSONField(default=dict, help_text="Emptied with the network address, after 30 days.")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    guid = models.CharField(max_length=100, blank=True)
    fault = models.CharField(max_length=250, blank=True, help_text="Why the last try gave no answer.")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "next_try_at"], name="akismet_check_due"),
        ]

    def __str__(self) -> str:
        return f"comment {self.comment_id}: {self.answer or self.state}"


class AkismetFeedback(models.Model):
    """A person decided otherwise than Akismet: it is told once."""

    class Kind(models.TextChoices):
        HAM = "ham", "it was no spam"
        SPAM = "spam", "it was spam"

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        DONE = "done", "done"
        GIVEN_UP = "given_up", "given up"

    check_row = models.ForeignKey(AkismetCheck, on_delete=models.CASCADE, related_name="feedback")
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("check_row", "kind"), name="one_feedback_of_a_kind")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "next_try_at"], name="akismet_feedback_due"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} about {self.check_row_id}"


class AkismetStatus(models.Model):
    """How the service does: one row, for the breaker that all workers share and for the operator."""

    class Key(models.TextChoices):
        UNKNOWN = "unknown", "not asked yet"
        VALID = "valid", "valid"
        INVALID = "invalid", "refused by Akismet"

    key_state = models.CharField(max_length=10, choices=Key, default=Key.UNKNOWN)
    key_mark = models.CharField(max_length=64, blank=True, help_text="Keyed hash of the key that this is about.")
    faults_in_a_row = models.PositiveIntegerField(default=0)
    paused_until = models.DateTimeField(null=True, blank=True, help_text="The breaker: nobody asks before.")
    last_fault = models.CharField(max_length=250, blank=True)
    last_fault_at = models.DateTimeField(null=True, blank=True)
    last_answer_at = models.DateTimeField(null=True, blank=True)
    alert_code = models.CharField(max_length=10, blank=True)
    alert = models.CharField(max_length=250, blank=True, help_text="What Akismet says about the account.")
    alert_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True, help_text="When the operator was last written to.")

    def __str__(self) -> str:
        return f"Akismet: key {self.key_state}"
