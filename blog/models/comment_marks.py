"""What readers say about a comment: that it helped, or that something is wrong with it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class CommentReport(models.Model):
    """A reader finds that a published comment should not stand there."""

    class Reason(models.TextChoices):
        PERSONAL = "personal", "It gives away personal details"
        HARM = "harm", "It gives advice that could harm somebody"
        ABUSE = "abuse", "It attacks a person or a group"
        ADVERT = "advert", "It advertises something"
        WRONG = "wrong", "It is wrong"
        OTHER = "other", "Something else"

    class State(models.TextChoices):
        OPEN = "open", "open"
        UPHELD = "upheld", "the comment was taken down or changed"
        DISMISSED = "dismissed", "the comment stays"

    comment = models.ForeignKey("blog.Comment", on_delete=models.CASCADE, related_name="reports")
    reason = models.CharField(max_length=10, choices=Reason)
    words = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    created_at = models.DateTimeField(default=timezone.now)
    ip = models.GenericIPAddressField(null=True, blank=True, help_text="Kept 30 days.")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["created_at", "pk"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["state", "comment"], name="comment_report_open"),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: comment {self.comment_id}"


class HelpfulVote(models.Model):
    """One reader found one comment helpful.

    `voter` is a keyed hash of the comment together with the reader's network address and browser: nobody can see from
    it who voted, nor that two votes are the same person's. Forgotten after 30 days; the comment keeps the number.

    `is_counted`: it is part of `Comment.helpful_count`, which grows every few minutes and not at each vote: a new
    number is a new page for everybody. `is_taken_back`: it was counted and has still to be taken off.
    """

    comment = models.ForeignKey("blog.Comment", on_delete=models.CASCADE, related_name="helpful_votes")
    voter = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    is_counted = models.BooleanField(default=False)
    is_taken_back = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("comment", "voter"), name="one_helpful_vote_each")
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Few rows ever differ: those whose vote the number does not show yet.
            models.Index(
                fields=["comment"],
                condition=models.Q(is_counted=models.F("is_taken_back")),
                name="helpful_vote_to_count",
            ),
        ]

    def __str__(self) -> str:
        return f"comment {self.comment_id} helped"
