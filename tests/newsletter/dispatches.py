"""Dispatches for tests: ordered, launched and run as the site does it."""

from typing import Any

from newsletter.actions.batch_run import make_run
from newsletter.actions.breaker import Breaker
from newsletter.actions.dispatching import launch_dispatch, order_dispatch
from newsletter.models import Dispatch, IssuePage
from newsletter.report import count_deliveries
from tests.factories import IssuePageFactory, SubscriberFactory


def launched(*, readers: int = 3, issue: IssuePage | None = None) -> Dispatch:
    """A running dispatch to so many new readers; nothing was handed over yet."""
    SubscriberFactory.create_batch(readers)
    dispatch = order_dispatch(issue or IssuePageFactory())
    assert launch_dispatch(dispatch)
    dispatch.refresh_from_db()
    return dispatch


def run(dispatch: Dispatch, **options: Any) -> Dispatch:
    """Work as a worker does until nothing is due; waits between faults are left out."""
    make_run(dispatch, breaker=Breaker(dispatch.pk, first_wait=0), **options).go()
    dispatch.refresh_from_db()
    return dispatch


def sums_up(dispatch: Dispatch) -> bool:
    """Whether every candidate is in exactly one of the report's states."""
    counts = count_deliveries(dispatch)
    parts = counts.handed_over + counts.refused + counts.skipped + counts.held + counts.cancelled + counts.open
    return counts.candidates == parts and counts.open == counts.waiting + counts.deferred + counts.unknown
