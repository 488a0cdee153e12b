"""A sender that keeps what it is given, for tests and for trying things out."""

import threading
from collections.abc import Callable
from typing import ClassVar

from newsletter.senders import Message, Outcome, Result


class MemorySender:
    """All instances share one box, as connections share one mail server.

    `answer` may be replaced by a function from a message to an Outcome, or to None for "accepted".
    """

    box: ClassVar[list[Message]] = []
    answer: ClassVar[Callable[[Message], Outcome | None]] = staticmethod(lambda _message: None)
    _lock: ClassVar[threading.Lock] = threading.Lock()

    @classmethod
    def reset(cls) -> None:
        """Empty the box and accept everything again."""
        cls.box.clear()
        cls.answer = staticmethod(lambda _message: None)

    def send(self, message: Message, *, upcoming: Message | None = None) -> Outcome:
        """Keep the message, or give the answer that was asked for; what may have been accepted is kept too."""
        outcome = type(self).answer(message) or Outcome(Result.HANDED_OVER, code=250, reply="kept")
        if outcome.result in {Result.HANDED_OVER, Result.UNKNOWN}:
            with self._lock:
                self.box.append(message)
        return outcome

    def close(self) -> None:
        """Nothing to end."""
