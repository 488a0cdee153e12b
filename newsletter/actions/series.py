"""The welcome series: who is to get what, and posting what is due, once to each."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from letters.actions import delete_letters, is_sending_enabled
from newsletter import letters
from newsletter.models import EbookGrant, SeriesLetter, Subscriber, WelcomeStep

AT_ONCE = 500
APART = timedelta(days=1)  # between two to one person, however late they are

State = SeriesLetter.State


def begin_series(subscriber: Subscriber) -> None:
    """Write down what somebody who has just confirmed will get, and when; joins the caller's transaction.

    Whoever comes back gets what they did not get the first time.
    """
    now = timezone.now()
    steps = WelcomeStep.objects.filter(is_active=True)
    due = {step: now + timedelta(days=step.days) for step in steps}
    rows = [SeriesLetter(subscriber=subscriber, step=step, due_at=at) for step, at in due.items()]
    SeriesLetter.objects.bulk_create(rows, ignore_conflicts=True)
    for step, at in due.items():
        own = SeriesLetter.objects.filter(subscriber=subscriber, step=step)
        own.exclude(state=State.POSTED).update(state=State.WAITING, due_at=at)


def due_series_letters() -> list[int]:
    """The keys of some rows that may be posted now; none where this copy of the site may not send."""
    if not is_sending_enabled():
        return []
    lately = SeriesLetter.objects.filter(posted_at__gt=timezone.now() - APART).values("subscriber")
    return list(SeriesLetter.objects.due().exclude(subscriber__in=lately).values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def post_series_letter(pk: int) -> bool:
    """Post one row's letter if it is still due; False if not. Two callers at once, or one that is killed: one letter.

    The row and the letter in the outbox change in one transaction, under a lock on the person.
    """
    owner = SeriesLetter.objects.filter(pk=pk).values("subscriber")
    person = Subscriber.objects.select_for_update().filter(pk__in=owner).first()
    row = SeriesLetter.objects.due().filter(pk=pk).select_related("step__article", "step__ebook").first()
    if person is None or row is None or _had_one_lately(person):
        return False
    if person.state != Subscriber.State.CONFIRMED or not row.step.is_active:
        SeriesLetter.objects.filter(pk=pk, state=State.WAITING).update(state=State.SKIPPED)
        return False
    if not SeriesLetter.objects.filter(pk=pk, state=State.WAITING).update(state=State.POSTED, posted_at=timezone.now()):
        return False
    ebook = row.step.ebook
    grant = EbookGrant.objects.create(ebook=ebook, subscriber=person) if ebook else None
    letters.post_step(person, row.step, grant=grant, about=f"series {pk}")
    return True


def take_back_letters(subscriber: Subscriber) -> None:
    """What waits in the outbox for somebody who is off the list, and is no answer to them, must not leave any more."""
    delete_letters([subscriber.email], kinds=[letters.SERIES, letters.FOLLOWED], only_waiting=True)


def _had_one_lately(person: Subscriber) -> bool:
    return SeriesLetter.objects.filter(subscriber=person, posted_at__gt=timezone.now() - APART).exists()
