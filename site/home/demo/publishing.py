"""Publishes the demo's pages on days that lie in the past, as if an editor had done it then."""

from datetime import datetime, timedelta

from django.utils import timezone
from wagtail.models import Page, PageLogEntry, Revision

from users.models import User

OPENING_HOUR = 8  # when the editors publish


def days_before(now: datetime, days: str | float) -> datetime:
    """The moment so many days ago; a part of a day counts."""
    return now - timedelta(days=float(days))


def morning_before(now: datetime, days: str | float) -> datetime:
    """Eight o'clock, local time, on the day that many days ago; never later than `now`."""
    moment = timezone.localtime(days_before(now, days))
    return min(moment.replace(hour=OPENING_HOUR, minute=0, second=0, microsecond=0), now)


def add_published(parent: Page, page: Page, *, at: datetime, by: User, again_at: datetime | None = None) -> None:
    """Put the page under its parent, live since `at` and last published `again_at`; its history says the same."""
    page.live, page.owner, page.first_published_at = True, by, at
    parent.add_child(instance=page)
    republish(page, at=again_at or at, by=by)


def republish(page: Page, *, at: datetime, by: User) -> None:
    """Publish the page as it stands, on a day in the past."""
    page.last_published_at = at
    revision = page.save_revision(user=by)
    # The demo's editor may have fewer rights than whoever loads it.
    page.publish(revision, user=by, skip_permission_checks=True)
    Revision.objects.filter(pk=revision.pk).update(created_at=at)
    Page.objects.filter(pk=page.pk).update(last_published_at=at, latest_revision_created_at=at)
    PageLogEntry.objects.filter(page=page.pk).update(timestamp=at)
    page.refresh_from_db()
