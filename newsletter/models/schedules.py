"""When the monthly draft makes itself, and what became of it each month."""

from datetime import date, datetime, time
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from newsletter.wall_clock import LAST_DAY, day_in_month, is_zone, moment_of, site_zone

_SECOND, _THIRD = {2, 22}, {3, 23}


def _ordinal(day: int) -> str:
    ending = "st" if day in {1, 21, 31} else "nd" if day in _SECOND else "rd" if day in _THIRD else "th"
    return f"{day}{ending}"


class DraftSchedule(models.Model):
    """Day and wall time of each month, in a zone of its own: the site's on the day it was set, whatever that is later.

    No month before `since`, when it was set or switched on, counts as missed.
    """

    DAYS: ClassVar[list[tuple[int, str]]] = [
        *((day, _ordinal(day)) for day in range(1, 32)),
        (LAST_DAY, "last day of the month"),
    ]

    newsletter = models.OneToOneField(
        "newsletter.NewsletterPage", on_delete=models.CASCADE, related_name="draft_schedule"
    )
    is_on = models.BooleanField(default=False, verbose_name="make a draft each month")
    day = models.PositiveSmallIntegerField(
        choices=DAYS, default=1, help_text="Where a month has no such day, its last one is meant."
    )
    at = models.TimeField(default=time(7), verbose_name="time")
    zone = models.CharField(max_length=64, default=site_zone, verbose_name="time zone")
    told = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="+",
        verbose_name="who gets the letter",
        help_text="Nobody chosen: all who may publish issues.",
    )
    since = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return f"Monthly draft of {self.newsletter}"

    def clean(self) -> None:
        """The zone must be one that this machine knows."""
        if not is_zone(self.zone):
            raise ValidationError({"zone": "This machine knows no such zone. Choose one from the list."})

    def due_at(self, month: date) -> datetime:
        """The moment of the month that begins on this day."""
        return moment_of(day_in_month(self.day, month), self.at, self.zone)


class DraftRun(models.Model):
    """What became of one month: a row, and the database holds no second one for the same newsletter and month.

    Only `newsletter.actions.drafting` changes `state`:

    made      a draft was made (and again, if somebody deleted it and asks for another)
    nothing   there was nothing new; made, once there is something and somebody asks for it
    asked     the moment was missed by too much: a person decides -> made, nothing, skipped
    skipped   a person said no, or the next month came
    """

    class State(models.TextChoices):
        MADE = "made", "made"
        NOTHING = "nothing", "nothing new"
        ASKED = "asked", "waits for a decision"
        SKIPPED = "skipped", "left out"

    newsletter = models.ForeignKey("newsletter.NewsletterPage", on_delete=models.CASCADE, related_name="draft_runs")
    period = models.DateField(help_text="The first day of the month.")
    state = models.CharField(max_length=8, choices=State)
    due_at = models.DateTimeField()
    zone = models.CharField(max_length=64)
    settled_at = models.DateTimeField(default=timezone.now, help_text="When it got its state.")
    until = models.DateTimeField(null=True, help_text="What was published up to then has been looked at.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    issue = models.OneToOneField(
        "newsletter.IssuePage", null=True, blank=True, on_delete=models.SET_NULL, related_name="draft_run"
    )
    articles = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["-period"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            # Two beats, a beat and a button, a beat that is rung again: one run a month.
            models.UniqueConstraint(fields=("newsletter", "period"), name="one_draft_run_a_month")
        ]

    def __str__(self) -> str:
        return f"{self.period:%B %Y}: {self.get_state_display()}"
