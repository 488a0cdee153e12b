"""The mailbox to which mail comes back: read, acted on, and only then marked; nothing in it can stop the rest."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from config import mail_environment
from newsletter.actions import mailbox_visits
from newsletter.actions.mailbox_visits import visit_mailbox
from newsletter.actions.returned_mail import Taken, take_returned_mail
from newsletter.mail_health import find_alarms
from newsletter.mailboxes import KEYWORD, MailboxAway
from newsletter.models import Delivery, MailEvent, Subscriber, Suppression
from newsletter.tasks import visit_mailbox as task
from tests.fakes.imap import FakeImap
from tests.fakes.loopback import self_signed
from tests.newsletter.returned import answers, dsn, hand_over_issue, name_of, why_barred

pytestmark = pytest.mark.django_db
Reason = Suppression.Reason


class Box:
    """Either kind, for tests that hold for both."""

    def __init__(self, put: Any, unmarked: Any, seen: Any) -> None:
        self.put, self.unmarked, self.seen = put, unmarked, seen


@pytest.fixture
def imap(settings: Any) -> Iterator[FakeImap]:
    with FakeImap() as server:
        settings.RETURNED_MAIL_URL = server.url
        yield server


@pytest.fixture(params=["imap", "imap without keywords", "maildir"])
def box(request: Any, settings: Any, tmp_path: Path) -> Iterator[Box]:
    if request.param == "maildir":
        for name in ("new", "cur", "tmp"):
            (tmp_path / name).mkdir()
        settings.RETURNED_MAIL_URL = f"maildir://{tmp_path}"

        def put(raw: bytes) -> None:
            (tmp_path / "new" / f"{len(list(tmp_path.rglob('*.mx'))):04}.mx").write_bytes(raw)

        def seen() -> int:
            return len(list((tmp_path / "cur").glob("*:2,S")))

        yield Box(put, lambda: len(list((tmp_path / "new").iterdir())), seen)
        return
    with FakeImap(has_keywords=request.param == "imap") as server:
        settings.RETURNED_MAIL_URL = server.url
        flag = KEYWORD if server.has_keywords else "\\Seen"
        yield Box(
            server.put,
            lambda: sum(flag not in mail.flags for mail in server.mails.values()),
            lambda: sum("\\Seen" in mail.flags for mail in server.mails.values()),
        )


@pytest.fixture
def sent(subscriber: Subscriber, settings: Any) -> Delivery:
    return hand_over_issue(subscriber, settings)


def test_what_came_back_is_taken_once_and_people_still_see_their_mail(box: Box, sent: Delivery) -> None:
    box.put(dsn(name_of(sent)))
    box.put(answers(name_of(sent))["a person"])
    box.put(dsn("<foreign@x>"))
    assert visit_mailbox() == {Taken.NEW: 1, Taken.NO_REPORT: 1, Taken.NOT_OURS: 1}
    assert why_barred() == [Reason.BOUNCED]
    assert box.unmarked() == 0
    assert box.seen() in {2, 3}  # a server without keywords can only say "seen"
    assert visit_mailbox() == {}
    box.put(dsn(name_of(sent)))
    assert visit_mailbox() == {Taken.KNOWN: 1}


def test_nothing_is_marked_before_it_is_committed(box: Box, sent: Delivery, monkeypatch: pytest.MonkeyPatch) -> None:
    box.put(answers(name_of(sent))["a person"])
    box.put(dsn(name_of(sent)))
    box.put(dsn("<foreign@x>"))
    seen = 0

    def fail_at_second(raw: bytes) -> Any:
        nonlocal seen
        seen += 1
        if seen == 2:
            raise OperationalError("database is locked")
        return take_returned_mail(raw)

    with monkeypatch.context() as away:
        away.setattr(mailbox_visits, "take_returned_mail", fail_at_second)
        with pytest.raises(OperationalError):
            visit_mailbox()
    assert box.unmarked() == 2
    assert visit_mailbox() == {Taken.NEW: 1, Taken.NOT_OURS: 1}
    assert why_barred() == [Reason.BOUNCED]


def test_a_mail_that_cannot_be_read_does_not_stand_in_the_way(
    box: Box, sent: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.put(b"poison")
    box.put(dsn(name_of(sent)))

    def choke(raw: bytes) -> Any:
        if raw == b"poison":
            raise ZeroDivisionError
        return take_returned_mail(raw)

    monkeypatch.setattr(mailbox_visits, "take_returned_mail", choke)
    assert visit_mailbox() == {Taken.NO_REPORT: 1, Taken.NEW: 1}
    assert box.unmarked() == 0


def test_a_huge_mail_is_read_from_its_beginning(box: Box, sent: Delivery) -> None:
    box.put(dsn(name_of(sent)) + b"x" * 3_000_000)
    assert visit_mailbox() == {Taken.NEW: 1}


def test_a_copy_of_the_site_leaves_the_mailbox_alone(box: Box, sent: Delivery, settings: Any) -> None:
    box.put(dsn(name_of(sent)))
    settings.SENDING_ENABLED_FOR = "www.elsewhere.example"
    assert visit_mailbox() == {}
    assert (box.unmarked(), MailEvent.objects.count()) == (1, 0)


@pytest.mark.parametrize("verb", ["LOGIN", "SELECT", "UID SEARCH", "UID FETCH", "UID STORE"])
def test_a_line_that_is_cut_loses_nothing_and_takes_nothing_twice(imap: FakeImap, sent: Delivery, verb: str) -> None:
    imap.put(dsn(name_of(sent)))
    imap.drops_at = verb
    with pytest.raises(MailboxAway):
        visit_mailbox()
    imap.drops_at = ""
    assert sum(visit_mailbox().values()) == 1
    assert MailEvent.objects.count() == 1


def test_a_server_that_does_not_answer_is_not_waited_for_long(imap: FakeImap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsletter.mailboxes.PATIENCE", 0.2)
    imap.put(b"x")
    imap.hangs_at = "UID FETCH"
    with pytest.raises(MailboxAway):
        visit_mailbox()


def test_the_task_says_in_the_log_what_is_wrong_and_never_the_password(
    imap: FakeImap, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    imap.password = "other"
    task()
    assert "the mailbox of returned mail cannot be read" in caplog.text
    assert "secret" not in caplog.text
    settings.RETURNED_MAIL_URL = "maildir:///nowhere/at/all"
    task()
    assert "/nowhere/at/all/new" in caplog.text


def test_a_mailbox_that_nobody_can_read_is_an_alarm(imap: FakeImap, settings: Any) -> None:
    assert [alarm.about for alarm in find_alarms()] == ["The mailbox of returned mail"]
    task()
    assert find_alarms() == []
    imap.password = "other"
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        task()
        (alarm,) = find_alarms()
    assert "could not be read since" in alarm.words
    settings.RETURNED_MAIL_URL = ""
    assert find_alarms() == []


def test_a_certificate_that_nobody_vouches_for_is_refused(settings: Any) -> None:
    with FakeImap(tls=self_signed()) as server:
        settings.RETURNED_MAIL_URL = server.url
        with pytest.raises(MailboxAway, match="certificate"):
            visit_mailbox()
        assert server.commands == []


def test_the_command_visits_the_mailbox_and_says_what_it_found(
    imap: FakeImap, sent: Delivery, settings: Any, capsys: Any
) -> None:
    imap.put(dsn(name_of(sent)))
    call_command("take_returned_mail")
    assert capsys.readouterr().out.splitlines() == ["1: taken", "1 mails read."]
    settings.RETURNED_MAIL_URL = ""
    with pytest.raises(CommandError, match="RETURNED_MAIL_URL"):
        call_command("take_returned_mail")


@pytest.mark.parametrize(
    "url",
    [
        "http://host/INBOX",
        "imap://user:password@mail.example.org/INBOX",  # not encrypted
        "imaps://mail.example.org/INBOX",
        "imaps://user:password@mail.example.org:port/INBOX",
        "maildir://relative/folder",
        "maildir:///",
        "rubbish",
    ],
)
def test_a_wrong_mailbox_stops_the_start_with_its_name_and_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("RETURNED_MAIL_URL", url)
    with pytest.raises(ImproperlyConfigured, match="RETURNED_MAIL_URL must be imaps://") as raised:
        mail_environment.returned_mail()
    assert "password@mail" not in str(raised.value)


@pytest.mark.parametrize("url", ["imaps://u%40x:p%2F@mail.example.org/INBOX/Returned", "maildir:///var/mail/returned"])
def test_a_good_mailbox_is_taken(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("RETURNED_MAIL_URL", url)
    assert mail_environment.returned_mail() == url
