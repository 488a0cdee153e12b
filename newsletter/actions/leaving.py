"""Leaving: who goes and why, and who takes it back within a day."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from newsletter.actions.consents import note_sign, record_consent
from newsletter.actions.suppressing import is_barred, lift_suppression, suppress_mailbox
from newsletter.errors import NotAllowed
from newsletter.models import Consent, Subscriber, Suppression

UNDO_FOR = timedelta(hours=24)

State = Subscriber.State


@transaction.atomic
def unsubscribe(subscriber: Subscriber, *, by: str) -> bool:
    """Take a person off the list at once; False if they were off it already.

    `by` says how: "header" (a mail program's one-click POST), "link" (the page). From here on the mailbox is
    suppressed, until its owner comes back through the double opt-in.
    """
    staying = Subscriber.objects.filter(pk=subscriber.pk).exclude(state=State.LEFT)
    if not staying.update(state=State.LEFT, left_at=timezone.now()):
        return False
    record_consent(subscriber, Consent.Act.LEFT, form=by)
    suppress_mailbox(subscriber.mailbox, reason=Suppression.Reason.LEFT)
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
    Subscriber.objects.filter(pk=person.pk, state=State.LEFT).update(state=State.CONFIRMED, left_at=None)
    record_consent(person, Consent.Act.CONFIRMED, form="undo")
    note_sign(person)
