"""What follows from news about mail: for the reader, for a dispatch that is running, for the admin."""

import itertools
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from letters.actions import hand_over_letter
from letters.message_ids import letter_of, message_id
from letters.models import Letter
from newsletter import letters
from newsletter.actions.mail_events import SOFT_LIMIT, take_mail_event
from newsletter.actions.returned_mail import take_returned_mail
from newsletter.mail_health import find_alarms
from newsletter.models import Delivery, Dispatch, MailEvent, Subscriber, Suppression
from newsletter.senders import Outcome, Result, Stage
from newsletter.senders.memory import MemorySender
from tests.factories import SubscriberFactory
from tests.fakes.smtp import Sink
from tests.newsletter.dispatches import launched, run
from tests.newsletter.returned import dsn, hand_over_issue, name_of, spam_report, why_barred

pytestmark = pytest.mark.django_db
Kind, Reason = MailEvent.Kind, Suppression.Reason


@pytest.fixture
def sent(subscriber: Subscriber, settings: Any) -> Delivery:
    """An issue that was handed over to Margaret."""
    return hand_over_issue(subscriber, settings)


# Again and again


def _soft_bounces(subscriber: Subscriber, days: list[float]) -> None:
    """News of a full mailbox, each so many days from now."""
    for number, day in enumerate(days):
        with time_machine.travel(timezone.now() + timedelta(days=day)):
            take_mail_event(provider="test", event_id=f"{number}", kind=Kind.SOFT, subscriber=subscriber)


@pytest.mark.parametrize(
    ("days", "is_barred"),
    [
        ([0, 7, 14, 21, 28], True),
        ([0, 7, 14, 28], False),  # four
        ([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], False),  # within three weeks
        ([0] * 9 + [28], False),  # one a day is counted
        ([28, 0, 21, 14, 7], True),  # in any order
    ],
)
def test_who_bounces_softly_again_and_again_is_given_up(
    subscriber: Subscriber, days: list[float], is_barred: bool
) -> None:
    assert SOFT_LIMIT == 5
    _soft_bounces(subscriber, days)
    assert bool(why_barred()) == is_barred


def test_a_sign_of_life_begins_the_count_anew(subscriber: Subscriber) -> None:
    _soft_bounces(subscriber, [0, 7, 14, 21])
    Subscriber.objects.update(last_sign_at=timezone.now() + timedelta(days=22))
    subscriber.refresh_from_db()
    with time_machine.travel(timezone.now() + timedelta(days=28)):
        take_mail_event(provider="test", event_id="last", kind=Kind.SOFT, subscriber=subscriber)
    assert why_barred() == []


def test_a_mail_that_stayed_begins_the_count_anew(sent: Delivery, subscriber: Subscriber) -> None:
    _soft_bounces(subscriber, [-40, -33, -26, -19])
    Delivery.objects.update(at=timezone.now() - timedelta(days=10))  # and nothing came back
    _soft_bounces(subscriber, [-40, -33, -26, -19, 0])
    assert why_barred() == []


# From a dispatch and from letters


@pytest.mark.parametrize(
    ("outcome", "reasons"),
    [
        (Outcome(Result.REFUSED, Stage.RECIPIENT, 550, "5.1.1 no such user"), [Reason.BOUNCED]),
        (Outcome(Result.REFUSED, Stage.CONTENT, 550, "5.7.1 rejected"), []),
        (Outcome(Result.REFUSED, Stage.RECIPIENT, 550, "mailbox unavailable"), []),
        (Outcome(Result.REFUSED, Stage.COMPOSING, None, "no usable address"), []),
    ],
)
def test_what_a_dispatch_is_refused_counts_by_the_same_rules(
    settings: Any, subscriber: Subscriber, outcome: Outcome, reasons: list[str]
) -> None:
    settings.NEWSLETTER_SENDER = "newsletter.senders.memory.MemorySender"
    MemorySender.reset()
    MemorySender.answer = staticmethod(lambda mail: outcome if mail.recipient == "margaret@example.com" else None)
    dispatch = run(launched(readers=3))
    assert dispatch.state == Dispatch.State.DONE
    assert dispatch.deliveries.get(subscriber=subscriber).state == Delivery.State.REFUSED
    assert why_barred() == reasons
    assert MailEvent.objects.count() == (outcome.stage is not Stage.COMPOSING)


def test_a_letter_that_is_refused_counts_for_its_reader(subscriber: Subscriber, home: Any, sink: Sink) -> None:
    letters.post_already_subscribed(subscriber)
    sink.answer = lambda _address, verb: "550 5.1.1 no such box" if verb == "RCPT" else None
    assert hand_over_letter(Letter.objects.get().pk)
    assert Letter.objects.get().state == Letter.State.FAILED
    assert why_barred() == [Reason.BOUNCED]


def test_a_letter_that_comes_back_counts_for_whom_it_went_to(subscriber: Subscriber, home: Any, sink: Sink) -> None:
    letters.post_already_subscribed(subscriber)
    letter = Letter.objects.get()
    hand_over_letter(letter.pk)
    name = str(sink.messages[0]["Message-ID"])
    assert name == message_id(letter)
    assert letter_of(name) == letter
    assert letter_of(name.replace(".2", ".3", 1)) is None
    take_returned_mail(dsn(name))
    assert why_barred() == [Reason.BOUNCED]


# When it is too much


def test_a_bad_list_pauses_its_dispatch_once(settings: Any) -> None:
    settings.NEWSLETTER_SENDER = "newsletter.senders.memory.MemorySender"
    MemorySender.reset()
    gone = Outcome(Result.REFUSED, Stage.RECIPIENT, 550, "5.1.1 no such user")
    numbers = itertools.count()
    MemorySender.answer = staticmethod(lambda _mail: gone if next(numbers) % 3 == 0 else None)
    dispatch = run(launched(readers=80))
    assert dispatch.state == Dispatch.State.PAUSED
    assert "mailboxes do not exist" in dispatch.pause_reason
    told = MailEvent.objects.filter(kind=Kind.HARD).count()
    assert 10 <= told <= 14  # the connections finish what they have in hand
    Dispatch.objects.update(state=Dispatch.State.RUNNING)
    assert run(dispatch).state == Dispatch.State.DONE


def test_a_few_old_addresses_pause_nothing(settings: Any) -> None:
    settings.NEWSLETTER_SENDER = "newsletter.senders.memory.MemorySender"
    MemorySender.reset()
    gone = Outcome(Result.REFUSED, Stage.RECIPIENT, 550, "5.1.1 no such user")
    numbers = itertools.count()
    MemorySender.answer = staticmethod(lambda _mail: gone if next(numbers) % 8 == 0 else None)
    assert run(launched(readers=60)).state == Dispatch.State.DONE


def test_complaints_pause_what_is_being_sent(sent: Delivery) -> None:
    dispatch = sent.dispatch
    Dispatch.objects.update(state=Dispatch.State.RUNNING)
    people = SubscriberFactory.create_batch(5)
    for person in people:
        Delivery.objects.create(dispatch=dispatch, subscriber=person, state=Delivery.State.HANDED_OVER)
    for number, delivery in enumerate(dispatch.deliveries.filter(subscriber__in=people), 1):
        dispatch.refresh_from_db()
        assert dispatch.state == Dispatch.State.RUNNING, number
        take_returned_mail(spam_report(name_of(delivery)))
    dispatch.refresh_from_db()
    assert dispatch.state == Dispatch.State.PAUSED
    assert "reported this issue as spam" in dispatch.pause_reason


def _complain(people: list[Subscriber], dispatch: Dispatch) -> None:
    for person in people:
        delivery = Delivery.objects.create(dispatch=dispatch, subscriber=person, state=Delivery.State.HANDED_OVER)
        take_mail_event(
            provider="x", event_id=f"c{person.pk}", kind=Kind.COMPLAINT, subscriber=person, delivery=delivery
        )


def test_complaints_of_one_mail_provider_pause_whatever_is_being_sent(sent: Delivery) -> None:
    """Few of all readers, but too many of those at one provider; two issues together."""
    others = SubscriberFactory.create_batch(1000)
    rows = [Delivery(dispatch=sent.dispatch, subscriber=one, state=Delivery.State.HANDED_OVER) for one in others]
    Delivery.objects.bulk_create(rows)
    second = launched(readers=1)
    theirs = [SubscriberFactory(email=f"reader{number}@small.example") for number in range(5)]
    _complain(theirs[:2], sent.dispatch)
    _complain(theirs[2:4], second)
    second.refresh_from_db()
    assert second.state == Dispatch.State.RUNNING
    assert any("small.example" in alarm.about for alarm in find_alarms())
    _complain(theirs[4:], sent.dispatch)
    second.refresh_from_db()
    assert second.state == Dispatch.State.PAUSED
    assert second.pause_reason == "5 readers at small.example reported our mail as spam within a day."
    Dispatch.objects.filter(pk=second.pk).update(state=Dispatch.State.RUNNING)  # a person resumes
    _complain([SubscriberFactory(email="reader6@small.example")], second)
    second.refresh_from_db()
    assert second.state == Dispatch.State.RUNNING


def test_complaints_on_different_days_or_from_different_providers_pause_nothing(sent: Delivery) -> None:
    dispatch = launched(readers=1)
    for number in range(6):
        with time_machine.travel(timezone.now() + timedelta(days=number)):
            _complain([SubscriberFactory(email=f"reader{number}@small.example")], sent.dispatch)
    _complain([SubscriberFactory(email=f"reader{number}@other{number}.example") for number in range(6)], sent.dispatch)
    dispatch.refresh_from_db()
    assert dispatch.state == Dispatch.State.RUNNING


# On the first page of the admin


def test_the_first_page_says_when_mailboxes_are_gone_readers_complain_or_servers_block(
    sent: Delivery, client: Any, home: Any, editor: Any
) -> None:
    client.force_login(editor)
    assert find_alarms() == []
    people = SubscriberFactory.create_batch(12)
    kinds = [Kind.HARD] * 10 + [Kind.COMPLAINT] * 2
    for person, kind in zip(people, kinds, strict=True):
        delivery = Delivery.objects.create(dispatch=sent.dispatch, subscriber=person, state=Delivery.State.HANDED_OVER)
        take_mail_event(provider="x", event_id=str(person.pk), kind=kind, subscriber=person, delivery=delivery)
    for number in range(3):
        take_mail_event(
            provider="x",
            event_id=f"b{number}",
            kind=Kind.BLOCKED,
            subscriber=people[0],
            diagnostic="554 5.7.1 <a@b.example> no",
        )
    page = client.get("/admin/").text
    tried = sent.dispatch.deliveries.count()
    assert f"10 of {tried} mailboxes do not exist." in page
    assert f"2 of {tried} readers reported it as spam" in page
    assert "3 mails in a week were refused" in page
    assert "554 5.7.1 &lt;…&gt; no" in page
    assert "554 5.7.1 &lt;…&gt; no" in client.get("/admin/snippets/newsletter/mailevent/?kind=blocked").text
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert find_alarms() == []
