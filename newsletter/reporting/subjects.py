"""What the page of a dispatch says of its two subjects: figures by lot, how sure they are, what can be done."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from newsletter.keeping import CLICKS
from newsletter.models import Dispatch, Lot, SubjectTest
from newsletter.report import Counts
from newsletter.reporting.figures import Figures, per_cent
from newsletter.subject_figures import LotFigures, count_lots, say_least_difference

OPEN = (Dispatch.State.RUNNING, Dispatch.State.PAUSED)


@dataclass(frozen=True)
class Row:
    """One line of the table; what nobody can know is None."""

    words: str
    subject: str
    handed_over: int
    allowed: int | None
    pressed: int | None
    left: int | None
    complained: int | None
    is_chosen: bool = False

    @property
    def pressed_share(self) -> str:
        """Of those who let us count."""
        return per_cent(self.pressed or 0, self.allowed or 0)


def tell_test(dispatch: Dispatch, counts: Counts, figures: Figures | None = None) -> dict[str, Any] | None:
    """The context of `subjects.html`; None without a second subject. `figures` are known once it is over."""
    test = dispatch.test
    if test is None:
        return None
    found, is_frozen = _figures(dispatch, test)
    lots = [
        _row("First", dispatch.subject, found[Lot.FIRST], is_chosen=test.winner == Lot.FIRST),
        _row("Second", test.subject, found[Lot.SECOND], is_chosen=test.winner == Lot.SECOND),
    ]
    tested = sum(row.handed_over for row in lots)
    rest = counts.handed_over - tested
    if test.winner and rest > 0:
        lots.append(_rest(lots, rest, figures, subject=test.subject if test.winner == Lot.SECOND else dispatch.subject))
    is_open = not test.winner and dispatch.state in OPEN
    return {
        "test": test,
        "rows": lots,
        "is_open": is_open,
        "may_choose": is_open,
        "is_asked": is_open and (test.asked_at is not None or (test.is_by_hand and test.due_at is not None)),
        "is_frozen": is_frozen,
        "waiting": counts.waiting,
        "allowed": sum(row.allowed or 0 for row in lots[:2]),
        "tested": tested,
        "weakness": say_least_difference(min(row.allowed or 0 for row in lots[:2])),
    }


def _figures(dispatch: Dispatch, test: SubjectTest) -> tuple[Mapping[Lot, LotFigures], bool]:
    """As they stand now; once single presses are forgotten, as they stood when it was chosen."""
    is_old = dispatch.launched_at is not None and dispatch.launched_at < timezone.now() - CLICKS.time
    if is_old and test.figures:
        return {lot: LotFigures(**test.figures[lot]) for lot in (Lot.FIRST, Lot.SECOND)}, True
    return count_lots(dispatch), False


def _row(words: str, subject: str, lot: LotFigures, *, is_chosen: bool) -> Row:
    return Row(words, subject, lot.handed_over, lot.allowed, lot.pressed, lot.left, lot.complained, is_chosen)


def _rest(lots: list[Row], number: int, figures: Figures | None, *, subject: str) -> Row:
    """Everybody who waited: what is in the whole and in neither lot."""
    if figures is None:
        return Row("All others", subject, number, None, None, None, None)
    pressed, left, complained = (
        max(0, whole - sum(part or 0 for part in parts))
        for whole, parts in (
            (figures.people, [row.pressed for row in lots]),
            (figures.left, [row.left for row in lots]),
            (figures.complained, [row.complained for row in lots]),
        )
    )
    return Row("All others", subject, number, None, pressed, left, complained)
