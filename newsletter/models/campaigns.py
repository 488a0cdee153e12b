"""What workers are to do at Mailchimp: steps of connecting, campaigns, trials of an issue as a campaign."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Leased(models.Model):
    """Work for a worker: due at `next_try_at`, in the hands of `owner` until `lease_until`."""

    owner = models.CharField(max_length=40, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0, help_text="Without success, in a row.")
    fault = models.CharField(max_length=300, blank=True, help_text="Why it does not go on, in words.")

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        abstract = True


class MailchimpStep(Leased):
    """One thing that a person asked to be done at Mailchimp. Each can be repeated without harm.

    waiting -> done | failed      (`newsletter.actions.connecting`; what passes by itself is tried again)
    """

    class Kind(models.TextChoices):
        LOOK = "look", "check the key"
        SET_UP = "set_up", "set up the audience"
        DISCONNECT = "disconnect", "disconnect"

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    found = models.JSONField(default=dict, blank=True, help_text="What the look brought: account, audiences.")

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=("state",), condition=Q(state="waiting"), name="one_mailchimp_step_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.state}"


class Campaign(Leased):
    """The campaign at Mailchimp that carries one dispatch. Each column is written before or right after its call.

    `marker` is part of the names that things have there, so that what was made by a call whose answer was lost is
    found and not made again. `told_at` is committed before the campaign is told to go: from then on its status is read
    before anything is repeated. `status` is Mailchimp's own word.
    """

    dispatch = models.OneToOneField("newsletter.Dispatch", on_delete=models.CASCADE, related_name="campaign")
    audience_id = models.CharField(max_length=60)
    marker = models.CharField(max_length=40, unique=True)
    began_at = models.DateTimeField(default=timezone.now)
    segment_id = models.PositiveBigIntegerField(null=True, blank=True)
    filled_to = models.PositiveBigIntegerField(default=0, help_text="The last chunk whose readers are in the segment.")
    campaign_id = models.CharField(max_length=60, blank=True)
    web_id = models.CharField(max_length=20, blank=True)
    content_at = models.DateTimeField(null=True, blank=True)
    checklist = models.JSONField(default=list, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    scheduled_for = models.DateTimeField(null=True, blank=True)
    stop_asked_at = models.DateTimeField(null=True, blank=True)
    status = models.CharField(max_length=20, blank=True)
    status_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    emails_sent = models.PositiveIntegerField(default=0)
    settled_at = models.DateTimeField(null=True, blank=True)
    report = models.JSONField(default=dict, blank=True, help_text="Numbers of Mailchimp's own report.")
    report_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"Campaign of dispatch {self.dispatch_id}"


class CampaignTrial(Leased):
    """A look at an issue as a campaign, before anything is ordered: Mailchimp's checklist, and a test mail if asked.

    waiting -> done | failed. The campaign that is made for it is deleted again; it has no readers of its own.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    issue = models.ForeignKey("newsletter.IssuePage", on_delete=models.CASCADE, related_name="campaign_trials")
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(default=timezone.now)
    to = models.JSONField(default=list, blank=True, help_text="Who gets a test mail; forgotten once it went.")
    marker = models.CharField(max_length=40, unique=True)
    campaign_id = models.CharField(max_length=60, blank=True)
    digest = models.CharField(max_length=64, blank=True, help_text="Of the text that was looked at.")
    is_ready = models.BooleanField(default=False)
    checklist = models.JSONField(default=list, blank=True)
    tested_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return f"Trial {self.pk} of issue {self.issue_id}"

    @property
    def items(self) -> list[dict[str, Any]]:
        """Mailchimp's lines: type (error, warning, success), heading, details."""
        return list(self.checklist)
