"""Who of some candidates may be taken, and taking them. Runs inside the transaction of a chunk."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from guard.addresses import normalise
from guard.limits import take_letter_turn
from newsletter import letters
from newsletter.actions.consents import record_consent
from newsletter.actions.suppressing import which_are_suppressed
from newsletter.importing.people import Candidate, Refusal
from newsletter.models import Consent, ImportLine, Subscriber, SubscriberImport

Kind, State = ImportLine.Kind, Subscriber.State
_KNOWN = {
    State.CONFIRMED: (Kind.KNOWN, "on the list already; nothing of theirs was changed"),
    State.PENDING: (Kind.KNOWN, "has a letter with a button that they have not pressed yet"),
    State.LEFT: (Kind.LEFT, "only they can come back, by signing up themselves"),
}


def sift(candidates: Sequence[Candidate]) -> tuple[list[Candidate], list[Refusal]]:
    """Those who are unknown and may be mailed, and why the others are not; two queries."""
    suppressed = which_are_suppressed([one.mailbox for one in candidates])
    known = dict(
        Subscriber.objects.filter(fingerprint__in=[one.fingerprint for one in candidates]).values_list(
            "fingerprint", "state"
        )
    )
    fit, refusals = [], []
    for one in candidates:
        if reason := suppressed.get(one.mailbox):
            refusals.append(Refusal(one.number, Kind.SUPPRESSED, one.email, reason))
        elif state := known.get(one.fingerprint):
            kind, words = _KNOWN[State(state)]
            refusals.append(Refusal(one.number, kind, one.email, words))
        else:
            fit.append(one)
    return fit, refusals


def bring_in(fit: Sequence[Candidate], found: SubscriberImport) -> None:
    """Put unknown people on the list, or ask them by letter, with a record of where they agreed.

    Raises IntegrityError if one of them signed up, or was suppressed, at this very moment.
    """
    people = Subscriber.objects.bulk_create([_subscriber(one, found) for one in fit])
    form = "import, asked by letter" if found.with_letter else "import"
    Consent.objects.bulk_create(
        Consent(subscriber=person, act=Consent.Act.IMPORTED, form=form, detail=_detail(one, found))
        for person, one in zip(people, fit, strict=True)
    )
    likes = Subscriber.topics.through
    likes.objects.bulk_create(
        likes(subscriber_id=person.pk, topic_id=topic)
        for person, one in zip(people, fit, strict=True)
        for topic in one.topics
    )
    for person in people if found.with_letter else ():
        if take_letter_turn(person.mailbox, kind="sign-up"):
            letters.post_confirm(person)


def bring_in_from_mailchimp(email: str, *, name: str, joined: datetime | None) -> Subscriber:
    """Put somebody on the list who joined at Mailchimp's own form. Joins the caller's transaction.

    Raises IntegrityError if they are known or suppressed.
    """
    person = Subscriber(email=email, mailbox=normalise(email), name=name, source="mailchimp", state=State.CONFIRMED)
    person.confirmed_at = joined or timezone.now()
    person.save()
    when = f" on {timezone.localtime(joined):%Y-%m-%d}" if joined else ""
    record_consent(person, Consent.Act.IMPORTED, form="mailchimp", detail=f"Joined at Mailchimp’s form{when}.")
    return person


def _subscriber(one: Candidate, found: SubscriberImport) -> Subscriber:
    now = timezone.now()
    return Subscriber(
        email=one.email,
        mailbox=one.mailbox,
        fingerprint=one.fingerprint,
        name=one.name,
        only_big_news=one.only_big_news,
        source="import",
        came_with=found,
        state=State.PENDING if found.with_letter else State.CONFIRMED,
        confirmed_at=None if found.with_letter else one.joined or now,
    )


def _detail(one: Candidate, found: SubscriberImport) -> str:
    joined = f" Joined there on {timezone.localtime(one.joined):%Y-%m-%d}." if one.joined else ""
    return f"{found.consent.rstrip('.')}.{joined}"
