"""Subscribers by the hundred thousand."""

from datetime import timedelta
from itertools import islice

from guard.addresses import fingerprint
from home.sample.articles import NEWEST
from newsletter.models import Subscriber

BATCH = 5000
MAILBOX = "@sample-subscribers.example"


def add_subscribers(number: int) -> int:
    """Add subscribers until there are `number` of the sample's: of 50, 48 confirmed, one pending, one left."""
    already = Subscriber.objects.filter(mailbox__endswith=MAILBOX).count()
    rows = (_subscriber(n) for n in range(already + 1, number + 1))
    while batch := list(islice(rows, BATCH)):
        Subscriber.objects.bulk_create(batch)
    return max(0, number - already)


def _subscriber(number: int) -> Subscriber:
    address = f"reader{number}{MAILBOX}"
    asked = NEWEST - timedelta(days=1, minutes=number)
    state = {0: Subscriber.State.PENDING, 1: Subscriber.State.LEFT}.get(number % 50, Subscriber.State.CONFIRMED)
    return Subscriber(
        email=address,
        mailbox=address,
        fingerprint=fingerprint(address),
        source="page",
        name=("Margaret", "Tom", "Aisha", "Jon", "")[number % 5],
        state=state,
        created_at=asked,
        asked_at=asked,
        confirmed_at=None if state == Subscriber.State.PENDING else asked + timedelta(minutes=5),
        left_at=asked + timedelta(days=1) if state == Subscriber.State.LEFT else None,
    )
