"""Mail comes back to an address that is signed for each reader and mail, and no other word is needed."""

from typing import Any

import pytest

from letters.actions import hand_over_letter
from letters.message_ids import letter_of_return_path
from letters.models import Letter
from newsletter import letters
from newsletter.actions.returned_mail import Taken, take_returned_mail
from newsletter.mail_names import read_message_id, read_return_path, read_told_name, return_path, told_name
from newsletter.models import Delivery, MailEvent, Subscriber, Suppression
from newsletter.senders.memory import MemorySender
from tests.factories import SubscriberFactory
from tests.fakes.smtp import Sink
from tests.newsletter.returned import answers, dsn, hand_over_issue, name_of, plain_bounce, spam_report, why_barred

pytestmark = pytest.mark.django_db
Kind, Reason = MailEvent.Kind, Suppression.Reason


@pytest.fixture
def sent(subscriber: Subscriber, settings: Any) -> Delivery:
    """An issue that was handed over to Margaret, to come back to her own address of ours."""
    settings.RETURN_PATH_DOMAIN = "bounces.meadowsweet.example"
    return hand_over_issue(subscriber, settings)


def path_of(delivery: Delivery) -> str:
    return return_path((delivery.dispatch_id, delivery.subscriber_id or 0))


def test_each_reader_has_an_envelope_sender_of_their_own_and_one_from(sent: Delivery) -> None:
    senders = {message.recipient: message.sender for message in MemorySender.box}
    assert len(set(senders.values())) == len(senders) == 3
    assert senders["margaret@example.com"] == path_of(sent)
    for message in MemorySender.box:
        local, _, domain = message.sender.partition("@")
        assert domain == "bounces.meadowsweet.example"
        assert len(local) <= 64
        assert b"bounces.meadowsweet.example" not in message.content


def test_a_report_that_quotes_nothing_is_known_by_where_it_came_to(sent: Delivery) -> None:
    taken, _ = take_returned_mail(dsn(None, to=path_of(sent).upper()))
    assert (taken, why_barred()) == (Taken.NEW, [Reason.BOUNCED])
    assert take_returned_mail(dsn(name_of(sent)))[0] is Taken.KNOWN


def test_the_return_path_comes_before_the_mail_that_is_quoted(sent: Delivery) -> None:
    other = sent.dispatch.deliveries.exclude(pk=sent.pk)[0]
    take_returned_mail(dsn(name_of(other), to=path_of(sent)))
    assert MailEvent.objects.get().subscriber_id == sent.subscriber_id


def test_no_name_of_a_mail_is_worth_anything_as_another(sent: Delivery) -> None:
    row = (sent.dispatch_id, sent.subscriber_id or 0)
    path, told = path_of(sent), told_name(row)
    assert (read_return_path(path), read_told_name(told), read_message_id(name_of(sent))) == (row, row, row)
    by_message_id = f"bounce+{name_of(sent).strip('<').partition('@')[0]}@bounces.meadowsweet.example"
    changed = path.replace(f".{row[1]}.", f".{row[1] + 1}.")
    for forged in (by_message_id, changed, f"bounce+{told}@x", "bounce+1.1.00000000000000000000@x"):
        assert take_returned_mail(dsn(None, to=forged))[0] is Taken.NOT_OURS
    assert MailEvent.objects.count() == 0


@pytest.mark.parametrize(
    "words",
    [
        "550 5.1.1 user unknown",
        "Sorry, no mailbox here by that name. This is a permanent error; I've given up.",
        "The user does not exist.",
        "Recipient address rejected",
        "Your message could not be delivered.",
        "mailbox is full",
    ],
)
def test_a_refusal_in_words_counts_softly_and_only_for_whom_it_came_back(sent: Delivery, words: str) -> None:
    other = SubscriberFactory(email="other@example.com")
    raw = plain_bounce(path_of(sent), f"{words} <other@example.com>")
    assert take_returned_mail(raw)[0] is Taken.NEW
    event = MailEvent.objects.get()
    assert (event.kind, event.subscriber_id) == (Kind.SOFT, sent.subscriber_id)
    assert "@" not in event.diagnostic
    assert why_barred() == []
    assert not other.mail_events.exists()


def test_words_that_did_not_come_to_a_return_path_or_mean_something_else_change_nothing(sent: Delivery) -> None:
    path = path_of(sent)
    for raw in (
        plain_bounce("letters@meadowsweet.example", "550 5.1.1 user unknown"),
        plain_bounce(path, "Your message is delayed. Delivery will be retried; user unknown"),
        plain_bounce(path, "user unknown", Auto_Submitted="auto-replied"),
        plain_bounce(path, "user unknown").replace(b"MAILER-DAEMON@", b"margaret@"),
        plain_bounce(path, "Thank you for your message."),
        *(raw.replace(b"letters@meadowsweet.example", path.encode()) for raw in answers(name_of(sent)).values()),
    ):
        assert take_returned_mail(raw)[0] is Taken.NO_REPORT
    forged = plain_bounce("bounce+1.1.00000000000000000000@x", "user unknown")
    assert take_returned_mail(forged)[0] is Taken.NOT_OURS
    assert MailEvent.objects.count() == 0


def test_a_spam_report_to_the_return_path_is_a_no(sent: Delivery) -> None:
    raw = spam_report("<redacted@x>").replace(b"letters@meadowsweet.example", path_of(sent).encode(), 1)
    take_returned_mail(raw)
    assert why_barred() == [Reason.COMPLAINED]


def test_a_letter_has_a_return_path_too_and_keeps_its_sender(
    subscriber: Subscriber, home: Any, sink: Sink, settings: Any
) -> None:
    settings.RETURN_PATH_DOMAIN = "bounces.meadowsweet.example"
    letters.post_already_subscribed(subscriber)
    letter = Letter.objects.get()
    seen: list[str] = []
    sink.answer = lambda _address, _verb: None
    sink.on_envelope = seen.append
    hand_over_letter(letter.pk)
    (mail,) = sink.messages
    assert "bounces." not in str(mail["From"])
    (path,) = seen
    assert path.endswith("@bounces.meadowsweet.example")
    assert letter_of_return_path(path) == letter
    assert letter_of_return_path(path.replace("letter.", "letter.9")) is None
    take_returned_mail(dsn(None, to=path))
    assert why_barred() == [Reason.BOUNCED]
