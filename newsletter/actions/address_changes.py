"""Moving to another mailbox: asked for by a link to the old one, done by a button in a letter to the new one."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from guard.addresses import as_written, mask_address, normalise
from guard.bells import ring_after_commit
from guard.limits import Limits, take_letter_turn, take_turn
from newsletter import letters
from newsletter.actions.consents import note_sign, record_consent
from newsletter.actions.suppressing import is_barred, lift_suppression, look_up, suppress_mailbox
from newsletter.errors import NotAllowed
from newsletter.models import AddressChange, Consent, Subscriber, Suppression

CHANGES: Limits = ((timedelta(hours=24), 5),)  # that one person may ask for
SWEPT = 500  # rows that one sweep rings for


@transaction.atomic
def ask_for_new_address(subscriber: Subscriber, *, email: str) -> AddressChange:
    """Write down the wish, and ring for the letter to the new address. Raises InvalidAddressError, NotAllowed.

    Nothing here looks whether the new address is known or suppressed, so that no answer and no stopwatch tells.
    """
    from newsletter.tasks import settle_address_change as settle  # noqa: PLC0415 - the task calls this module

    email = as_written(email)
    person = _locked(subscriber)
    if person.state != Subscriber.State.CONFIRMED:
        raise NotAllowed("You are not on the list any more.")
    if not take_turn(f"address change:{person.pk}", CHANGES):
        raise NotAllowed("That was often enough for today. Please try again tomorrow.")
    note_sign(person)
    change = AddressChange.objects.create(subscriber=person, old_email=person.email, new_email=email)
    ring_after_commit(settle, change.pk)
    return change


@transaction.atomic
def settle_address_change(pk: int) -> bool:
    """Post the letter to the new address, if it may go there; False if that was decided before."""
    if not AddressChange.objects.filter(pk=pk, looked_at=None).update(looked_at=timezone.now()):
        return False
    change = AddressChange.objects.select_related("subscriber").get(pk=pk)
    if _is_open(change, change.subscriber) and take_letter_turn(normalise(change.new_email), kind="move"):
        letters.post_new_address(change)
    return True


def find_waiting_changes() -> list[int]:
    """The keys of wishes of which nobody has decided, oldest first."""
    return list(AddressChange.objects.filter(looked_at=None).order_by("pk").values_list("pk", flat=True)[:SWEPT])


@transaction.atomic
def change_address(change: AddressChange) -> Subscriber:
    """Somebody pressed the button in the letter to the new address. Does nothing a second time; raises NotAllowed.

    All links made before die, the old address is told, and no import brings it back.
    """
    person = _locked(change.subscriber)
    change.refresh_from_db()
    if change.done_at:
        return person
    if not _is_open(change, person):
        raise NotAllowed("This change cannot be made any more. Please ask for it again.")
    old, new = person.mailbox, normalise(change.new_email)
    lift_suppression(new)  # its owner has just asked for the letter: before the row, or the database refuses
    _move(person, email=change.new_email, mailbox=new)
    if old != new:
        suppress_mailbox(old, reason=Suppression.Reason.LEFT)
    AddressChange.objects.filter(pk=change.pk).update(done_at=timezone.now())
    words = f"from {mask_address(change.old_email)} to {mask_address(change.new_email)}"
    record_consent(person, Consent.Act.ADDRESS, form="letter", detail=words)
    note_sign(person)
    letters.post_address_changed(AddressChange.objects.select_related("subscriber").get(pk=change.pk))
    return person


@transaction.atomic
def put_address_back(change: AddressChange) -> None:
    """Whoever reads the old mailbox says that it was not them. Does nothing a second time; raises NotAllowed."""
    person = _locked(change.subscriber)
    change.refresh_from_db()
    if change.put_back_at:
        return
    mailbox = normalise(change.old_email)
    if not change.done_at or _is_taken(person, mailbox) or is_barred(mailbox):
        raise NotAllowed("This address cannot be put back any more.")
    lift_suppression(mailbox)
    _move(person, email=change.old_email, mailbox=mailbox)
    AddressChange.objects.filter(pk=change.pk).update(put_back_at=timezone.now())
    record_consent(person, Consent.Act.ADDRESS, form="letter", detail=f"back to {mask_address(change.old_email)}")
    note_sign(person)


@transaction.atomic
def follow_to_address(subscriber: Subscriber, *, email: str) -> bool:
    """Their contact at Mailchimp has another address: they have it here too. False where that may not be.

    As after a press here: links made before die, the old address is told and can put it back.
    """
    person = _locked(subscriber)
    change = AddressChange(subscriber=person, old_email=person.email, new_email=as_written(email))
    old, new = person.mailbox, normalise(email)
    if old == new or not _is_open(change, person) or look_up(new) is not None:
        return False
    change.looked_at = change.done_at = timezone.now()
    change.save()
    _move(person, email=change.new_email, mailbox=new)
    suppress_mailbox(old, reason=Suppression.Reason.LEFT)
    words = f"from {mask_address(change.old_email)} to {mask_address(change.new_email)}"
    record_consent(person, Consent.Act.ADDRESS, form="mailchimp", detail=words)
    letters.post_address_changed(change)
    return True


def _move(person: Subscriber, *, email: str, mailbox: str) -> None:
    person.email, person.mailbox = email, mailbox
    person.save(update_fields=["email", "mailbox"])
    Subscriber.objects.filter(pk=person.pk).update(key_version=F("key_version") + 1)
    person.refresh_from_db()


def _is_open(change: AddressChange, person: Subscriber) -> bool:
    """Whether this person may still move to that mailbox: neither end has changed, nobody else is there."""
    if person.state != Subscriber.State.CONFIRMED or person.email != change.old_email:
        return False
    mailbox = normalise(change.new_email)
    return not _is_taken(person, mailbox) and not is_barred(mailbox)


def _is_taken(person: Subscriber, mailbox: str) -> bool:
    return Subscriber.objects.filter(mailbox=mailbox).exclude(pk=person.pk).exists()


def _locked(subscriber: Subscriber) -> Subscriber:
    return Subscriber.objects.select_for_update().get(pk=subscriber.pk)
