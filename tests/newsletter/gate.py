"""What the tests of the send gate share."""

from collections.abc import Iterable
from typing import Any

from guard import heartbeats
from newsletter.checks import Check, examine_issue
from newsletter.models import IssuePage, NewsletterPage


def be_alive() -> None:
    """As if beat had rung and a worker had answered just now."""
    heartbeats.beat(heartbeats.CLOCK)


def lines(checks: Iterable[Check]) -> str:
    """All that the checks say, a line each, with their level."""
    return "\n".join(f"{check.level}: {check}" for check in checks)


def examined(issue: IssuePage, **options: Any) -> str:
    """The same of an issue as the database has it."""
    return lines(examine_issue(IssuePage.objects.get(pk=issue.pk), **options).checks)


def set_sender(**fields: Any) -> None:
    """Change what is the same for all issues."""
    NewsletterPage.objects.update(**fields)
