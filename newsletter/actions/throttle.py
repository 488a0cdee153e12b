"""No more messages an hour than the mail provider allows or bears, evenly spread over all connections of a run."""

import time
from collections.abc import Callable

SECOND = 1.0
MEASURES = 10.0  # seconds: over so long a rate is measured, and no more often is it halved
FASTER_AFTER = 60.0  # seconds: a tenth faster
LEAST = 10  # messages: fewer are no rate
SLOWEST = 0.1  # messages a second


class Throttle:
    """A bucket that fills evenly and holds one second's worth, at least one message. `per_hour` 0: no limit.

    A run begins with one message in the bucket, so that runs that follow each other do not add up to more.
    `slow_down` halves the rate; it comes back by a tenth a minute.
    """

    def __init__(self, per_hour: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._per_second = self._allowed = per_hour / 3600
        self._tokens = 1.0
        self._filled_at = self._measured_at = self._halved_at = clock()
        self._given = 0  # since `_measured_at`
        self._lately = 0.0  # a second, in the span before
        self._before = 0.0  # the rate at which the server had enough; 0: it never had
        self._faster_at = 0.0

    @property
    def is_limited(self) -> bool:
        """Whether there is a limit at all."""
        return self._per_second > 0

    def take(self, wanted: int) -> int:
        """How many of so many messages may leave now."""
        now = self._clock()
        if self._before and now >= self._faster_at:
            self._speed_up(now)
        given = wanted
        if self._per_second:
            self._tokens = min(self._holds, self._tokens + (now - self._filled_at) * self._per_second)
            given = min(wanted, int(self._tokens))
            self._tokens -= given
        self._filled_at = now
        if now - self._measured_at > MEASURES:
            self._lately = self._given / (now - self._measured_at)
            self._measured_at, self._given = now, 0
        self._given += given
        return given

    def slow_down(self) -> None:
        """The server says that messages come too fast: half as many. Harmless when it says so many times at once.

        Nothing is changed before there is a rate: a server that says so to the first of us is only busy.
        """
        now = self._clock()
        if self._given + self._lately * MEASURES < LEAST or (self._before and now - self._halved_at < MEASURES):
            return
        rate = max(self._lately, self._given / max(SECOND, now - self._measured_at))
        rate = min(rate, self._per_second) if self._per_second else rate
        self._before = max(self._before, rate)
        self._per_second = max(SLOWEST, rate / 2)
        self._tokens = min(self._tokens, 1.0)
        self._halved_at, self._faster_at = now, now + FASTER_AFTER

    def _speed_up(self, now: float) -> None:
        self._per_second *= 1.1
        self._faster_at = now + FASTER_AFTER
        # Well beyond where it was once too much: what made it so is over.
        if self._per_second >= (self._allowed or 2 * self._before):
            self._per_second, self._before = self._allowed, 0.0

    @property
    def _holds(self) -> float:
        return max(1.0, self._per_second * SECOND)

    def give_back(self, number: int) -> None:
        """Some that were taken did not leave after all."""
        self._tokens = min(self._holds, self._tokens + number)

    @property
    def ready_at(self) -> float:
        """When (time.monotonic) the next message may leave."""
        if not self._per_second:
            return self._filled_at
        return self._filled_at + max(0.0, 1.0 - self._tokens) / self._per_second
