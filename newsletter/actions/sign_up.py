"""Joining: who asks, who confirms, who is forgotten."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from guard.addresses import as_written, normalise
from guard.limits import REMINDER_LETTERS, mailbox_wait, take_letter_turn, take_mailbox_turn
from newsletter import keeping, letters
from newsletter.actions.consents import note_sign, record_consent
from newsletter.actions.ebooks import grant_ebook
from newsletter.actions.following import begin_following, forget_earlier_follows, note_wish, offer_to_follow
from newsletter.actions.offers import mint_for_new
from newsletter.actions.series import begin_series
from newsletter.actions.suppressing import is_barred, lift_suppression
from newsletter.errors import LateLink, NotAllowed
from newsletter.models import Consent, ConsentWording, SignUpRequest, Subscriber

State = Subscriber.State


@transaction.atomic
def request_subscription(
    *,
    email: str,
    name: str,
    form: str,
    source_url: str,
    wording: ConsentWording,
    detail: str = "",
    network: str = "",
    follow: str = "",
) -> None:
    """Answer somebody who typed an address into a form: with a letter at most, never with a fact about the address.

    New, waiting and returning people get the letter with the confirm link, confirmed ones a reminder that they are on
    the list, both within their limits; a suppressed mailbox gets nothing. With `follow` (the mark of an author, topic
    or article) both letters are about following that. Raises InvalidAddressError.
    """
    mailbox = normalise(email)
    if is_barred(mailbox):
        return
    # Locked, so that the state cannot change between the question and the letter.
    known = Subscriber.objects.select_for_update().filter(mailbox=mailbox).first()
    if known and known.state == State.CONFIRMED:
        if not follow or not offer_to_follow(known, follow):
            _remind(known)
        return
    if not take_letter_turn(mailbox, kind="sign-up"):
        return
    subscriber = known or Subscriber(mailbox=mailbox, email=as_written(email), source=form)
    subscriber.name = name or subscriber.name
    subscriber.state, subscriber.asked_at = State.PENDING, timezone.now()
    subscriber.save()
    record_consent(
        subscriber,
        Consent.Act.ASKED,
        form=form,
        source_url=source_url,
        detail=detail,
        wording=wording,
        network=network,
    )
    letters.post_confirm(subscriber, follow=note_wish(subscriber, follow) if follow else None)


@transaction.atomic
def confirm_subscription(
    subscriber: Subscriber, *, link_made_at: datetime | None = None, network: str = "", follow: int = 0
) -> bool:
    """Put a person on the list who pressed the button in the letter; False if they were on it already.

    Records the consent, lifts the suppression that their leaving had left behind, gives the e-book and posts the
    welcome letter. `follow` is the key of what they follow by the same press. Raises LateLink if they left after the
    link was made, NotAllowed if the mailbox is barred.
    """
    person = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    if person.state == State.CONFIRMED:
        return False
    if person.state == State.LEFT or _is_older(link_made_at, person.left_at):
        raise LateLink("This link is from before you left.")
    if is_barred(person.mailbox):
        raise NotAllowed("We cannot send the letter to this address.")
    lift_suppression(person.mailbox)  # before the row: the database refuses who is confirmed and suppressed
    now = timezone.now()
    Subscriber.objects.filter(pk=person.pk, state=State.PENDING).update(state=State.CONFIRMED, confirmed_at=now)
    note_sign(person)
    asked = person.consents.filter(act=Consent.Act.ASKED).last()
    wording = asked.wording if asked else None
    record_consent(person, Consent.Act.CONFIRMED, form="letter", wording=wording, network=network)
    SignUpRequest.objects.filter(fingerprint=person.fingerprint).exclude(settled_at=None).delete()
    letters.post_welcome(person, grant=grant_ebook(person), offers=mint_for_new(person))
    begin_series(person)
    forget_earlier_follows(person)
    if follow:
        begin_following(person, follow, form="letter")
    return True


@transaction.atomic
def forget_unconfirmed() -> int:
    """Delete those who never pressed the button, a week after their link died; returns how many.

    Somebody who had left and asked again is put back to "left": that they left must not be forgotten.
    """
    over = Subscriber.objects.pending().filter(asked_at__lt=timezone.now() - keeping.UNCONFIRMED.time)
    over.filter(left_at__isnull=False).update(state=State.LEFT)
    gone = list(over.values_list("pk", flat=True))
    over.delete()
    return len(gone)


def _remind(subscriber: Subscriber) -> None:
    """Once a day; asked first, so that a stranger who types the address again uses up none of its other letters."""
    mailbox = subscriber.mailbox
    if mailbox_wait("reminder", mailbox, REMINDER_LETTERS) or not take_letter_turn(mailbox, kind="sign-up"):
        return
    if take_mailbox_turn("reminder", mailbox, REMINDER_LETTERS):
        letters.post_already_subscribed(subscriber)


def _is_older(made_at: datetime | None, left_at: datetime | None) -> bool:
    """Links know the second they were made in, no more."""
    return bool(made_at and left_at and made_at < left_at.replace(microsecond=0))
