"""How fast a dispatch goes, measured from its rows; and whether a worker is at it at all."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q
from django.utils import timezone

from newsletter.actions.leases import live_runs
from newsletter.campaign_progress import tell_campaign
from newsletter.models import Delivery, Dispatch
from newsletter.sending_hours import REST, say_rest
from newsletter.wall_clock import say_moment

RATE_WINDOW = timedelta(seconds=60)
TOO_SHORT = timedelta(seconds=5)  # a rate of less than this is a guess
BETWEEN_ROUNDS = timedelta(seconds=2)  # for so long a run at work may hold no lease
SILENCE = timedelta(seconds=10)

NOBODY = "Waiting for a worker. One goes on within a minute"
WAITS = "The other readers wait for the better subject"
SILENT = "No answer for {} seconds. If the worker is lost, another one goes on within a minute"


@dataclass(frozen=True)
class Progress:
    """Messages an hour over the last minute (0: not known yet), the time left at that rate, and why it stands still.

    `stall` is empty while somebody is at work; when it is not, there is neither a rate nor a time left.
    """

    per_hour: int = 0
    time_left: timedelta | None = None
    stall: str = ""
    note: str = ""  # what stands there instead, where somebody else does the sending

    @property
    def calls_out(self) -> str:
        """The stall for the ear: it must not change with every second."""
        if not self.stall:
            return ""
        if self.stall.startswith(WAITS):
            return f"{WAITS}."
        return "It rests." if self.stall.startswith(REST) else "No worker answers."

    @property
    def words(self) -> str:
        """The time left for a person: "about 1 hour 17 minutes", "less than a minute"."""
        minutes = round((self.time_left or timedelta()).total_seconds() / 60)
        hours, minutes = divmod(minutes, 60)
        parts = [f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in ((hours, "hour"), (minutes, "minute")) if n]
        return f"about {' '.join(parts)}" if parts else "less than a minute"


def measure_progress(dispatch: Dispatch, *, waiting: int) -> Progress:
    """The progress of a dispatch with so many readers waiting. A lost worker shows as a stall, not as a rate."""
    if dispatch.launched_at is None or dispatch.state != Dispatch.State.RUNNING:
        return Progress()
    if campaign := tell_campaign(dispatch):
        return Progress(note=campaign.words)
    now = timezone.now()
    rows = dispatch.deliveries.order_by()
    # By every state: so the index finds the rows of the last minute without looking at all the others.
    lately = rows.filter(state__in=Delivery.State.values, at__gte=now - RATE_WINDOW)
    handed_over = Q(state=Delivery.State.HANDED_OVER)
    found = lately.aggregate(
        last=Max("at"), number=Count("pk", filter=handed_over), first=Min("at", filter=handed_over)
    )
    last: datetime | None = found["last"] or _last_outcome(dispatch)
    silent = now - (last or dispatch.launched_at)
    if waiting and (
        stall := _why_others_wait(dispatch) or _why_it_stands(dispatch, silent, has_begun=last is not None)
    ):
        return Progress(stall=stall)
    if dispatch.test is not None and not dispatch.test.winner:
        return Progress()  # nobody knows yet when the others get it
    span = now - (found["first"] or now)
    # The first one only starts the clock.
    if span < TOO_SHORT or found["number"] < 2:  # noqa: PLR2004
        return Progress()
    per_second = (found["number"] - 1) / span.total_seconds()
    return Progress(round(per_second * 3600), timedelta(seconds=round(waiting / per_second)))


def _last_outcome(dispatch: Dispatch) -> datetime | None:
    """When something last happened, however long ago: one look into the index for each state."""
    rows = dispatch.deliveries.order_by("-at").values_list("at", flat=True)
    newest = [rows.filter(state=state).first() for state in Delivery.State.values]
    return max((at for at in newest if at), default=None)


def _why_others_wait(dispatch: Dispatch) -> str:
    """Everybody who tests has had a turn, and nobody has chosen yet."""
    test = dispatch.test
    if test is None or test.winner or (test.due_at is None and test.asked_at is None):
        return ""
    if test.asked_at or test.is_by_hand:
        return f"{WAITS}: a person chooses it"
    return f"{WAITS}, until {say_moment(test.due_at, dispatch.zone)}" if test.due_at else WAITS


def _why_it_stands(dispatch: Dispatch, silent: timedelta, *, has_begun: bool) -> str:
    if rest := say_rest(dispatch):
        return rest
    is_quiet = silent >= BETWEEN_ROUNDS or not has_begun
    if is_quiet and not live_runs(dispatch):
        return NOBODY
    return SILENT.format(int(silent.total_seconds())) if silent >= SILENCE else ""
