"""`import_subscribers`: the same dry run, the same refusals, in a terminal."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from newsletter.actions.suppressing import suppress_mailbox
from newsletter.models import Subscriber, SubscriberImport, Suppression

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(tmp_path: Path) -> Path:
    suppress_mailbox("gone@example.com", reason=Suppression.Reason.ERASED)
    path = tmp_path / "people.csv"
    path.write_text("name;email\nAnn;ann@example.com\nEve;gone@example.com\n", encoding="utf-8")
    return path


def run(*arguments: Any, **options: Any) -> str:
    out = StringIO()
    call_command("import_subscribers", *arguments, stdout=out, **options)
    return out.getvalue()


def test_a_dry_run_tells_and_leaves_nothing_behind(people: Path) -> None:
    told = run(people, dry_run=True)
    assert "UTF-8, columns separated by semicolon" in told
    assert "line 3: gone@example.com must not be mailed: asked to be erased" in told
    assert "1 would be taken." in told
    assert not Subscriber.objects.exists()
    assert not SubscriberImport.objects.exists()


def test_without_a_word_on_consent_nobody_is_taken(people: Path) -> None:
    with pytest.raises(CommandError, match="--consent"):
        run(people)
    assert not Subscriber.objects.exists()


def test_the_others_are_taken(people: Path) -> None:
    told = run(people, consent="Autumn fair, 2024")
    assert "1 were taken." in told
    assert Subscriber.objects.get().consents.get().detail == "Autumn fair, 2024."


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "nothing in this file"), (b"a,b\nx,y\n", "which column"), (b"PK\x03\x04", "Excel")]
)
def test_what_is_no_list_is_refused_in_words(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(CommandError, match=words):
        run(path, consent="x")
    assert not SubscriberImport.objects.exists()


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(CommandError, match="No such file"):
        run("/nowhere/people.csv")
