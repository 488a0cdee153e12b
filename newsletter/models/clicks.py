"""What became of an issue after it was handed over: links that were pressed by consent, and who left through it."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class IssueLink(models.Model):
    """One address in a dispatch that may be counted, frozen at the launch: a counting link leads nowhere else.

    `people` and `machines` are what is left of its clicks once their rows are forgotten. One link of each dispatch is
    a trap: no person can see it. There `people` is how many pressed any link of the issue.
    """

    dispatch = models.ForeignKey("newsletter.Dispatch", on_delete=models.CASCADE, related_name="links")
    number = models.PositiveSmallIntegerField(help_text="Where it stands in the mail; 0: the trap.")
    url = models.URLField(max_length=2000)
    title = models.CharField(max_length=255, blank=True)
    people = models.PositiveIntegerField(default=0)
    machines = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar[list[str]] = ["number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("dispatch", "number"), name="unique_issue_link")
        ]

    def __str__(self) -> str:
        return self.title or self.url

    @property
    def is_trap(self) -> bool:
        """Whether only a program can have found it."""
        return self.number == 0


class Click(models.Model):
    """One request of a counting link, of somebody who allowed that. Gone with the person, or when they take it back.

    Neither network nor program is kept: only what the rules of `newsletter.machine_rules` made of them.
    """

    class Verdict(models.TextChoices):
        PERSON = "person", "a person"
        MACHINE = "machine", "a program"

    link = models.ForeignKey(IssueLink, on_delete=models.CASCADE, related_name="clicks")
    subscriber = models.ForeignKey("newsletter.Subscriber", on_delete=models.CASCADE, related_name="clicks")
    verdict = models.CharField(max_length=8, choices=Verdict)
    reason = models.CharField(max_length=80, blank=True, help_text="Why it was no person.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=("link", "verdict", "subscriber"), name="clicks_of_link"),
            models.Index(fields=("subscriber", "at"), name="clicks_of_reader"),
        ]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} at {self.at:%Y-%m-%d %H:%M}"


class Departure(models.Model):
    """Somebody left through the link, or the header, of this dispatch's mail; of nobody once they are erased."""

    dispatch = models.ForeignKey("newsletter.Dispatch", on_delete=models.CASCADE, related_name="departures")
    subscriber = models.ForeignKey(
        "newsletter.Subscriber", null=True, on_delete=models.SET_NULL, related_name="departures"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("dispatch", "subscriber"), name="leaves_once_through_a_dispatch")
        ]

    def __str__(self) -> str:
        return f"Left through {self.dispatch_id} at {self.at:%Y-%m-%d %H:%M}"


class KeptNews(models.Model):
    """How many mail events of one kind a dispatch had whose rows are forgotten: the report goes on to count them."""

    dispatch = models.ForeignKey("newsletter.Dispatch", on_delete=models.CASCADE, related_name="kept_news")
    kind = models.CharField(max_length=12)
    number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("dispatch", "kind"), name="one_number_a_kind_of_news")
        ]

    def __str__(self) -> str:
        return f"{self.number} of {self.kind}"
