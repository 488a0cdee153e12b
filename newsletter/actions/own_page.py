"""What subscribers change on their own page: name, topics, how often, a pause, whether we may count what they open."""

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from blog.models import Topic
from guard.limits import take_letter_turn
from newsletter import letters
from newsletter.actions.clicks import forget_clicks
from newsletter.actions.consents import note_sign, record_consent
from newsletter.actions.suppressing import is_barred
from newsletter.errors import NotAllowed
from newsletter.models import Consent, Subscriber
from newsletter.months import months_after

PAUSES = (1, 3, 6)  # months
FORM = "own page"
Act = Consent.Act


@transaction.atomic
def change_name(subscriber: Subscriber, name: str) -> bool:
    """What we call this person in a letter; empty: nothing. False if it was so already. Raises NotAllowed."""
    person = _on_the_list(subscriber)
    note_sign(person)
    if person.name == name:
        return False
    Subscriber.objects.filter(pk=person.pk).update(name=name)
    record_consent(person, Act.NAME, form=FORM)  # the record says that, not which: no name is kept that was taken back
    return True


def take_name(person: Subscriber, name: str, *, form: str) -> None:
    """The name that this person gave elsewhere; `form` says where. Joins the caller's transaction."""
    Subscriber.objects.filter(pk=person.pk).update(name=name)
    record_consent(person, Act.NAME, form=form)


@transaction.atomic
def choose_topics(subscriber: Subscriber, topics: Collection[Topic]) -> bool:
    """What this person likes to read of. False if it was so already. Raises NotAllowed."""
    person = _on_the_list(subscriber)
    note_sign(person)
    if {topic.pk for topic in topics} == set(person.topics.values_list("pk", flat=True)):
        return False
    person.topics.set(topics)
    names = ", ".join(sorted(topic.name for topic in topics))
    record_consent(person, Act.TOPICS, form=FORM, detail=names or "none")
    return True


@transaction.atomic
def pause_issues(subscriber: Subscriber, *, months: int) -> date:
    """Send no issue for so many months, one of `PAUSES`; returns the day from which they come again.

    Raises NotAllowed. The gate of a dispatch looks at the day, so an issue that is under way keeps to it as well.
    """
    if months not in PAUSES:
        raise NotAllowed("A pause lasts one, three or six months.")
    person = _on_the_list(subscriber)
    note_sign(person)
    until = months_after(timezone.localdate(), months)
    if person.paused_until != until:
        Subscriber.objects.filter(pk=person.pk).update(paused_until=until)
        record_consent(person, Act.PAUSED, form=FORM, detail=f"until {date_format(until, 'j F Y')}")
    return until


@transaction.atomic
def end_pause(subscriber: Subscriber) -> bool:
    """Send issues again from now on. False if there was no pause. Raises NotAllowed."""
    person = _on_the_list(subscriber)
    note_sign(person)
    if not is_paused(person):
        return False
    Subscriber.objects.filter(pk=person.pk).update(paused_until=None)
    record_consent(person, Act.RESUMED, form=FORM)
    return True


@transaction.atomic
def choose_frequency(subscriber: Subscriber, *, only_big_news: bool) -> bool:
    """Every issue, or only those that are marked as big news. False if it was so already. Raises NotAllowed.

    The gate of a dispatch looks at it, so an issue that is under way keeps to it as well.
    """
    person = _on_the_list(subscriber)
    note_sign(person)
    if person.only_big_news == only_big_news:
        return False
    Subscriber.objects.filter(pk=person.pk).update(only_big_news=only_big_news)
    record_consent(person, Act.BIG_NEWS if only_big_news else Act.EVERY_ISSUE, form=FORM)
    return True


@transaction.atomic
def allow_counting(subscriber: Subscriber, *, may_count: bool) -> bool:
    """Whether we may count which links this person presses. False if it was so already. Raises NotAllowed."""
    person = _on_the_list(subscriber)
    note_sign(person)
    if person.may_count == may_count:
        return False
    Subscriber.objects.filter(pk=person.pk).update(may_count=may_count)
    if not may_count:
        forget_clicks(person)
    record_consent(person, Act.COUNTING_ON if may_count else Act.COUNTING_OFF, form=FORM)
    return True


def ask_for_own_link(subscriber: Subscriber) -> None:
    """Post the link to all of the page to the address itself, where one may go. Whoever asked is told the same.

    It goes also to who has left: they may take a copy and have everything erased.
    """
    if not is_barred(subscriber.mailbox) and take_letter_turn(subscriber.mailbox, kind="own link"):
        letters.post_own_link(subscriber)


def is_paused(subscriber: Subscriber) -> bool:
    """Whether no issue goes to this person today because they asked for that."""
    return bool(subscriber.paused_until and subscriber.paused_until > timezone.localdate())


def _on_the_list(subscriber: Subscriber) -> Subscriber:
    """The row, locked until the transaction ends."""
    person = Subscriber.objects.select_for_update().filter(pk=subscriber.pk).first()
    if person is None or person.state != Subscriber.State.CONFIRMED:
        raise NotAllowed("You are not on the list any more.")
    return person
