"""Ringing for work that stands in a row: the row is the queue, the bell may be lost."""

from typing import Any

from django.db import transaction


def ring_after_commit(task: Any, *args: Any) -> None:
    """Have a worker told once the transaction in hand has written its row.

    A broker that is down costs whoever waits nothing: the row stands, and the sweep of beat rings again.
    """

    def ring() -> None:
        task.delay(*args)

    transaction.on_commit(ring, robust=True)
