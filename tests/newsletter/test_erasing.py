"""Everything of a person, to take along and to be forgotten: by themselves, by a list manager, by command."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from letters.models import Letter
from newsletter import letters, links
from newsletter.actions.address_changes import find_waiting_changes, settle_address_change
from newsletter.actions.ebooks import grant_ebook
from newsletter.actions.erasing import erase_subscriber
from newsletter.actions.exporting import export_people
from newsletter.actions.own_record import export_subscriber
from newsletter.actions.suppressing import which_are_suppressed
from newsletter.models import (
    AddressChange,
    Consent,
    Delivery,
    Follow,
    FollowNews,
    FollowNotice,
    ImportLine,
    Subscriber,
    SubscriberImport,
    Suppression,
)
from newsletter.report import count_deliveries
from newsletter.senders import Message
from newsletter.senders.memory import MemorySender
from tests.factories import ArticlePageFactory, SubscriberFactory, TopicFactory
from tests.newsletter.dispatches import launched, run
from tests.newsletter.joining import joined, letters_to, link_in, make_ebook, sign_up
from tests.newsletter.lists import check
from tests.newsletter.tables import tables_with

pytestmark = pytest.mark.django_db
MARK = "zz-marked-reader"
EMAIL = f"{MARK}@example.com"


@pytest.fixture
def reader(home: Any) -> Subscriber:
    return joined(SubscriberFactory(email=EMAIL, name="Marked Margaret"))


def fresh(subscriber: Subscriber) -> str:
    return urlsplit(links.fresh_own_url(subscriber)).path


def live_a_life(client: Client, reader: Subscriber) -> None:
    """A row of this person in every table that can hold one."""
    make_ebook()
    grant_ebook(reader)
    own = urlsplit(links.own_url(reader)).path
    topic = TopicFactory(name="Sleep")
    for fields in (
        {"act": "name", "name": "Maggie"},
        {"act": "topics", "topics": [str(topic.pk)]},
        {"act": "pause", "months": "1"},
        {"act": "resume"},
        {"act": "counting", "may_count": "yes"},
        {"act": "fresh"},
    ):
        client.post(own, fields)
    sign_up(client, EMAIL)
    client.post(fresh(reader), {"act": "address", "email": f"{MARK}.new@example.net"})
    for pk in find_waiting_changes():
        settle_address_change(pk)
    old_list = SubscriberImport.objects.create(state=SubscriberImport.State.DONE, finished_at=timezone.now())
    ImportLine.objects.create(of=old_list, number=2, kind=ImportLine.Kind.KNOWN, email=f" {EMAIL.upper()} ")
    follow = Follow.objects.create(subscriber=reader, topic=topic, confirmed_at=timezone.now())
    news = FollowNews.objects.create(
        article=ArticlePageFactory(), kind="new", day=timezone.localdate(), due_at=timezone.now()
    )
    FollowNotice.objects.create(news=news, subscriber=reader)
    letters.post_follow(follow)
    dispatch = launched(readers=1)
    Delivery.objects.create(
        dispatch=dispatch, subscriber=reader, state=Delivery.State.DEFERRED, reply=f"450 <{EMAIL}>: try later"
    )


def test_the_own_copy_holds_every_planted_fact(client: Client, reader: Subscriber) -> None:
    live_a_life(client, reader)
    answer = client.get(f"{fresh(reader)}copy/")
    assert answer["Content-Disposition"].startswith('attachment; filename="my-letter-')
    told = json.loads(answer.content)
    assert (told["email"], told["name"], told["topics"], told["may_count"]) == (EMAIL, "Maggie", ["Sleep"], True)
    assert len(told["consent"]) == reader.consents.count() == 7
    assert told["consent"][0]["wording"].startswith("Wording")
    assert told["ebookgrant"][0]["ebook"] == "A calmer day with pain"
    assert told["follow"][0]["topic"] == "Sleep"
    assert told["addresschange"][0]["new_email"] == f"{MARK}.new@example.net"
    assert told["delivery"][0]["reply"] == f"450 <{EMAIL}>: try later"
    assert {letter["kind"] for letter in told["letters"]} >= {"own_link", "new_address"}
    assert told["mentioned_in_import_reports"][0]["email"] == f" {EMAIL.upper()} "
    assert told["must_not_be_mailed"] is None
    # What refers to a subscriber in the database and is not in the copy would be held back.
    assert {model._meta.model_name for model in _referring()} <= told.keys()


@pytest.mark.parametrize("other", [f"jo{EMAIL}", f"{EMAIL}.au", f"x-{EMAIL}", f"{EMAIL}s"])
def test_what_a_report_says_of_a_longer_address_is_somebody_elses(reader: Subscriber, other: str) -> None:
    report = SubscriberImport.objects.create(state=SubscriberImport.State.DONE, finished_at=timezone.now())
    lines = [
        ImportLine.objects.create(of=report, number=number, kind=ImportLine.Kind.KNOWN, email=email)
        for number, email in enumerate((other, EMAIL, f"Maggie <{EMAIL}>"), start=2)
    ]
    told = export_subscriber(reader)["mentioned_in_import_reports"]
    assert [line["number"] for line in told] == [3, 4]
    erase_subscriber(reader)
    assert [ImportLine.objects.get(pk=line.pk).email for line in lines] == [other, "", ""]


def _referring() -> set[Any]:
    hidden = Subscriber._meta.get_fields(include_hidden=True)
    found = {one.related_model for one in hidden if one.auto_created and (one.one_to_many or one.one_to_one)}
    return {model for model in found if not model._meta.auto_created}


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_erased_reader_leaves_no_trace(client: Client, reader: Subscriber, caplog: Any, tmp_path: Path) -> None:
    live_a_life(client, reader)
    assert len(tables_with(MARK)) >= 5
    path = fresh(reader)
    assert "Erase everything about you?" in client.get(f"{path}erase/").text
    assert Subscriber.objects.filter(pk=reader.pk).exists()
    assert "Everything is erased" in client.post(f"{path}erase/").text
    assert tables_with(MARK) == {}
    assert tables_with("Maggie") == {}
    if connection.vendor == "sqlite":
        dumped = "\n".join(connection.connection.iterdump())
        assert MARK not in dumped.lower()
    assert MARK not in caplog.text.lower()
    files = [file for file in Path(settings.VAR).rglob("*") if file.is_file() and "test.sqlite3" not in file.name]
    if connection.vendor == "sqlite":
        copy = tmp_path / "copy.sqlite3"  # as a backup is made; the file that others have open is left alone
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(copy)])
        files.append(copy)
    is_in_a_file = settings.CELERY_BROKER_URL.startswith("sqlite")
    assert any("broker" in file.name for file in files) == is_in_a_file
    # By another process: closing a file that SQLite has open here would drop its locks, and break the file.
    search = (
        "import pathlib, sys; mark = sys.argv[1].encode();"
        "print([f for f in sys.argv[2:] if mark in pathlib.Path(f).read_bytes().lower()])"
    )
    found = subprocess.run(
        [sys.executable, "-c", search, MARK, *map(str, files)], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
    assert which_are_suppressed([EMAIL]) == {EMAIL: "asked to be erased"}
    assert client.get(path).status_code == 404


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_readers_erased_while_an_issue_goes_out_get_nothing_and_are_counted(settings: Any) -> None:
    settings.NEWSLETTER_SENDER = "newsletter.senders.memory.MemorySender"
    MemorySender.reset()
    dispatch = launched(readers=12)
    people = list(Subscriber.objects.order_by("pk"))
    erased = people[:4]
    Delivery.objects.create(dispatch=dispatch, subscriber=people[0], state=Delivery.State.DEFERRED, reply="450 wait")
    for person in erased:
        assert erase_subscriber(person)
    run(dispatch)
    got = {message.recipient for message in MemorySender.box}
    assert got == {person.email for person in people[4:]}
    counts = count_deliveries(dispatch)
    assert (counts.candidates, counts.handed_over, counts.open) == (12, 8, 0)
    gone = Delivery.objects.get(reply="", state=Delivery.State.CANCELLED)
    assert (gone.subscriber, gone.next_try_at) == (None, None)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_hundred_who_are_erased_in_the_middle_get_nothing_later_and_no_list_brings_them_back(settings: Any) -> None:
    settings.NEWSLETTER_SENDER = "newsletter.senders.memory.MemorySender"
    settings.NEWSLETTER_CONNECTIONS = 1
    MemorySender.reset()
    Subscriber.objects.bulk_create(SubscriberFactory.build_batch(150))
    dispatch = launched(readers=0)
    file = "".join(export_people(Subscriber.objects.order_by("pk"), chosen={}))
    erased: set[str] = set()

    def erase_at_the_twentieth(message: Message) -> None:
        if len(MemorySender.box) == 20:
            got = {earlier.recipient for earlier in [*MemorySender.box, message]}
            for person in list(Subscriber.objects.exclude(email__in=got).order_by("pk")[:100]):
                erased.add(person.email)
                assert erase_subscriber(person)

    MemorySender.answer = staticmethod(erase_at_the_twentieth)
    run(dispatch)
    got = [message.recipient for message in MemorySender.box]
    assert len(erased) == 100
    assert not erased.intersection(got)
    assert len(got) == len(set(got)) == 50
    counts = count_deliveries(dispatch)
    assert (counts.candidates, counts.handed_over, counts.skipped, counts.open) == (150, 50, 100, 0)
    assert check(file).taken == 0
    assert Subscriber.objects.count() == 50


def test_nobody_brings_an_erased_reader_back_but_they_themselves(client: Client, reader: Subscriber) -> None:
    erase_subscriber(reader)
    with pytest.raises(IntegrityError, match="suppressed"), transaction.atomic():
        SubscriberFactory(email=EMAIL)
    sign_up(client, EMAIL)
    from newsletter.actions.asking import find_waiting_sign_ups, settle_sign_up

    for pk in find_waiting_sign_ups():
        settle_sign_up(pk)
    client.post(link_in(letters_to(EMAIL, "confirm")[0], "confirm"))
    assert Subscriber.objects.get(mailbox=EMAIL).state == Subscriber.State.CONFIRMED
    assert not Suppression.objects.exists()


def test_the_addresses_before_and_after_a_move_are_both_kept_off(client: Client, reader: Subscriber) -> None:
    moved = AddressChange.objects.create(
        subscriber=reader, old_email="before@example.com", new_email=EMAIL, done_at=timezone.now()
    )
    Letter.objects.create(kind="address_changed", to=moved.old_email)
    erase_subscriber(reader)
    assert which_are_suppressed([EMAIL, "before@example.com"]).keys() == {EMAIL, "before@example.com"}
    assert not Letter.objects.exists()


def test_others_and_letters_about_comments_are_left_alone(client: Client, reader: Subscriber) -> None:
    other = joined(SubscriberFactory(email="other@example.com"))
    Letter.objects.create(kind="comment_published", to=EMAIL)
    Letter.objects.create(kind="welcome", to=other.email)
    erase_subscriber(reader)
    assert list(Subscriber.objects.all()) == [other]
    assert Consent.objects.count() == 2
    assert {letter.kind for letter in Letter.objects.all()} == {"comment_published", "welcome"}


def test_commands_do_the_same_and_ask_first(reader: Subscriber, monkeypatch: Any, tmp_path: Path) -> None:
    out = StringIO()
    call_command("export_subscriber", EMAIL.upper(), stdout=out)
    assert json.loads(out.getvalue()) == json.loads(json.dumps(export_subscriber(reader)))
    file = tmp_path / "reader.json"
    call_command("export_subscriber", EMAIL, "--output", str(file), stdout=StringIO())
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="File exists"):
        call_command("export_subscriber", EMAIL, "--output", str(file))
    monkeypatch.setattr("builtins.input", lambda _: "no")
    with pytest.raises(CommandError, match="Nothing was erased"):
        call_command("erase_subscriber", EMAIL, stdout=StringIO())
    call_command("erase_subscriber", EMAIL, "--yes", stdout=StringIO())
    assert not Subscriber.objects.exists()
    for command in ("export_subscriber", "erase_subscriber"):
        with pytest.raises(CommandError, match="Nobody is known"):
            call_command(command, EMAIL)


def test_list_managers_erase_after_a_question_and_others_cannot(
    client: Client, reader: Subscriber, editor: Any, moderator: Any
) -> None:
    url = reverse("newsletter_erase_subscriber", args=[reader.pk])
    client.force_login(moderator)
    for answer in (client.get(url), client.post(url)):
        assert answer.status_code == 302
    assert Subscriber.objects.exists()
    client.force_login(editor)
    listed = client.get(reverse("wagtailsnippets_newsletter_subscriber:list")).text
    assert url in listed
    assert EMAIL in client.get(url).text
    assert Subscriber.objects.exists()
    client.post(url)
    assert not Subscriber.objects.exists()
    assert tables_with(MARK) == {}


def test_only_a_fresh_link_takes_along_or_erases(client: Client, reader: Subscriber) -> None:
    token = links.make_link(links.Purpose.OWN, reader)
    for path in (f"/newsletter/mine/all/{token}/", f"/newsletter/mine/all/{token}/copy/"):
        assert client.get(path).status_code == 404
    assert client.post(f"/newsletter/mine/all/{token}/erase/").status_code == 404
    assert Subscriber.objects.exists()
