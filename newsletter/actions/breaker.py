"""The circuit breaker: when the mail server says no to everything, the fault is ours and the dispatch pauses."""

import threading

from newsletter.actions.dispatching import pause_after_faults
from newsletter.senders import Outcome, Result, Stage

LIMIT = 10
LONGEST_WAIT = 15.0  # seconds


class Breaker:
    """Counts refusals and faults in a row, over all connections of a run.

    A deferral of one reader or a message that could not be composed says nothing about the server: neither counted
    nor a new beginning.
    """

    def __init__(self, dispatch_id: int, *, first_wait: float = 0.2) -> None:
        self._dispatch_id = dispatch_id
        self._first_wait = first_wait
        self._lock = threading.Lock()
        self._in_a_row = 0

    def note(self, outcome: Outcome) -> None:
        """Take one outcome in; the tenth bad one in a row pauses the dispatch with the server's words."""
        with self._lock:
            if outcome.result is Result.HANDED_OVER:
                self._in_a_row = 0
            elif outcome.is_ours or (outcome.result is Result.REFUSED and outcome.stage is not Stage.COMPOSING):
                self._in_a_row += 1
            else:
                return
            is_tripped = self._in_a_row == LIMIT
        if is_tripped:
            words = f"{outcome.code} {outcome.reply}" if outcome.code else outcome.reply
            pause_after_faults(self._dispatch_id, words=words, times=LIMIT)

    def wait(self, told_to_stop: threading.Event) -> None:
        """After a fault of ours: longer with each one in a row."""
        told_to_stop.wait(min(self._first_wait * 2 ** max(0, self._in_a_row - 1), LONGEST_WAIT))
