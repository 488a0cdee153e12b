"""No more messages an hour than the mail provider allows, evenly spread over all connections of a run."""

import time
from collections.abc import Callable

SECOND = 1.0


class Throttle:
    """A bucket that fills evenly and holds one second's worth, at least one message. `per_hour` 0: no limit.

    A run begins with one message in the bucket, so that runs that follow each other do not add up to more.
    """

    def __init__(self, per_hour: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._per_second = per_hour / 3600
        self._holds = max(1.0, self._per_second * SECOND)
        self._tokens = 1.0
        self._filled_at = clock()

    @property
    def is_limited(self) -> bool:
        """Whether there is a limit at all."""
        return self._per_second > 0

    def take(self, wanted: int) -> int:
        """How many of so many messages may leave now."""
        if not self._per_second:
            return wanted
        now = self._clock()
        self._tokens = min(self._holds, self._tokens + (now - self._filled_at) * self._per_second)
        self._filled_at = now
        given = min(wanted, int(self._tokens))
        self._tokens -= given
        return given

    def give_back(self, number: int) -> None:
        """Some that were taken did not leave after all."""
        self._tokens = min(self._holds, self._tokens + number)

    @property
    def ready_at(self) -> float:
        """When (time.monotonic) the next message may leave."""
        if not self._per_second:
            return self._filled_at
        return self._filled_at + max(0.0, 1.0 - self._tokens) / self._per_second
