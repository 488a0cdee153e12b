"""Leaving: who goes and why, and who takes it back within a day."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from guard.addresses import as_written, normalise
from guard.bells import ring_after_commit
from guard.limits import Limits, take_letter_turn, take_mailbox_turn
from newsletter import letters
from newsletter.actions.consents import note_sign, record_consent
from newsletter.actions.suppressing import is_barred, lift_suppression, suppress_mailbox
from newsletter.errors import NotAllowed
from newsletter.models import Consent, Departure, Dispatch, LeaveRequest, Subscriber, Suppression

UNDO_FOR = timedelta(hours=24)
GOODBYES: Limits = ((timedelta(hours=24), 1),)  # however often somebody leaves and takes it back
WANT_NO_LETTER = {"header", "mailchimp"}
SWEPT = 500  # requests that one sweep rings for

State = Subscriber.State


@transaction.atomic
def ask_for_leave_link(email: str) -> LeaveRequest:
    """Write down that somebody typed this address to leave, and ring for the letter. Raises InvalidAddressError.

    Nothing here looks whether the address is known: no answer and no stopwatch tells.
    """
    from newsletter.tasks import settle_leave_request as settle  # noqa: PLC0415 - the task calls this module

    asked = LeaveRequest.objects.create(email=as_written(email))
    ring_after_commit(settle, asked.pk)
    return asked


@transaction.atomic
def settle_leave_request(pk: int) -> bool:
    """Post the letter with the link, if there is somebody to write to; False if that was done. The row goes."""
    asked = LeaveRequest.objects.select_for_update().filter(pk=pk).first()
    if asked is None or not asked.delete()[0]:
        return False
    mailbox = normalise(asked.email)
    person = Subscriber.objects.filter(mailbox=mailbox).exclude(state=State.LEFT).first()
    if person and not is_barred(mailbox) and take_letter_turn(mailbox, kind="leave"):
        letters.post_leave_link(person)
    return True


def find_waiting_leave_requests() -> list[int]:
    """The keys of requests that nobody has answered, oldest first."""
    return list(LeaveRequest.objects.values_list("pk", flat=True)[:SWEPT])


@transaction.atomic
def unsubscribe(subscriber: Subscriber, *, by: str, through: int = 0) -> bool:
    """Take a person off the list at once; False if they were off it already.

    `by` says how: "header" (a mail program's one-click POST), "link" (the page), "mailchimp" (there). From here on the
    mailbox is suppressed, until its owner comes back through the double opt-in. `through`: the dispatch (key) whose
    mail it was.

    Whoever was on the list gets one last letter, with the way back: an issue may have been passed on, and a stranger
    pressed. Not after the header, which no mail that is passed on has: who pressed there wants to hear no more. Nor
    after Mailchimp's link ("mailchimp"), which says goodbye in its own way.
    """
    now, own = timezone.now(), Subscriber.objects.filter(pk=subscriber.pk)
    # Who was not on the list at that moment has nothing to take back: an old link must not bring them on it.
    was_waiting = own.filter(state=State.PENDING).update(state=State.LEFT, left_at=now, confirmed_at=None)
    if not was_waiting and not own.filter(state=State.CONFIRMED).update(state=State.LEFT, left_at=now):
        return False
    record_consent(subscriber, Consent.Act.LEFT, form=by)
    suppress_mailbox(subscriber.mailbox, reason=Suppression.Reason.LEFT)
    if through and Dispatch.objects.filter(pk=through).exists():
        Departure.objects.update_or_create(dispatch_id=through, subscriber=subscriber, defaults={"at": now})
    subscriber.refresh_from_db()
    if by not in WANT_NO_LETTER and can_undo(subscriber) and take_mailbox_turn("goodbye", subscriber.mailbox, GOODBYES):
        letters.post_goodbye(subscriber)
    return True


@transaction.atomic
def tell_reason(subscriber: Subscriber, *, told: str) -> bool:
    """Write down why somebody has left, once for each time; False if it was told before, or they have not left."""
    person = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    if not may_tell_reason(person):
        return False
    record_consent(person, Consent.Act.REASON, form="link", detail=told)
    return True


def may_tell_reason(subscriber: Subscriber) -> bool:
    """Whether this person has left and has not yet said why."""
    if subscriber.state != State.LEFT or subscriber.left_at is None:
        return False
    return not subscriber.consents.filter(act=Consent.Act.REASON, at__gte=subscriber.left_at).exists()


def can_undo(subscriber: Subscriber) -> bool:
    """Whether this person was on the list, left within the last day, and nothing else keeps mail away."""
    return bool(
        subscriber.state == State.LEFT
        and subscriber.confirmed_at
        and subscriber.left_at
        and timezone.now() - subscriber.left_at < UNDO_FOR
        and not is_barred(subscriber.mailbox)
    )


@transaction.atomic
def undo_leaving(subscriber: Subscriber) -> None:
    """Put a person back who has just left by mistake. Does nothing for those on the list; raises NotAllowed."""
    person = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    if person.state == State.CONFIRMED:
        return
    if not can_undo(person):
        raise NotAllowed("That was more than a day ago. Please sign up again.")
    lift_suppression(person.mailbox)
    Departure.objects.filter(subscriber=person, at__gte=person.left_at).delete()
    Subscriber.objects.filter(pk=person.pk, state=State.LEFT).update(state=State.CONFIRMED, left_at=None)
    record_consent(person, Consent.Act.CONFIRMED, form="undo")
    note_sign(person)
