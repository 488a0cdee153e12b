"""One open connection each: hands over what passed the gate, and says what became of it; knows no row."""

import logging
import math
import select
import threading
import time
from collections.abc import Callable, Collection
from typing import cast

from newsletter.actions.leases import Errand
from newsletter.composing import Skeleton
from newsletter.senders import Message, Outcome, Result, Sender, Stage, TalkingSender

log = logging.getLogger(__name__)


class Lane:
    """One connection of a run. A lane that `is_broken` has a fault in our own code and is over."""

    def __init__(self, slot_id: int, skeleton: Skeleton, open_sender: Callable[[], Sender]) -> None:
        self.slot_id = slot_id
        # Kept by the run: what is in hand, and what is meant to be next.
        self.errand: Errand | None = None
        self.upcoming: Errand | None = None
        self.rests_until = 0.0
        self.has_worked = False  # its last conversation went as it should
        self.is_broken = False
        self._skeleton = skeleton
        self._open_sender = open_sender
        self._sender: Sender | None = None
        self._talking: TalkingSender | None = None  # the same, where it need not be waited for
        self._is_over = False
        self._ending: threading.Thread | None = None

    def hand_over(self, errand: Errand, upcoming: Errand | None) -> Outcome | None:
        """Hand this one over; None: `go_on` when there is something to hear.

        `upcoming` is likely to be next on this connection, and has not passed the gate yet.
        """
        return self._safely(lambda: self._hand_over(errand, upcoming))

    def go_on(self) -> Outcome | None:
        """Hear what there is; the outcome of what is in hand when there is one."""
        return self._safely(self.talking.go_on)

    @property
    def is_open(self) -> bool:
        """Whether the server has let us in: at once, for the first message may take it minutes (a tarpit)."""
        return not self._is_over and (self._talking.is_open if self._talking is not None else self.has_worked)

    @property
    def talking(self) -> TalkingSender:
        """The sender that has a message under way."""
        if self._talking is None:
            raise RuntimeError("nothing is under way")
        return self._talking

    def end(self) -> None:
        """No more errands: say goodbye, without keeping anybody waiting. Harmless when told twice."""
        self._is_over = True
        if self._sender is not None and self._ending is None:
            self._ending = threading.Thread(target=self._sender.close, daemon=True)
            self._ending.start()

    def join(self) -> None:
        """Wait until the goodbye is said."""
        if self._ending is not None:
            self._ending.join()

    def _safely(self, step: Callable[[], Outcome | None]) -> Outcome | None:
        try:
            return step()
        except Exception:
            # Whatever it leaves undone is found by settling or reaping.
            log.exception("A connection ended")
            self.is_broken = True
            return None

    def _hand_over(self, errand: Errand, upcoming: Errand | None) -> Outcome | None:
        sender = self._sender or self._open()
        try:
            message = self._skeleton.compose(errand.reader, errand.codes, lot=errand.lot)
        except Exception as error:  # noqa: BLE001 - recorded: one reader's fault is one reader's fault
            return Outcome(Result.REFUSED, Stage.COMPOSING, reply=f"compose: {type(error).__name__}: {error}")
        ahead = self._foresee(upcoming)
        if self._talking is not None:
            return self._talking.begin(message, upcoming=ahead)
        return sender.send(message, upcoming=ahead)

    def _open(self) -> Sender:
        self._sender = sender = self._open_sender()
        self._talking = cast("TalkingSender", sender) if hasattr(sender, "begin") else None
        return sender

    def _foresee(self, upcoming: Errand | None) -> Message | None:
        """The envelope that is likely to be next.

        Nobody's content is made before their gate: should the making kill the worker, the slot must say at whom.
        """
        if upcoming is None:
            return None
        try:
            return self._skeleton.announce(upcoming.reader)
        except ValueError:  # it is recorded when it is this reader's turn
            return None


def hear(lanes: Collection[Lane], *, seconds: float) -> list[tuple[Lane, Outcome | None]]:
    """Wait at most so long until one of these, each with something in hand, has something to hear; what it came to.

    None beside a lane: it broke.
    """
    seconds = min(seconds, min((lane.talking.deadline for lane in lanes), default=math.inf) - time.monotonic())
    waiting, found = select.poll(), {}
    for lane in lanes:
        number, events = lane.talking.waits_for()
        waiting.register(number, events)
        found[number] = lane
    heard = {found[number] for number, _ in waiting.poll(max(0, math.ceil(seconds * 1000)))}
    now = time.monotonic()
    due = [lane for lane in lanes if lane in heard or lane.talking.deadline <= now]
    told = [(lane, lane.go_on()) for lane in due]
    return [(lane, outcome) for lane, outcome in told if outcome is not None or lane.is_broken]
