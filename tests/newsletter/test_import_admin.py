"""Subscribers > Import, as a list manager clicks through it."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from wagtail.models import ModelLogEntry

from newsletter.actions.import_runs import run_import
from newsletter.models import Subscriber, SubscriberImport
from tests.newsletter.lists import take

pytestmark = pytest.mark.django_db
PEOPLE = "Vorname;E-Mail\nJörg;joerg@example.com\nEve;gone@\n=1+1;\n".encode("cp1252")


@pytest.fixture
def manager(client: Client, home: Any, manager_of_the_list: Any) -> Client:
    client.force_login(manager_of_the_list)
    return client


def send(client: Client, content: bytes, name: str = "people.csv") -> Any:
    return client.post(reverse("newsletter_imports"), {"file": SimpleUploadedFile(name, content)})


def do(client: Client, found: SubscriberImport, verb: str, **sent: Any) -> str:
    answer = client.post(reverse("newsletter_change_import", args=[found.pk, verb]), sent, follow=True)
    return answer.text


def test_a_list_is_looked_at_checked_taken_and_undone(manager: Client, manager_of_the_list: Any) -> None:
    answer = send(manager, PEOPLE)
    found = SubscriberImport.objects.get()
    page = manager.get(answer.url).text
    assert "Jörg" in page
    assert '<option value="cp1252" selected>' in " ".join(page.split())
    assert "Checking every row" in do(manager, found, "check", column=["name", "email"])
    run_import(found.pk)
    page = manager.get(answer.url).text
    assert "Import 1 person" in page
    assert "not an email address" in page.lower()
    assert not Subscriber.objects.exists()
    assert "Say where and when" in do(manager, found, "take", consent="", how="")
    assert "Taking people" in do(manager, found, "take", consent="Fair, 2024", how="")
    run_import(found.pk)
    assert "Undo this import" in manager.get(answer.url).text
    do(manager, found, "undo")
    run_import(found.pk)
    assert not Subscriber.objects.exists()
    assert "Taken off again" in manager.get(answer.url).text
    steps = ModelLogEntry.objects.filter(user=manager_of_the_list).order_by("timestamp")
    assert list(steps.values_list("action", flat=True)) == ["newsletter.import", "newsletter.undo_import"]


def test_another_encoding_and_separator_are_tried(manager: Client) -> None:
    found = SubscriberImport.objects.get(pk=int(send(manager, PEOPLE).url.rstrip("/").rpartition("/")[2]))
    page = do(manager, found, "look", encoding="cp1251", delimiter=",")
    assert "Jцrg" in page
    assert "Choose an encoding" in do(manager, found, "look", encoding="rot13", delimiter=",")


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "Choose a file"), (b"PK\x03\x04", "an Excel or ZIP file"), (b"\n", "nothing in this")]
)
def test_what_is_no_list_is_refused_in_words(manager: Client, content: bytes, words: str) -> None:
    answer = send(manager, content) if content else manager.post(reverse("newsletter_imports"))
    assert answer.status_code == 422
    assert words in answer.text
    assert not SubscriberImport.objects.exists()


def test_the_report_is_a_file_without_formulas(manager: Client) -> None:
    found = take('email\n"=cmd()@"\na@example.com\n')
    report = b"".join(manager.get(reverse("newsletter_import_report", args=[found.pk]))).decode()
    assert "2,not an email address,'=cmd()@," in report


def test_a_list_is_discarded(manager: Client) -> None:
    send(manager, PEOPLE)
    do(manager, SubscriberImport.objects.get(), "discard")
    assert not SubscriberImport.objects.exists()


def test_a_taken_list_cannot_be_discarded(manager: Client) -> None:
    found = take("email\na@example.com\n")
    assert "is kept" in do(manager, found, "discard")
    assert SubscriberImport.objects.exists()


def test_looking_changes_nothing_and_others_see_nothing(client: Client, home: Any, moderator: Any) -> None:
    found = take("email\na@example.com\n")
    client.force_login(moderator)
    for url in (
        reverse("newsletter_imports"),
        reverse("newsletter_import", args=[found.pk]),
        reverse("newsletter_import_report", args=[found.pk]),
        reverse("newsletter_change_import", args=[found.pk, "undo"]),
    ):
        for answer in (client.get(url), client.post(url)):
            assert answer.status_code in {302, 405}
            assert "people.csv" not in answer.text
    assert SubscriberImport.objects.get().state == SubscriberImport.State.DONE


def test_the_menu_shows_what_somebody_may_open(manager: Client, client: Client, moderator: Any) -> None:
    assert reverse("newsletter_imports") in manager.get("/admin/").text
    client.force_login(moderator)
    assert reverse("newsletter_imports") not in client.get("/admin/").text
