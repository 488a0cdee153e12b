"""Readers who have shown no sign of life for long: asked once, then let go."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from letters.actions import is_sending_enabled
from letters.models import Letter
from newsletter import letters
from newsletter.actions.consents import note_sign, record_consent
from newsletter.actions.suppressing import suppress_mailbox
from newsletter.models import Consent, NewsletterPage, Subscriber, Suppression
from newsletter.models.subscribers import SubscriberQuerySet
from newsletter.months import months_after

ANSWER_DAYS = 30
AT_ONCE = 200  # people asked in one run: an old list must not become a flood of letters


def ask_lapsed() -> int:
    """Ask those whose last sign is older than the newsletter's page says; returns how many. Harmless rung twice.

    Nobody is asked while this copy of the site may not send, or during a pause.
    """
    months = _months()
    if not months or not is_sending_enabled():
        return 0
    silent = _silent_since(months_after(timezone.localdate(), -months)).unpaused().filter(lapse_asked_at=None)
    return sum(_ask(pk) for pk in silent.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])


def let_lapsed_go() -> int:
    """Take off the list who was asked and has not answered in time; returns how many.

    Not while the letter still waits in the outbox, and nobody once an editor has set the months to 0.
    """
    if not _months():
        return 0
    waits = Exists(Letter.objects.filter(to=OuterRef("email"), kind="still_reading", state__in=_UNDER_WAY))
    asked = Subscriber.objects.confirmed().filter(lapse_asked_at__lt=timezone.now() - timedelta(days=ANSWER_DAYS))
    return sum(_let_go(pk) for pk in list(asked.exclude(waits).values_list("pk", flat=True)[:AT_ONCE]))


@transaction.atomic
def stay(subscriber: Subscriber) -> bool:
    """This person said that they still read; False if they are off the list."""
    person = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    if person.state != Subscriber.State.CONFIRMED:
        return False
    if person.lapse_asked_at:
        record_consent(person, Consent.Act.STAYED, form="letter")
    note_sign(person)
    return True


_UNDER_WAY = (Letter.State.WAITING, Letter.State.HANDING_OVER)


def _months() -> int:
    return NewsletterPage.objects.live().values_list("ask_after_months", flat=True).first() or 0


def _silent_since(day: date) -> SubscriberQuerySet:
    # Who was brought from another list may have joined there long ago: silent is only who was silent with us.
    last_sign = Coalesce("last_sign_at", Greatest("confirmed_at", "created_at"), "created_at")
    return Subscriber.objects.confirmed().annotate(last_sign=last_sign).filter(last_sign__date__lt=day)


@transaction.atomic
def _ask(pk: int) -> bool:
    """One transaction each: the mark and the letter, or neither."""
    waiting = Subscriber.objects.confirmed().filter(pk=pk, lapse_asked_at=None)
    if not waiting.update(lapse_asked_at=timezone.now()):
        return False
    letters.post_still_reading(Subscriber.objects.get(pk=pk), days=ANSWER_DAYS)
    return True


@transaction.atomic
def _let_go(pk: int) -> bool:
    """Looked at once more under the lock: the button may have been pressed a moment ago."""
    person = Subscriber.objects.select_for_update().filter(pk=pk, lapse_asked_at__isnull=False).first()
    if person is None or person.state != Subscriber.State.CONFIRMED:
        return False
    return suppress_mailbox(person.mailbox, reason=Suppression.Reason.LAPSED)
