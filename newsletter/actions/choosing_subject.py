"""Choosing the better of two subjects: by the tick once its moment has come, or by a person; then the rest may go."""

from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from blog.colleagues import name_of
from letters.headers import one_line
from newsletter.actions.dispatching import is_too_late, ring
from newsletter.errors import WrongState
from newsletter.letters import post_subject_wanted
from newsletter.models import Chunk, Delivery, Dispatch, Lot, SubjectTest
from newsletter.subject_figures import count_lots, judge
from newsletter.wall_clock import say_moment

if TYPE_CHECKING:
    from users.models import User  # reached through settings strings only

State = Dispatch.State


def undecided_tests() -> list[int]:
    """The keys of those that a running dispatch has and nobody has decided."""
    return list(SubjectTest.objects.filter(winner="", dispatch__state=State.RUNNING).values_list("pk", flat=True))


def settle_test(pk: int) -> None:
    """Look whether everybody who tests had a turn, and whether it is time to choose; harmless when two do at once."""
    tests = SubjectTest.objects.select_related("dispatch__issue", "dispatch__ordered_by")
    light = tests.defer("dispatch__html", "dispatch__text", "dispatch__issue__body")
    test = light.filter(pk=pk, winner="", dispatch__state=State.RUNNING).first()
    if test is not None:
        _settle(test)


def open_left_chunks() -> None:
    """Belt and braces: a chunk that went to rest in the moment of the choice goes on."""
    chosen = SubjectTest.objects.filter(dispatch=OuterRef("dispatch")).exclude(winner="")
    # No join: PostgreSQL looks again at what stands in the row itself when it had to wait for it.
    left = Chunk.objects.filter(Exists(chosen), state=Chunk.State.WAITS)
    left.update(state=Chunk.State.OPEN, next_try_at=None)


def choose_subject(dispatch: Dispatch, lot: Lot, *, by: "User | None") -> None:
    """A person chooses, at any time after the launch. Raises WrongState when it is chosen, or over."""
    test = SubjectTest.objects.select_related("dispatch").filter(dispatch=dispatch).first()
    who = name_of(by) or "a command"
    if test is None or not _choose(test, lot, words=f"Chosen by {who}.", by=by, states=(State.RUNNING, State.PAUSED)):
        raise WrongState("The subject was chosen already, or this dispatch is over.")


def _settle(test: SubjectTest) -> None:
    now = timezone.now()
    if test.due_at is None:
        if _are_out(test.dispatch):
            _begin_to_wait(test)
    elif test.due_at > now or test.asked_at is not None:
        return
    elif test.is_by_hand:
        _ask(test, "It waits for you to choose one of its two subjects.")
    elif is_too_late(test.dispatch, due_at=test.due_at):
        was_due = say_moment(test.due_at, test.dispatch.zone)
        _ask(test, f"The better subject was to be chosen on {was_due}, and the site was not at work then.")
    else:
        figures = count_lots(test.dispatch)
        found = judge(figures)
        _choose(test, found.lot, words=found.words)


def _are_out(dispatch: Dispatch) -> bool:
    """Whether everybody who tests had a turn: who is tried again later does not hold up the others."""
    fresh = Q(state=Chunk.State.LEASED) | Q(state=Chunk.State.OPEN, next_try_at=None)
    return not dispatch.chunks.filter(fresh).exists()


def _begin_to_wait(test: SubjectTest) -> None:
    if not test.dispatch.chunks.filter(state=Chunk.State.WAITS).exists():
        return  # nobody waits for it: everybody who is left has tested
    tested = Delivery.objects.filter(dispatch=test.dispatch, lot__in=(Lot.FIRST, Lot.SECOND))
    if not tested.filter(state=Delivery.State.HANDED_OVER).exists() and not test.is_by_hand:
        _choose(test, Lot.FIRST, words="Nobody has tested them: the list is too short. The first subject is used.")
        return
    due_at = timezone.now() + timedelta(hours=test.hours)
    SubjectTest.objects.filter(pk=test.pk, due_at=None).update(due_at=due_at)


@transaction.atomic
def _ask(test: SubjectTest, reason: str) -> None:
    """From now on it waits for a person; whoever ordered the issue gets a letter, once."""
    open_test = SubjectTest.objects.filter(pk=test.pk, winner="", asked_at=None)
    if open_test.update(asked_at=timezone.now(), words=one_line(reason)[:500]):
        post_subject_wanted(test, reason=reason)


@transaction.atomic
def _choose(
    test: SubjectTest, lot: Lot, *, words: str, by: "User | None" = None, states: tuple[State, ...] = (State.RUNNING,)
) -> bool:
    """Write the choice down, once and for all, and let the rest of each chunk go; False: it was chosen, or is over."""
    figures: dict[str, Any] = {one.value: asdict(row) for one, row in count_lots(test.dispatch).items()}
    alive = Dispatch.objects.filter(pk=OuterRef("dispatch"), state__in=states)
    undecided = SubjectTest.objects.filter(Exists(alive), pk=test.pk, winner="")  # no join, as above
    chosen = undecided.update(
        winner=lot, chosen_at=timezone.now(), chosen_by=by, words=one_line(words)[:500], figures=figures
    )
    if chosen:
        again_later = Q(state=Chunk.State.OPEN, next_try_at__isnull=False)
        rest = test.dispatch.chunks.filter(Q(state=Chunk.State.WAITS) | again_later)
        rest.update(state=Chunk.State.OPEN, next_try_at=None)
        ring()
    return bool(chosen)
