"""Mail that came back: found by our own signed names, judged by its status, taken once."""

import itertools
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from hypothesis import given, settings
from hypothesis import strategies as st

from letters.models import Letter
from newsletter.actions.erasing import erase_subscriber
from newsletter.actions.returned_mail import Taken, take_returned_mail
from newsletter.actions.suppressing import is_barred
from newsletter.bounce_rules import judge_refusal, status_of_reply, without_addresses
from newsletter.mail_names import read_message_id
from newsletter.models import Consent, Delivery, MailEvent, Subscriber, Suppression
from newsletter.returned_mail import ReturnedMail, read_returned_mail
from tests.factories import SubscriberFactory
from tests.newsletter.returned import answers, dsn, hand_over_issue, name_of, original, report, spam_report, why_barred

pytestmark = pytest.mark.django_db
Kind, Reason = MailEvent.Kind, Suppression.Reason


@pytest.fixture
def sent(subscriber: Subscriber, settings: Any) -> Delivery:
    """An issue that was handed over to Margaret."""
    return hand_over_issue(subscriber, settings)


# What a status says


@pytest.mark.parametrize("status", ["5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10"])
def test_a_mailbox_that_does_not_exist_is_not_mailed_again(sent: Delivery, status: str) -> None:
    assert take_returned_mail(dsn(name_of(sent), status=status))[0] is Taken.NEW
    assert why_barred() == [Reason.BOUNCED]
    person = Subscriber.objects.get(pk=sent.subscriber_id)
    assert person.state == Subscriber.State.LEFT
    assert is_barred(person.mailbox)
    assert set(person.consents.values_list("act", flat=True)) >= {Consent.Act.RETURNED_MAIL, Consent.Act.LEFT}


@pytest.mark.parametrize(
    "status",
    ["5.7.0", "5.7.1", "5.7.8", "5.7.26", "5.7.509", "4.7.0", "4.7.28", "5.3.4", "5.6.0", "5.6.7", "5.5.2", "5.1.8"],
)
@pytest.mark.parametrize("words", ["", "550 5.1.1 user unknown", "550 no"])
def test_a_refusal_for_our_sake_never_counts_against_the_reader(sent: Delivery, status: str, words: str) -> None:
    take_returned_mail(dsn(name_of(sent), status=status, words=words))
    assert MailEvent.objects.get().kind == Kind.BLOCKED
    assert why_barred() == []
    assert not Consent.objects.filter(act=Consent.Act.RETURNED_MAIL).exists()


@pytest.mark.parametrize(
    ("statuses", "words", "kind"),
    [
        (["5.0.0", "5.1.1"], "", Kind.HARD),
        (["5.0.0", ""], "550 unknown", Kind.SOFT),
        (["5.1.1", "5.7.1"], "", Kind.BLOCKED),
        (["5.1.1", "5.2.2"], "", Kind.SOFT),
        (["5.2.2"], "552 mailbox full", Kind.SOFT),
        (["5.2.1"], "550 disabled", Kind.SOFT),
        (["4.2.2"], "452 mailbox full", Kind.SOFT),
        ([""], "550 Message rejected as spam", Kind.BLOCKED),
        (["5.0.0"], "554 blocked by a blacklist", Kind.BLOCKED),
        ([], "", Kind.SOFT),
    ],
)
def test_a_refusal_is_judged_by_what_is_sure(statuses: list[str], words: str, kind: str) -> None:
    assert judge_refusal(*statuses, words=words) == kind


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("5.1.1 <a@example.com>: no such user", "5.1.1"),
        ("550-5.1.1 The email account", "5.1.1"),
        ("smtp; 550 5.7.26 x", "5.7.26"),
        ("no such user, see 5.1.1", ""),
        ("relay 5.1.1.9 refused", ""),
        ("5.1.1.9 refused", ""),
    ],
)
def test_numbers_that_are_no_status_are_none(words: str, status: str) -> None:
    assert status_of_reply(words) == status


def test_a_delivery_report_says_that_it_arrived_and_bars_nobody(sent: Delivery) -> None:
    take_returned_mail(dsn(name_of(sent), action="delivered", status="2.0.0"))
    assert (MailEvent.objects.get().kind, why_barred()) == (Kind.DELIVERED, [])


def test_no_address_is_kept_in_a_servers_words(sent: Delivery) -> None:
    take_returned_mail(dsn(name_of(sent), words="550 5.1.1 <margaret@example.com>: unknown margaret@example.com"))
    event = MailEvent.objects.get()
    assert "@" not in event.diagnostic
    assert "unknown" in event.diagnostic
    assert not Consent.objects.filter(detail__contains="@").exists()


@settings(deadline=None)
@given(st.text())
def test_words_for_the_record_are_short_and_on_one_line(words: str) -> None:
    assert len(without_addresses(words)) <= 250
    assert not re.search(r"[\r\n]|\w@\w", without_addresses(words))


# Once, and in any order


def _news(delivery: Delivery) -> dict[str, bytes]:
    name = name_of(delivery)
    return {
        "delivered": dsn(name, action="delivered", status="2.0.0"),
        "soft": dsn(name, status="4.2.2"),
        "hard": dsn(name, status="5.1.1"),
        "complaint": spam_report(name),
    }


@pytest.mark.parametrize("order", list(itertools.permutations(["soft", "hard", "complaint"])))
def test_each_three_times_in_any_order_ends_the_same(sent: Delivery, order: tuple[str, ...]) -> None:
    news = _news(sent)
    for one in (*order, "delivered", *order, *reversed(order)):
        take_returned_mail(news[one])
    assert MailEvent.objects.count() == 4
    assert why_barred() == [Reason.COMPLAINED]
    assert Consent.objects.filter(act=Consent.Act.LEFT).count() == 1


def test_known_news_is_called_known(sent: Delivery) -> None:
    assert take_returned_mail(dsn(name_of(sent)))[0] is Taken.NEW
    assert take_returned_mail(dsn(name_of(sent)))[0] is Taken.KNOWN


@pytest.mark.parametrize("kind", ["abuse", "Abuse", "fraud", "opt-out"])
def test_a_spam_report_is_a_no_to_all_mail(sent: Delivery, kind: str) -> None:
    take_returned_mail(spam_report(name_of(sent), kind=kind))
    assert why_barred() == [Reason.COMPLAINED]


def test_a_spam_report_without_our_name_is_known_by_the_link_to_leave(sent: Delivery) -> None:
    from newsletter.links import unsubscribe_url

    person = Subscriber.objects.get(pk=sent.subscriber_id)
    link = {"List-Unsubscribe": f"<{unsubscribe_url(person)}>"}
    raw = spam_report("<redacted@mx.example>", **link)
    assert [take_returned_mail(raw)[0] for _ in range(2)] == [Taken.NEW, Taken.KNOWN]
    assert why_barred() == [Reason.COMPLAINED]
    forged = {"List-Unsubscribe": f"<{unsubscribe_url(person)[:-6]}AAAAA/>"}
    assert take_returned_mail(spam_report("<redacted@mx.example>", **forged))[0] is Taken.NOT_OURS


def test_news_of_an_old_address_does_not_touch_the_new_one(sent: Delivery, subscriber: Subscriber) -> None:
    Consent.objects.create(subscriber=subscriber, act=Consent.Act.ADDRESS)
    take_returned_mail(dsn(name_of(sent)))
    assert MailEvent.objects.count() == 1
    assert why_barred() == []


def test_news_of_somebody_erased_is_kept_without_a_person(sent: Delivery, subscriber: Subscriber) -> None:
    name = name_of(sent)
    take_returned_mail(dsn(name, status="4.2.2", words="452 4.2.2 margaret is full"))
    erase_subscriber(subscriber)
    assert take_returned_mail(dsn(name, words="550 5.1.1 margaret is gone"))[0] is Taken.NEW
    assert list(MailEvent.objects.values_list("subscriber", "diagnostic")) == [(None, ""), (None, "")]


# Nobody else's word is taken


def test_the_address_in_a_report_is_not_believed(sent: Delivery) -> None:
    other = SubscriberFactory(email="other@example.com")
    take_returned_mail(dsn(name_of(sent), about="other@example.com"))
    assert Subscriber.objects.get(pk=other.pk).state == Subscriber.State.CONFIRMED
    take_returned_mail(dsn("<1.1.00000000000000000000@example.com>", about="other@example.com"))
    assert Suppression.objects.count() == 1


def test_a_name_that_is_not_signed_by_us_is_none(sent: Delivery) -> None:
    good = name_of(sent)
    assert read_message_id(good) == (sent.dispatch_id, sent.subscriber_id)
    row, _, rest = good.strip("<>").rpartition("@")
    for number in range(len(row)):
        changed = f"<{row[:number]}{'1' if row[number] != '1' else '2'}{row[number + 1 :]}@{rest}>"
        assert take_returned_mail(dsn(changed))[0] is Taken.NOT_OURS
    for made_up in ("", "<>", good[:-30], "<letter.1.20261201000000.00000000000000000000@x>", f"<{'9' * 400}.1.aa@x>"):
        assert take_returned_mail(dsn(made_up))[0] is Taken.NOT_OURS
    assert MailEvent.objects.count() == 0


@pytest.mark.parametrize("which", answers("<x@x>"))
def test_answers_and_notices_change_nothing_and_start_no_mail(sent: Delivery, which: str) -> None:
    Letter.objects.all().delete()
    before = _everything()
    taken, _ = take_returned_mail(answers(name_of(sent))[which])
    assert taken is Taken.NO_REPORT
    assert _everything() == before


def _everything() -> list[list[Any]]:
    return [list(model.objects.values()) for model in (Subscriber, Consent, Suppression, MailEvent, Delivery, Letter)]


def test_of_several_recipients_the_mildest_verdict_counts(sent: Delivery) -> None:
    blocks = "Reporting-MTA: dns; x\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\nAction: failed\r\nStatus: 4.2.2\r\n"
    raw = report([("message/delivery-status", blocks), ("text/rfc822-headers", original(name_of(sent)))])
    take_returned_mail(raw)
    assert (MailEvent.objects.get().kind, why_barred()) == (Kind.SOFT, [])


# Hostile messages


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=3000))
def test_any_bytes_are_read_without_a_fault(raw: bytes) -> None:
    for mail in (raw, b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n" + raw):
        assert isinstance(read_returned_mail(mail), ReturnedMail | None)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_report_with_changed_bytes_is_read_without_a_fault(data: st.DataObject) -> None:
    raw = bytearray(dsn("<1.1.00000000000000000000@example.com>", words="550 5.1.1 x"))
    for place in data.draw(st.lists(st.integers(0, len(raw) - 1), max_size=40)):
        raw[place] = data.draw(st.integers(0, 255))
    assert isinstance(read_returned_mail(bytes(raw)), ReturnedMail | None)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00" * 5000,
        b"Content-Type: multipart/report; boundary=\r\n\r\n",
        b"Content-Type: multipart/report; boundary=b\r\n\r\n" + b"--b\r\n" * 50_000,
        b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        + b"Action: failed\r\nStatus: 5.1.1\r\n\r\n" * 20_000,
        b"".join(b'Content-Type: multipart/report; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(5000)),
        b"Content-Type: message/rfc822\r\n\r\n" * 5000,
        b"Content-Type: multipart/report; boundary=b\r\n" + b"A: " + b"x" * 2_000_000 + b"\r\n\r\n--b\r\n",
        b"Content-Type: multipart/report; charset=unknown-9; boundary==?utf-16?B?////?=\r\n\r\n--b",
    ],
    ids=range(9),
)
def test_a_message_made_to_break_the_reader_is_no_report(raw: bytes) -> None:
    assert read_returned_mail(raw) is None


# The command


def test_the_command_reads_files_and_says_what_became_of_each(sent: Delivery, tmp_path: Path, capsys: Any) -> None:
    raws = {"hard": dsn(name_of(sent)), "away": answers(name_of(sent))["a person"], "foreign": dsn("<x@y>")}
    for name, raw in raws.items():
        (tmp_path / name).write_bytes(raw)
    call_command("take_returned_mail", *(str(tmp_path / name) for name in raws), str(tmp_path / "hard"))
    lines = [line.partition(": ")[2] for line in capsys.readouterr().out.splitlines()]
    assert lines == [
        "came back: no such mailbox (5.1.1): taken",
        "no report of returned mail: left alone",
        "came back: no such mailbox (5.1.1): a report, but about no mail of ours",
        "came back: no such mailbox (5.1.1): was known already",
    ]
    with pytest.raises(CommandError, match=r"Not read: .*missing"):
        call_command("take_returned_mail", str(tmp_path / "missing"))


def test_a_mail_server_is_told_to_try_again_while_the_database_is_away(
    sent: Delivery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_raw: bytes) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr("newsletter.management.commands.take_returned_mail.take_returned_mail", fail)
    (tmp_path / "mail").write_bytes(dsn(name_of(sent)))
    with pytest.raises(SystemExit) as ended:
        call_command("take_returned_mail", str(tmp_path / "mail"))
    assert ended.value.code == 75
