"""Schedules and runs of the monthly draft, for tests."""

import threading
from datetime import UTC, date, datetime, time
from typing import Any

from django.db import connection

from newsletter.actions.drafting import set_schedule
from newsletter.models import DraftRun, DraftSchedule, NewsletterPage
from newsletter.tasks import make_monthly_drafts
from tests.factories import ArticlePageFactory, make_site


def make_run(**fields: Any) -> DraftRun:
    """A month that was missed and waits for a decision."""
    make_site()
    own = {
        "newsletter": NewsletterPage.objects.get(),
        "period": date(2026, 3, 1),
        "state": DraftRun.State.ASKED,
        "due_at": datetime(2026, 3, 1, 7, tzinfo=UTC),
        "zone": "Europe/London",
    }
    return DraftRun.objects.create(**{**own, **fields})


def make_schedule(*, day: int = 1, at: time = time(7), zone: str = "Europe/London", told: Any = ()) -> DraftSchedule:
    """Switched on now."""
    make_site()
    newsletter = NewsletterPage.objects.get()
    return set_schedule(DraftSchedule(newsletter=newsletter, is_on=True, day=day, at=at, zone=zone), told=told)


def publish(title: str, *, at: datetime, **fields: Any) -> Any:
    """An article that was first published at that moment."""
    return ArticlePageFactory(title=title, first_published_at=at, last_published_at=at, **fields)


def ring_together(number: int) -> None:
    """So many clocks look at the same moment, each on a connection of its own."""
    together = threading.Barrier(number)

    def ring() -> None:
        try:
            together.wait(timeout=30)
            make_monthly_drafts()
        finally:
            connection.close()

    clocks = [threading.Thread(target=ring) for _ in range(number)]
    for clock in clocks:
        clock.start()
    for clock in clocks:
        clock.join()
