"""At most eight connections to Mailchimp over all processes and machines: each call takes a row for its time.

Mailchimp allows ten a user, over all that share the account. A row is free again when its call ends, or once the
service itself has given the call up: so long a killed process, or one that no longer waits, may hold a connection.
"""

import contextlib
import random
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now

from newsletter.errors import MailchimpThrottled
from newsletter.models import MailchimpLine

MOST = 8
LONGEST_WAIT = 60.0  # seconds for a free one
_POLLS = (0.02, 0.2)  # seconds between two looks


class Lease:
    """One line in use. `is_open_there`: nobody waits any more, but the service may go on with the call."""

    def __init__(self, number: int, owner: str) -> None:
        self.number, self.owner = number, owner
        self.is_open_there = False


@contextlib.contextmanager
def one_line() -> Iterator[Lease]:
    """A line for one call. Raises MailchimpThrottled when none gets free in time."""
    lease = _wait()
    try:
        yield lease
    finally:
        if not lease.is_open_there:
            MailchimpLine.objects.filter(number=lease.number, owner=lease.owner).update(owner="", lease_until=None)


def _wait() -> Lease:
    owner, until = uuid.uuid4().hex, time.monotonic() + LONGEST_WAIT
    while True:
        if lease := _take(owner):
            return lease
        if time.monotonic() > until:
            raise MailchimpThrottled("All connections to Mailchimp are in use.")
        time.sleep(random.uniform(*_POLLS))  # noqa: S311 - no secret


def _take(owner: str) -> Lease | None:
    """A free line, by conditional update: of two at once exactly one gets it. Times are the database's own."""
    if MailchimpLine.objects.count() < MOST:
        MailchimpLine.objects.bulk_create([MailchimpLine(number=n) for n in range(MOST)], ignore_conflicts=True)
    free = MailchimpLine.objects.filter(Q(owner="") | Q(lease_until__lt=Now()))
    numbers = list(free.values_list("number", flat=True))
    random.shuffle(numbers)
    for number in numbers:
        until = Now() + timedelta(seconds=settings.MAILCHIMP_HOLDS_CALLS * 1.05)
        if free.filter(number=number).update(owner=owner, lease_until=until):
            return Lease(number, owner)
    return None
