"""How many connections a run may have open: fewer when the mail server wants that, then slowly more again."""

import time
from collections.abc import Callable

from newsletter.senders import CLOSING, Outcome, Result, Stage

GROWS_AFTER = 60.0  # seconds: a tenth more, at least one
TRIES_AGAIN_AFTER = 5.0  # seconds after a line was cut without a word: a server that restarts is soon back


class Width:
    """`limit` connections at most, and of new ones no more at a time than half of those that work already.

    So a server that wants few of us refuses few before we know. A connection that it does not want while others work
    is given up without counting as a fault of ours: after a 421 one in ten comes back each minute, after a line that
    broke without a word all may be tried again.
    """

    def __init__(self, most: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self.limit = most
        self._waits_until = 0.0
        self._is_careful = False

    def room(self, *, at_work: int, opening: int) -> int:
        """How many more connections may be opened now, beside those `at_work` and those that are being opened."""
        return max(0, min(self.limit - at_work, max(1, at_work // 2)) - opening)

    def note(self, outcome: Outcome, *, others_open: int) -> bool:
        """Take one outcome in; whether it only says that there are too many of us. `others_open` work as it comes."""
        if outcome.result is Result.HANDED_OVER:
            self._grow()
            return False
        if not outcome.is_ours or outcome.stage is not Stage.CONNECTION or not others_open:
            return False
        if outcome.result is Result.REFUSED:
            return False  # a wrong password does not become right with fewer connections
        self.limit = max(1, min(self.limit, others_open))
        self._is_careful = outcome.code is not None
        self._waits_until = self._clock() + (GROWS_AFTER if self._is_careful else TRIES_AGAIN_AFTER)
        return True

    def _grow(self) -> None:
        if self.limit == self._most or (now := self._clock()) < self._waits_until:
            return
        self.limit = min(self._most, self.limit + max(1, self.limit // 10)) if self._is_careful else self._most
        self._waits_until = now + GROWS_AFTER


def asks_for_less(outcome: Outcome) -> bool:
    """Whether the server says that messages come too fast (RFC 3463: 4.7.x is its policy). Greylisting is no such."""
    if outcome.code is None or not 400 <= outcome.code < 500:  # noqa: PLR2004
        return False
    words = outcome.reply.lower()
    if "greylist" in words or "graylist" in words:
        return False
    return outcome.code == CLOSING or words.startswith("4.7.") or "throttl" in words or "rate limit" in words
