"""Whether this worker was told to end."""

import multiprocessing
import time

POLL = 0.05  # seconds


class StopFlag:
    """One byte that a worker shares with the processes it forks.

    No lock stands before it: a signal handler sets it, and a process that is killed while it looks must leave nothing
    behind that the others wait for.
    """

    def __init__(self) -> None:
        self._byte = multiprocessing.RawValue("b", 0)

    def set(self) -> None:
        """Tell everybody who looks to end."""
        self._byte.value = 1

    def clear(self) -> None:
        """Begin anew."""
        self._byte.value = 0

    def is_set(self) -> bool:
        """Whether somebody told us to end."""
        return bool(self._byte.value)

    def wait(self, seconds: float) -> bool:
        """Sleep for so many seconds, or until told to end; whether that is so."""
        ends_at = time.monotonic() + seconds
        while not self.is_set() and (left := ends_at - time.monotonic()) > 0:
            time.sleep(min(POLL, left))
        return self.is_set()


stopping = StopFlag()  # made before the worker forks, so that its children see it too
