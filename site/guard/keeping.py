"""How long personal data is kept: what a rule says, and forgetting in steps that keep nobody waiting.

The rules themselves are in `blog/commenting/keeping.py` and `newsletter/keeping.py`; docs/what-is-kept.md tells them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction

BATCH = 200  # rows in one transaction: others who write wait no longer than that takes


@dataclass(frozen=True, slots=True)
class Rule:
    """`words` say what is forgotten, `since` from when its `days` count; where editors set the days, `setting` says so.

    `setting` names the field of the settings that holds the days; `days` is then what it has at first.
    """

    name: str
    days: int
    words: str
    since: str
    setting: str = ""

    @property
    def time(self) -> timedelta:
        """The days as a stretch of time."""
        return timedelta(days=self.days)


def delete_rows(rows: Any) -> int:
    """Delete all rows of a query; returns how many, those that went along included."""
    return in_batches(rows, lambda some: some.delete()[0])


def in_batches(rows: Any, act: Callable[[Any], int]) -> int:
    """Do `act` to the rows of a query, `BATCH` a transaction; returns the sum of what it returned.

    What is no longer due when its turn comes, since somebody restored it meanwhile, is left alone.
    """
    touched, last = 0, 0
    while keys := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            touched += act(rows.filter(pk__in=keys))
        last = keys[-1]
    return touched
