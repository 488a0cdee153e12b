"""A second person's word on an issue: what exactly they saw, and what they said."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Approval(models.Model):
    """One request, and its answer.

    Only `newsletter.actions.approving` changes `state`:

    asked -> approved | sent back
    asked -> withdrawn           (asked again, for other words)

    It is about the issue whose rendered text has `digest`, to the letter (`RenderedIssue.digest`): for any other text
    it is worth nothing, so nobody has to void it.
    """

    class State(models.TextChoices):
        ASKED = "asked", "asked for"
        APPROVED = "approved", "approved"
        SENT_BACK = "sent_back", "sent back"
        WITHDRAWN = "withdrawn", "asked again"

    issue = models.ForeignKey("newsletter.IssuePage", on_delete=models.CASCADE, related_name="approvals")
    state = models.CharField(max_length=9, choices=State, default=State.ASKED)
    digest = models.CharField(max_length=64)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    words = models.CharField(max_length=500, blank=True, help_text="What to look at.")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("issue",), condition=Q(state="asked"), name="one_open_approval_per_issue")
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()}: issue {self.issue_id}"
