"""Parts of the list that have a name."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from newsletter.models.subscribers import SubscriberQuerySet


class Segment(models.Model):
    """A rule, never a list: who is in it is found anew at each look (`newsletter.segments`)."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    rule = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """The rule has known parts with values that make sense; raises ValidationError."""
        from newsletter.segments import read_rule  # noqa: PLC0415 - rules read subscribers

        try:
            read_rule(self.rule)
        except ValueError as error:
            raise ValidationError({"rule": str(error)}) from error

    def people(self) -> SubscriberQuerySet:
        """Everybody on the list whom the rule means, in one query."""
        from newsletter.segments import find_people, read_rule  # noqa: PLC0415

        return find_people(read_rule(self.rule))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuse a rule that cannot be read: a part of the list that means everybody by mistake would be mailed."""
        self.clean()
        super().save(*args, **kwargs)
