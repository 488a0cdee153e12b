"""Ordering, launching, pausing, resuming and cancelling a dispatch."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.timezone import localdate

from guard.bells import ring_after_commit
from letters.actions import is_sending_enabled
from letters.headers import one_line
from newsletter.actions.approving import why_not_approved
from newsletter.actions.campaign_stopping import ask_to_stop, look_at_once, refuse_pause
from newsletter.actions.campaign_words import goes_by_mailchimp, why_no_campaign
from newsletter.actions.freezing import freeze
from newsletter.actions.order_words import who_ordered
from newsletter.actions.outcomes import close_open_deliveries
from newsletter.audience import choose_readers
from newsletter.errors import AlreadyOrdered, CannotSend, NotApproved, WrongState
from newsletter.issue_fields import find_field_faults
from newsletter.letters import post_dispatch_held
from newsletter.models import Dispatch, IssuePage, NewsletterPage, Segment, Slot, SubjectTest
from newsletter.models.dispatches import CAMPAIGNS
from newsletter.models.subject_tests import is_same_subject
from newsletter.recipients import count_recipients, is_another_list
from newsletter.render_faults import name_fault
from newsletter.rendering import find_bad_books, find_bad_offers, find_unpublished_articles, render_issue
from newsletter.segment_words import tell_rule
from newsletter.segments import EVERYBODY, Rule, read_rule
from newsletter.wall_clock import say_moment

if TYPE_CHECKING:
    from users.models import User  # reached through settings strings only

JUST_ORDERED = timedelta(minutes=2)
LEAST_LATE = timedelta(minutes=5)  # the tick comes once a minute: with less, nothing would ever go out

State = Dispatch.State


def order_dispatch(
    issue: IssuePage,
    *,
    at: datetime | None = None,
    by: "User | None" = None,
    segment: Segment | None = None,
    expected: int | None = None,
    doubts: Sequence[str] = (),
    reason: str = "",
) -> Dispatch:
    """Order that an issue goes out, at once or at a moment (aware), to everybody or to a segment as its rule is now.

    The row is the order; a worker does the rest. People and commands come through `newsletter.actions.ordering`, which
    looks at the checks first. `expected` readers are compared with the list at the launch; `doubts` are what the checks
    said, and `reason` why it goes all the same. Raises CannotSend with the reason, or AlreadyOrdered when the issue has
    a dispatch that was not cancelled.
    """
    rule = read_rule(segment.rule) if segment else EVERYBODY
    if reasons := why_not_send(issue, rule, at=at):
        raise CannotSend(reasons[0])
    order = Dispatch(issue=issue, due_at=at or timezone.now(), ordered_by=by, expected=expected)
    order.backend = CAMPAIGNS if goes_by_mailchimp(issue) else ""
    order.doubts, order.reason = list(doubts), one_line(reason)[:500]
    if segment:
        order.segment_name, order.segment_rule, order.segment_words = segment.name, segment.rule, tell_rule(rule)
    try:
        with transaction.atomic():
            order.save(force_insert=True)
            ring()
    except IntegrityError as error:
        raise AlreadyOrdered(who_ordered(issue)) from error
    return order


def why_not_send(
    issue: IssuePage, rule: Rule = EVERYBODY, *, at: datetime | None = None, is_campaign: bool | None = None
) -> list[str]:
    """Every reason for which this issue cannot be sent then (None: now), in words for the editor; empty when it can.

    `is_campaign`: whether Mailchimp sends it; None: as the newsletter's page says now.
    """
    moment = at or timezone.now()
    is_expired = issue.live and issue.expire_at is not None and issue.expire_at <= moment
    checks = {
        "The issue is not published. Publish it first: its web page is where “Read on the web” leads.": issue.live,
        "The issue expires before it would go out: its web page will be gone. Change the date under Status.": (
            not is_expired
        ),
        "The issue has no subject.": bool(issue.subject.strip()),
        "Both subjects are the same. Write another second subject, or none.": not is_same_subject(
            issue.subject, issue.second_subject
        ),
        "The issue has no content.": len(issue.body) > 0,
        _nobody(issue): choose_readers(issue, rule).filter(left_out="").exists(),
        "This copy of the site may not send mail: SENDING_ENABLED_FOR does not name its host.": is_sending_enabled(),
        "The last messages of the cancelled dispatch are still under way. Try again in a minute.": not _is_busy(issue),
    }
    books = [
        f"The e-book “{title}” in the issue is not on offer, or has no edition." for title in find_bad_books(issue)
    ]
    unpublished = [f"“{title}” is in the issue and is not published." for title in find_unpublished_articles(issue)]
    return (
        [reason for reason, is_good in checks.items() if not is_good]
        + unpublished
        + why_not_offers(issue, at=at)
        + books
        + find_field_faults(issue)
        + (why_no_campaign(issue) if (goes_by_mailchimp(issue) if is_campaign is None else is_campaign) else [])
    )


def why_not_offers(issue: IssuePage, *, at: datetime | None = None) -> list[str]:
    """Of these reasons, those about offers that are over, switched off or to come."""
    bad = find_bad_offers(issue, on=at and localdate(at, timezone.get_default_timezone()))
    return [f"The offer “{title}” in the issue {why}." for title, why in bad]


def launch_due_dispatch(dispatch: Dispatch) -> bool:
    """Freeze and start a dispatch whose moment has come; whether it runs now.

    One that cannot start stays scheduled, says why, and is looked at again at the next tick. One whose moment was
    missed by too much is held: nobody wants Sunday's letter in the night to Tuesday unasked.
    """
    return not _hold_if_late(dispatch) and launch_dispatch(dispatch)


def note_failed_launch(dispatch: Dispatch, error: Exception) -> None:
    """Let whoever ordered it read that the program itself failed; it stays scheduled and is tried again."""
    reason = f"{name_fault(error)}. Whoever runs this site finds it in the worker’s log."
    Dispatch.objects.scheduled_as(dispatch).update(pause_reason=reason[:250])


def _hold_if_late(dispatch: Dispatch) -> bool:
    if not is_too_late(dispatch, due_at=dispatch.due_at):
        return False
    was_due = say_moment(dispatch.due_at, dispatch.zone)
    return _hold(dispatch, f"It was due on {was_due} and could not go out then. Nothing was sent.")


def is_too_late(dispatch: Dispatch, *, due_at: datetime) -> bool:
    """Whether that moment was missed by more than the newsletter's page allows."""
    allowed = max(LEAST_LATE, timedelta(minutes=newsletter_of(dispatch.issue).late_minutes))
    return timezone.now() - due_at > allowed


def _hold_if_another_list(dispatch: Dispatch) -> bool:
    """Whoever ordered has agreed to a number of readers. What was ordered a moment ago is not counted again."""
    if dispatch.expected is None or timezone.now() - dispatch.ordered_at < JUST_ORDERED:
        return False
    now = _count(dispatch)
    if not is_another_list(dispatch.expected, now):
        return False
    change = f"{dispatch.expected:,} readers when it was ordered, {now:,} now"
    return _hold(dispatch, f"The list has changed: {change}. Is it the right one? Nothing was sent.")


@transaction.atomic
def _hold(dispatch: Dispatch, reason: str) -> bool:
    """Let it wait for a person, and write to whoever ordered it; True."""
    scheduled = Dispatch.objects.scheduled_as(dispatch)
    held = scheduled.update(state=State.HELD, pause_reason=one_line(reason)[:250])
    if held and dispatch.ordered_by and dispatch.ordered_by.email:
        post_dispatch_held(dispatch, reason=reason)
    return True


def move_dispatch(dispatch: Dispatch, *, at: datetime, seen: datetime) -> None:
    """Have it go out at another moment (aware). Raises WrongState when it was launched, cancelled or moved meanwhile.

    `seen`: the moment that the person wanted to change. Compared in the database, so that it is moved or sent, never
    both.
    """
    waiting = Dispatch.objects.filter(pk=dispatch.pk, state__in=(State.SCHEDULED, State.HELD), due_at=seen)
    changes: dict[str, Any] = {"state": State.SCHEDULED, "due_at": at, "pause_reason": ""}
    if dispatch.state == State.HELD and dispatch.expected is not None:
        changes["expected"] = _count(dispatch)  # as with "Send it now": perhaps it waited because of the number
    if not waiting.update(**changes):
        now = Dispatch.objects.get(pk=dispatch.pk)
        if now.state in {State.SCHEDULED, State.HELD}:
            raise WrongState(f"Somebody else has moved it to {say_moment(now.due_at, now.zone)}. Look again.")
        raise WrongState(f"This dispatch is {now.get_state_display()}, so it cannot be moved.")


def release_dispatch(dispatch: Dispatch) -> None:
    """A person says that a held one shall go out now, to as many as there are now.

    Raises WrongState when it is not held, NotApproved when its text is not the one that was approved, CannotRender.
    """
    digest = render_issue(dispatch.issue).digest
    if words := why_not_approved(dispatch.issue, digest, by=dispatch.ordered_by):
        raise NotApproved(words)
    number = None if dispatch.expected is None else _count(dispatch)
    with transaction.atomic():
        _move(dispatch.pk, (State.HELD,), State.SCHEDULED, due_at=timezone.now(), pause_reason="", expected=number)
        ring()


def _count(dispatch: Dispatch) -> int:
    return count_recipients(dispatch.issue, read_rule(dispatch.segment_rule), on=timezone.localdate()).number


def newsletter_of(issue: IssuePage) -> NewsletterPage:
    """The page that holds what is the same for every issue."""
    return NewsletterPage.objects.ancestor_of(issue).get()


def launch_dispatch(dispatch: Dispatch) -> bool:
    """Start one scheduled dispatch. False when it cannot start, or another worker was first."""
    if reasons := why_not_send(dispatch.issue, read_rule(dispatch.segment_rule), is_campaign=dispatch.is_campaign):
        Dispatch.objects.scheduled_as(dispatch).update(pause_reason=reasons[0][:250])
        return False
    if _hold_if_another_list(dispatch):
        return False
    # Outside the transaction: rendering may write resized pictures.
    mail = render_issue(dispatch.issue)
    if words := why_not_approved(dispatch.issue, mail.digest, by=dispatch.ordered_by):
        _hold(dispatch, f"{words} Nothing was sent.")
        return False
    return freeze(dispatch, mail)


def pause_dispatch(dispatch: Dispatch, *, reason: str) -> None:
    """Stop before each connection's next message. Raises WrongState when it is not running, or cannot be paused."""
    refuse_pause(dispatch.pk)
    with transaction.atomic():
        _move(dispatch.pk, (State.RUNNING,), State.PAUSED, pause_reason=one_line(reason)[:250])
        look_at_once(dispatch.pk)
        ring()


def pause_after_faults(dispatch_id: int, *, words: str, times: int) -> None:
    """The circuit breaker's pause, with the mail server's words; harmless when the dispatch no longer runs."""
    reason = one_line(f"The mail server said no {times} times in a row. Its last words: {words}")[:250]
    Dispatch.objects.filter(pk=dispatch_id, state=State.RUNNING).update(state=State.PAUSED, pause_reason=reason)


def pause_in_doubt(dispatch_id: int, *, words: str, calls: int) -> None:
    """The pause after calls to a provider that nobody can say the outcome of; harmless when it no longer runs."""
    said = f"{calls} calls in a row without a clear answer. Look at the held readers before you go on. {words}"
    Dispatch.objects.filter(pk=dispatch_id, state=State.RUNNING).update(
        state=State.PAUSED, pause_reason=one_line(said)[:250]
    )


def resume_dispatch(dispatch: Dispatch) -> None:
    """Go on after a pause. Raises WrongState when it is not paused, CannotSend when this site may not send."""
    if not is_sending_enabled():
        raise CannotSend("This copy of the site may not send mail: SENDING_ENABLED_FOR does not name its host.")
    with transaction.atomic():
        _move(dispatch.pk, (State.PAUSED,), State.RUNNING, pause_reason="")
        # The moment to choose a subject passed in the pause, so it was not missed.
        now = timezone.now()
        SubjectTest.objects.filter(dispatch=dispatch, winner="", due_at__lt=now).update(due_at=now)
        look_at_once(dispatch.pk)
        ring()


def cancel_dispatch(dispatch: Dispatch) -> None:
    """End it for good: what was handed over stays so, nobody else is mailed. Raises WrongState when it is over.

    Where Mailchimp has it already, a worker asks it to stop: the row says what came of that.
    """
    with transaction.atomic():
        if ask_to_stop(dispatch.pk):
            ring()
            return
        _move(
            dispatch.pk,
            (State.SCHEDULED, State.HELD, State.RUNNING, State.PAUSED),
            State.CANCELLED,
            finished_at=timezone.now(),
            pause_reason="",
        )
        close_open_deliveries(dispatch.pk)


def _move(pk: int, allowed: tuple[State, ...], state: State, **changes: object) -> None:
    if not Dispatch.objects.filter(pk=pk, state__in=allowed).update(state=state, **changes):
        now = Dispatch.objects.get(pk=pk).get_state_display()
        raise WrongState(f"This dispatch is {now}, so it cannot become {state.label}.")


def _nobody(issue: IssuePage) -> str:
    if issue.corrects_id is None:
        return "There are no subscribers to whom it would go."
    return "Nobody who got the issue that this corrects is on the list any more."


def _is_busy(issue: IssuePage) -> bool:
    cancelled = Slot.objects.filter(dispatch__issue=issue, dispatch__state=State.CANCELLED)
    return cancelled.exclude(subscriber_id=None).exists()


def ring() -> None:
    """After the commit, let a worker look at once for what there is to do."""
    from newsletter.tasks import tick_dispatches  # noqa: PLC0415 - the task calls this module

    ring_after_commit(tick_dispatches)
