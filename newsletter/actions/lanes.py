"""One open connection each: hands over what passed the gate and reports; knows no row."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue

from django.db import connection

from newsletter.actions.leases import Errand
from newsletter.composing import Skeleton
from newsletter.senders import Message, Outcome, Result, Sender, Stage

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Order:
    """Hand this one over. `upcoming` is likely to be next on this connection, and has not passed the gate yet."""

    errand: Errand
    upcoming: Errand | None = None


class Lane(threading.Thread):
    """Takes orders until it gets None; reports (itself, outcome), or (itself, None) when it broke and is over."""

    def __init__(
        self,
        slot_id: int,
        skeleton: Skeleton,
        reports: "SimpleQueue[tuple[Lane, Outcome | None]]",
        open_sender: Callable[[], Sender],
    ) -> None:
        super().__init__(daemon=True)
        self.slot_id = slot_id
        self._open_sender = open_sender
        self.orders: SimpleQueue[Order | None] = SimpleQueue()
        # Kept by the run: what is in hand, and what is meant to be next.
        self.errand: Errand | None = None
        self.upcoming: Errand | None = None
        self.rests_until = 0.0
        self._skeleton = skeleton
        self._reports = reports
        self.is_open = False  # whether its last conversation went as it should

    def run(self) -> None:
        """Never raises: whatever it leaves undone is found by settling or reaping."""
        sender: Sender | None = None
        try:
            sender = self._open_sender()
            while (order := self.orders.get()) is not None:
                self._reports.put((self, self._hand_over(order, sender.send)))
        except Exception:
            log.exception("A connection ended")
            self._reports.put((self, None))
        finally:
            if sender is not None:
                sender.close()
            connection.close()

    def end(self) -> None:
        """No more orders: say goodbye and be over. Harmless when told twice."""
        self.is_open = False
        self.orders.put(None)

    def _hand_over(self, order: Order, send: Callable[..., Outcome]) -> Outcome:
        try:
            message = self._skeleton.compose(order.errand.reader, order.errand.codes, lot=order.errand.lot)
        except Exception as error:  # noqa: BLE001 - recorded: one reader's fault is one reader's fault
            return Outcome(Result.REFUSED, Stage.COMPOSING, reply=f"compose: {type(error).__name__}: {error}")
        return send(message, upcoming=self._foresee(order.upcoming))

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
