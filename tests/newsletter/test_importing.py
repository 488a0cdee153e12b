"""Bringing a list: a dry run first, everybody who is known or must not be mailed left alone, undone if wished."""

import io
from datetime import timedelta

import pytest
import time_machine
from django.core.files.storage import storages
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from letters.models import Letter
from newsletter.actions import import_runs
from newsletter.actions.consents import note_sign
from newsletter.actions.import_runs import due_imports, run_import
from newsletter.actions.importing import begin_import, forget_import_files, order_check, order_import, order_undo
from newsletter.actions.leaving import unsubscribe
from newsletter.actions.suppressing import suppress_mailbox
from newsletter.errors import NotAllowed
from newsletter.models import Consent, ImportLine, Subscriber, SubscriberImport, Suppression
from tests.factories import SubscriberFactory, TopicFactory
from tests.newsletter.lists import CONSENT, check, report, take, upload

pytestmark = pytest.mark.django_db
Kind, State = ImportLine.Kind, SubscriberImport.State

MIXED = """Email,First name,Topics,Joined
ann@example.com,Ann,"Sleep, Heart",2024-03-05
not an address,Bo,,
,Cy,,
ANN@example.com,Ann again,,
margaret@example.com,Other name,,
left@example.com,Dee,,
gone@example.com,Eve,,
fay@example.com,www.spam.example,Chess,someday
"""


@pytest.fixture
def others(subscriber: Subscriber) -> None:
    TopicFactory(name="Sleep", slug="sleep")
    TopicFactory(name="Heart and circulation", slug="heart")
    unsubscribe(SubscriberFactory(email="left@example.com"), by="link")
    Suppression.objects.filter(fingerprint=Subscriber.objects.get(email="left@example.com").fingerprint).delete()
    suppress_mailbox("gone@example.com", reason=Suppression.Reason.COMPLAINED)


@pytest.mark.usefixtures("others")
def test_a_dry_run_reports_each_row_that_would_not_be_taken_and_changes_nobody() -> None:
    before = list(Subscriber.objects.values())
    found = check(MIXED)
    assert (found.state, found.taken) == (State.CHECKED, 2)
    assert report(found) == {
        3: (Kind.MALFORMED, "not an address"),
        4: (Kind.NO_ADDRESS, ""),
        5: (Kind.DOUBLE, "ANN@example.com"),
        6: (Kind.KNOWN, "margaret@example.com"),
        7: (Kind.LEFT, "left@example.com"),
        8: (Kind.SUPPRESSED, "gone@example.com"),
        9: (Kind.NOTED, "fay@example.com"),
    }
    assert found.lines.get(number=8).words == "reported an issue as spam"
    assert list(Subscriber.objects.values()) == before


@pytest.mark.usefixtures("others")
def test_taking_brings_the_unknown_with_a_record_and_leaves_the_known_alone() -> None:
    before = list(Subscriber.objects.order_by("pk").values())
    found = take(MIXED)
    assert (found.state, found.taken) == (State.DONE, 2)
    assert list(Subscriber.objects.filter(came_with=None).order_by("pk").values()) == before
    ann = Subscriber.objects.get(email="ann@example.com")
    assert (ann.name, ann.source, ann.state) == ("Ann", "import", Subscriber.State.CONFIRMED)
    assert ann.confirmed_at
    assert ann.confirmed_at.date().isoformat() == "2024-03-05"
    assert {topic.slug for topic in ann.topics.all()} == {"sleep", "heart"}
    consent = ann.consents.get()
    assert (consent.act, consent.detail) == (Consent.Act.IMPORTED, f"{CONSENT}. Joined there on 2024-03-05.")
    fay = Subscriber.objects.get(email="fay@example.com")
    assert fay.name == ""
    words = found.lines.get(number=9).words
    assert all(part in words for part in ("looks like a link", "“someday” was left out", "left out: Chess"))
    assert not storages["private"].exists(found.file.name), "the file is not kept longer than it is needed"
    assert not Letter.objects.filter(to=ann.email).exists()


def test_a_column_may_say_who_wants_big_news_only_and_what_it_does_not_say_rightly_is_left_out() -> None:
    found = take("email,big news only\na@example.com,YES\nb@example.com,no\nc@example.com,\nd@example.com,perhaps\n")
    asked = dict(Subscriber.objects.values_list("email", "only_big_news"))
    assert asked == {"a@example.com": True, "b@example.com": False, "c@example.com": False, "d@example.com": False}
    assert found.lines.get(number=5).words == "“perhaps” was left out: big news only is yes or no"


def test_a_second_import_of_the_same_file_takes_nobody() -> None:
    assert take("email\na@example.com\nb@example.com\n").taken == 2
    again = check("email\na@example.com\nb@example.com\n")
    assert (again.taken, again.lines.filter(kind=Kind.KNOWN).count()) == (0, 2)
    with pytest.raises(NotAllowed, match="nobody in this file"):
        order_import(again, consent=CONSENT, with_letter=False)


def test_people_may_be_asked_by_letter_instead() -> None:
    take("email,name\nann@example.com,Ann\n", with_letter=True)
    ann = Subscriber.objects.get()
    assert (ann.state, ann.confirmed_at) == (Subscriber.State.PENDING, None)
    letter = Letter.objects.get()
    assert (letter.to, letter.kind) == ("ann@example.com", "confirm")


def test_nobody_is_taken_without_a_word_on_where_they_agreed() -> None:
    found = check("email\na@example.com\n")
    with pytest.raises(NotAllowed, match="where and when"):
        order_import(found, consent="  ", with_letter=False)
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize(
    ("columns", "words"),
    [(["", ""], "email address"), (["email", "email"], "Only one"), (["email", "password"], "Only one")],
)
def test_columns_must_make_sense(columns: list[str], words: str) -> None:
    found = upload("a,b\nx,y\n")
    with pytest.raises(NotAllowed, match=words):
        order_check(found, encoding="utf-8-sig", delimiter=",", columns=columns)


def test_a_fault_in_the_middle_refuses_the_whole_file() -> None:
    found = check("email\n" + "".join(f"r{n}@example.com\n" for n in range(1200)) + "x" * 200_000)
    assert (found.state, found.fault) == (
        State.REFUSED,
        "Line 1202 is longer than 100,000 characters. Is it a list of people?",
    )
    assert not storages["private"].exists(found.file.name)
    with pytest.raises(NotAllowed):
        order_import(found, consent=CONSENT, with_letter=False)


def test_damaged_and_dangerous_cells_are_reported_by_line() -> None:
    raw = 'email,name\na@example.com,J\xf6rg\nb\0@example.com,B\nc@example.com,"\'=1+1"\n'.encode("latin-1")
    found = upload(raw)
    assert found.encoding == "cp1252"
    order_check(found, encoding="utf-8-sig", delimiter=",", columns=["email", "name"])
    run_import(found.pk)
    assert report(found) == {2: (Kind.UNREADABLE, "a@example.com"), 3: (Kind.UNREADABLE, "b\ufffd@example.com")}
    order_check(SubscriberImport.objects.get(), encoding="cp1252", delimiter=",", columns=["email", "name"])
    run_import(found.pk)
    assert list(report(found)) == [3]
    order_import(SubscriberImport.objects.get(), consent=CONSENT, with_letter=False)
    run_import(found.pk)
    assert dict(Subscriber.objects.values_list("email", "name")) == {"a@example.com": "Jörg", "c@example.com": "=1+1"}


def test_addresses_of_roles_throw_away_ones_and_slips_are_marked_and_taken() -> None:
    found = take("email\ninfo@surgery.example\njo@mailinator.com\njo@gmial.com\njo@gmail.com\n")
    assert found.taken == 4
    assert [line.words for line in found.lines.order_by("number")] == [
        "address of a role",
        "throw-away address",
        "perhaps mistyped: gmail.com is more usual",
    ]


class Killed(BaseException):
    """As a SIGKILL: nothing after it runs."""


def test_a_run_that_dies_is_gone_on_with_and_doubles_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_runs, "CHUNK", 10)
    found = check("email\n" + "".join(f"r{n}@example.com\n" for n in range(45)) + "r3@example.com\n")
    order_import(found, consent=CONSENT, with_letter=False)
    real, calls = import_runs.bring_in, iter(range(100))

    def die_in_the_third(*args: object) -> None:
        real(*args)  # type: ignore[arg-type]
        if next(calls) == 2:
            raise Killed

    monkeypatch.setattr(import_runs, "bring_in", die_in_the_third)
    with pytest.raises(Killed):
        run_import(found.pk)
    found.refresh_from_db()
    assert (found.position, Subscriber.objects.count()) == (20, 20)
    assert due_imports() == []
    run_import(found.pk)
    assert Subscriber.objects.count() == 20, "the lease of the dead run still holds"
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        assert due_imports() == [found.pk]
        run_import(found.pk)
    found.refresh_from_db()
    assert (found.state, found.taken, Subscriber.objects.count()) == (State.DONE, 45, 45)
    assert report(found) == {47: (Kind.DOUBLE, "r3@example.com")}


def test_a_run_that_lost_its_lease_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    found = check("email\na@example.com\n")
    order_import(found, consent=CONSENT, with_letter=False)
    real = import_runs.bring_in

    def be_overtaken(*args: object) -> None:
        SubscriberImport.objects.update(owner="another run")
        real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(import_runs, "bring_in", be_overtaken)
    run_import(found.pk)
    assert not Subscriber.objects.exists()


def test_who_signs_up_while_a_chunk_is_written_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    found = check("email\na@example.com\nb@example.com\n")
    order_import(found, consent=CONSENT, with_letter=False)
    real, calls = import_runs.sift, iter(range(9))

    def be_overtaken(candidates: object) -> object:
        if next(calls):
            return real(candidates)  # type: ignore[arg-type]
        raise IntegrityError("as the database says when another transaction was first")

    monkeypatch.setattr(import_runs, "sift", be_overtaken)
    run_import(found.pk)
    assert Subscriber.objects.count() == 2


def test_an_undo_takes_off_who_did_nothing_since() -> None:
    found = take("email\n" + "".join(f"r{n}@example.com\n" for n in range(6)))
    people = list(Subscriber.objects.order_by("pk"))
    unsubscribe(people[0], by="link")
    note_sign(people[1])
    Consent.objects.create(subscriber=people[2], act=Consent.Act.TOPICS)
    Consent.objects.create(subscriber=people[3], act=Consent.Act.RETURNED_MAIL)
    order_undo(found)
    run_import(found.pk)
    found.refresh_from_db()
    assert (found.state, found.removed) == (State.UNDONE, 3)
    assert {person.pk for person in Subscriber.objects.all()} == {person.pk for person in people[:3]}
    assert found.lines.filter(kind=Kind.STAYED).count() == 3


def test_an_undo_is_for_thirty_days() -> None:
    found = take("email\na@example.com\n")
    with time_machine.travel(timezone.now() + timedelta(days=31)), pytest.raises(NotAllowed, match="thirty days"):
        order_undo(found)


def test_a_list_that_nobody_took_goes_with_its_file() -> None:
    lying = upload("email\nb@example.com\n")
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert forget_import_files() == 1
    assert not storages["private"].exists(lying.file.name)
    assert not SubscriberImport.objects.exists()


def test_four_hundred_rows_cost_a_handful_of_queries_more_than_ten() -> None:
    def queries(number: int) -> int:
        found = check("email,name\n" + "".join(f"{number}-{n}@example.com,x\n" for n in range(number)))
        order_import(found, consent=CONSENT, with_letter=False)
        with CaptureQueriesContext(connection) as caught:
            run_import(found.pk)
        return len(caught)

    assert queries(400) < queries(10) + 10, "rows are written many at a time"


def test_a_mac_file_in_utf_16_is_taken() -> None:
    assert take("E-Mail\tVorname\rjo@example.com\tJörg\r".encode("utf-16")).taken == 1
    assert Subscriber.objects.get().name == "Jörg"


def test_a_file_can_only_be_gone_on_with_once() -> None:
    found = check("email\na@example.com\n")
    same = SubscriberImport.objects.get(pk=found.pk)
    order_import(found, consent=CONSENT, with_letter=False)
    with pytest.raises(NotAllowed, match="Somebody else"):
        order_import(same, consent=CONSENT, with_letter=False)


def test_a_file_of_another_kind_is_not_kept() -> None:
    before = storages["private"].listdir("")
    with pytest.raises(Exception, match="Excel"):
        begin_import(io.BytesIO(b"PK\x03\x04"), filename="people.xlsx")
    assert storages["private"].listdir("") == before
