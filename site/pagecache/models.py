"""The generation of the public site."""

from datetime import datetime
from typing import NamedTuple

from django.db import models
from django.db.models import F
from django.utils import timezone


class Moment(NamedTuple):
    """The state of the public site: which generation, since when. Two equal moments mean the same pages."""

    number: int
    changed_at: datetime


class Generation(models.Model):
    """One row. Its number grows with every change that readers can see."""

    KEY = 1

    number = models.PositiveBigIntegerField(default=1)
    changed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.number)

    @classmethod
    def read(cls) -> Moment | None:
        """The present one; None where the row is missing, which means: keep nothing."""
        row = next(iter(cls.objects.filter(pk=cls.KEY).values_list("number", "changed_at")), None)
        return Moment(*row) if row else None

    @classmethod
    def bump(cls) -> None:
        """The next one, from now on, for every process."""
        rows = cls.objects.filter(pk=cls.KEY)
        if not rows.update(number=F("number") + 1, changed_at=timezone.now()):
            cls.objects.get_or_create(pk=cls.KEY)
