"""What a worker found out about an issue: whether links to other sites answer, whether codes can be made."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class CheckRun(models.Model):
    """One look of a worker.

    Only `newsletter.actions.checking` changes `state`:

    waiting -> running -> done
    running -> waiting            (the worker was told to end; one that died is found by its lease)

    `answers` maps an address to [sort, words] (`blog.outside.verdicts`); `fault` says why no codes can be made.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        RUNNING = "running", "running"
        DONE = "done", "done"

    issue = models.ForeignKey("newsletter.IssuePage", on_delete=models.CASCADE, related_name="check_runs")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    total = models.PositiveSmallIntegerField(default=0, help_text="Addresses to ask.")
    done = models.PositiveSmallIntegerField(default=0, help_text="Addresses asked.")
    answers = models.JSONField(default=dict)
    fault = models.CharField(max_length=250, blank=True)
    owner = models.CharField(max_length=40, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("issue",), condition=~Q(state="done"), name="one_open_check_per_issue")
        ]

    def __str__(self) -> str:
        return f"Look {self.pk} at issue {self.issue_id}"

    @property
    def verdicts(self) -> dict[str, tuple[Any, str]]:
        """Address -> (sort, words)."""
        return {url: (sort, words) for url, (sort, words) in self.answers.items()}
