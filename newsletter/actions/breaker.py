"""The circuit breaker: when the mail server says no to everything, the fault is ours and the dispatch pauses."""

import logging
import threading

from django.db import DatabaseError

from newsletter.actions.dispatching import pause_after_faults
from newsletter.senders import Outcome, Result, Stage

log = logging.getLogger(__name__)

LIMIT = 10
SURE_LIMIT = 5  # a log-in or a sender that is refused for good does not become right by asking more often
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
        self.is_tripped = False  # stops this run at once, before the pause is written

    def note(self, outcome: Outcome) -> None:
        """Take one outcome in; the last bad one in a row that is borne pauses the dispatch with the server's words."""
        with self._lock:
            if outcome.result is Result.HANDED_OVER:
                self._in_a_row = 0
            elif outcome.is_ours or (outcome.result is Result.REFUSED and outcome.stage is not Stage.COMPOSING):
                self._in_a_row += 1
            else:
                return
            limit = SURE_LIMIT if outcome.is_ours and outcome.result is Result.REFUSED else LIMIT
            if self.is_tripped or self._in_a_row < limit:
                return
            self.is_tripped = True
        words = f"{outcome.code} {outcome.reply}" if outcome.code else outcome.reply
        try:
            pause_after_faults(self._dispatch_id, words=words, times=self._in_a_row)
        except DatabaseError:  # this run ends all the same, and the outcome in hand must not be lost with it
            log.exception("The pause of dispatch %s could not be written", self._dispatch_id)

    @property
    def rest(self) -> float:
        """Seconds that a connection rests after a fault of ours: longer with each one in a row."""
        return min(self._first_wait * 2 ** max(0, self._in_a_row - 1), LONGEST_WAIT)
