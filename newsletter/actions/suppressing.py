"""The list of mailboxes that nobody mails: put on it, looked up, lifted by the person alone."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from guard.addresses import fingerprint
from newsletter.actions.consents import record_consent
from newsletter.actions.series import take_back_letters
from newsletter.errors import NotAllowed
from newsletter.models import Consent, Subscriber, Suppression

Reason = Suppression.Reason
_TITLE = "A mailbox that is not mailed"  # the log holds no address
# The graver one stays when a mailbox is put here twice: whoever complained and then leaves has still complained.
_GRAVITY = (Reason.LAPSED, Reason.LEFT, Reason.ERASED, Reason.BOUNCED, Reason.BY_HAND, Reason.COMPLAINED)


@transaction.atomic
def suppress_mailbox(mailbox: str, *, reason: Suppression.Reason, detail: str = "", note: str = "") -> bool:
    """Never mail this normalised mailbox again; False if it was barred for as grave a reason before.

    Whoever is on the list under it is taken off first, with a record of why.
    """
    own = fingerprint(mailbox)
    staying = Subscriber.objects.filter(fingerprint=own).exclude(state=Subscriber.State.LEFT)
    for person in staying.select_for_update():
        Subscriber.objects.filter(pk=person.pk).update(state=Subscriber.State.LEFT, left_at=timezone.now())
        record_consent(person, Consent.Act.LEFT, form=reason.value, detail=detail)
    for person in Subscriber.objects.filter(fingerprint=own):
        take_back_letters(person)
    found, is_new = Suppression.objects.get_or_create(fingerprint=own, defaults={"reason": reason, "note": note})
    if is_new:
        return True
    if _GRAVITY.index(reason) <= _GRAVITY.index(Reason(found.reason)):
        return False
    before = found.reason if reason == Reason.BY_HAND else ""
    Suppression.objects.filter(pk=found.pk).update(reason=reason, since=timezone.now(), note=note, before=before)
    return True


def look_up(mailbox: str) -> Suppression | None:
    """Why a normalised mailbox is not mailed; None if nothing keeps it off."""
    return Suppression.objects.filter(fingerprint=fingerprint(mailbox)).first()


def suppress_by_hand(mailbox: str, *, note: str, by: Any) -> bool:
    """Have the team keep a mailbox off the list; False if it was barred for as grave a reason before.

    Raises NotAllowed without a note.
    """
    if not note:
        raise NotAllowed("Say in a few words why, so that others know later.")
    done = suppress_mailbox(mailbox, reason=Reason.BY_HAND, note=note)
    if done:
        log(Suppression.objects.get(fingerprint=fingerprint(mailbox)), "newsletter.suppress", user=by, title=_TITLE)
    return done


@transaction.atomic
def lift_by_hand(mailbox: str, *, by: Any) -> None:
    """Take back what the team did by hand: the reason before it holds again, if there was one.

    Nobody is put on the list by it. Raises NotAllowed for any other reason: only the person can lift that.
    """
    found = Suppression.objects.filter(fingerprint=fingerprint(mailbox), reason=Reason.BY_HAND).first()
    if found is None:
        raise NotAllowed("Only what the team put there by hand can be lifted by hand.")
    log(found, "newsletter.lift", user=by, title=_TITLE)
    if found.before:
        Suppression.objects.filter(pk=found.pk).update(reason=found.before, before="", note="")
    else:
        found.delete()


def is_barred(mailbox: str) -> bool:
    """Whether not even the person can come back as things are: bounced, complained, or put here by the team."""
    found = Suppression.objects.filter(fingerprint=fingerprint(mailbox))
    return found.exclude(reason__in=Suppression.MAY_RETURN).exists()


def which_are_suppressed(mailboxes: Collection[str]) -> dict[str, str]:
    """Those of the normalised mailboxes that nobody else may bring back, with the reason in words; one query."""
    by_hash = {fingerprint(mailbox): mailbox for mailbox in mailboxes}
    found = Suppression.objects.filter(fingerprint__in=by_hash)
    return {by_hash[one.fingerprint]: one.get_reason_display() for one in found}


def lift_suppression(mailbox: str) -> None:
    """Forget that somebody left. Only for what the person does: the button in a letter to that mailbox, or the undo."""
    Suppression.objects.filter(fingerprint=fingerprint(mailbox), reason__in=Suppression.MAY_RETURN).delete()
