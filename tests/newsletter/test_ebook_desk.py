"""E-books in the admin: files are looked into, editions are added, earlier readers are told after a question."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from letters.models import Letter
from newsletter import book_files
from newsletter.book_files import check_book_file
from newsletter.models import Ebook, EbookEdition, EbookGrant, Subscriber
from newsletter.tasks import tell_earlier_readers
from tests.newsletter.joining import BOOK, add_edition, make_ebook

pytestmark = pytest.mark.django_db


def epub() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip", compress_type=zipfile.ZIP_STORED)
        archive.writestr("book.xhtml", "<html/>")
    return content.getvalue()


def zipped() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("virus.exe", "MZ")
    return content.getvalue()


def _url(name: str, *args: Any) -> str:
    return reverse(f"wagtailsnippets_newsletter_ebook:{name}", args=args)


def _form(*editions: dict[str, Any], first: int = 0, **fields: Any) -> dict[str, Any]:
    """What the e-book's form sends: `first` editions are there already."""
    sent = {"title": "A book", "slug": "a-book", "is_offered": "on", "blurb": "", "cover": "", "cover_alt": ""}
    rows = {
        f"editions-{n}-{name}": value
        for n, edition in enumerate(editions)
        for name, value in {"label": "First", "changes": "", "published_at": "2026-01-02 08:00", **edition}.items()
    }
    counts = {"TOTAL_FORMS": len(editions), "INITIAL_FORMS": first, "MIN_NUM_FORMS": 1, "MAX_NUM_FORMS": 1000}
    return {**sent, "place": 1, **fields, **rows, **{f"editions-{name}": number for name, number in counts.items()}}


@pytest.fixture
def admin(client: Client, home: Any, django_user_model: Any) -> Client:
    """Somebody with the rights of the group “Editors” alone."""
    person = django_user_model.objects.create_user(username="ed", password="a long passphrase")
    person.groups.add(Group.objects.get(name="Editors"))
    client.force_login(person)
    return client


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("book.exe", b"MZ", "choose a PDF or EPUB"),
        ("book.pdf", b"", "empty"),
        ("book.pdf", b"MZ\x90\x00 not a book", "no book that a reader could open"),
        ("book.pdf", b"<html>%PD", "no book that a reader could open"),
        ("book.epub", zipped(), "no book that a reader could open"),
        ("book.epub", BOOK, "it is a PDF inside"),
        ("book.pdf", epub(), "it is an EPUB inside"),
    ],
)
def test_what_is_no_book_is_refused_with_the_reason(name: str, content: bytes, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        check_book_file(SimpleUploadedFile(name, content))


def test_books_are_known_by_their_content() -> None:
    check_book_file(SimpleUploadedFile("book.pdf", BOOK))
    check_book_file(SimpleUploadedFile("Book.PDF", b"\xef\xbb\xbf\n" + BOOK))
    check_book_file(SimpleUploadedFile("book.epub", epub()))


def test_a_book_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book_files, "MOST_MEGABYTES", 1)
    check_book_file(SimpleUploadedFile("book.pdf", BOOK.ljust(1024 * 1024)))
    with pytest.raises(ValidationError, match="has 2 MB, at most 1 are allowed"):
        check_book_file(SimpleUploadedFile("book.pdf", BOOK.ljust(1024 * 1024 + 1)))


def test_an_editor_uploads_a_book_into_private_storage(admin: Client) -> None:
    wrong = admin.post(_url("add"), _form({"file": SimpleUploadedFile("book.pdf", b"MZ")}))
    assert "no book that a reader could open" in wrong.text
    assert not Ebook.objects.exists()
    assert "at least 1" in admin.post(_url("add"), _form()).text
    admin.post(_url("add"), _form({"file": SimpleUploadedFile("book.pdf", BOOK)}))
    edition = EbookEdition.objects.get()
    assert "private" in edition.file.path
    page = admin.get(_url("edit", edition.ebook_id)).text
    assert "A book" in page
    assert edition.file.name not in page, "a link to a file without a public address would lead nowhere"


def test_a_second_edition_is_added_and_the_first_keeps_its_file(admin: Client) -> None:
    first = make_ebook().newest_edition
    assert first
    rows = [{"id": first.pk, "label": "First"}, {"label": "Second", "file": SimpleUploadedFile("two.pdf", BOOK)}]
    rows[1]["published_at"] = timezone.localtime().strftime("%Y-%m-%d %H:%M")
    admin.post(_url("edit", first.ebook_id), _form(*rows, first=1, title="Another name"))
    newest, kept = EbookEdition.objects.published()
    assert (newest.label, kept.label) == ("Second", "First")
    assert kept.file.name == first.file.name
    assert newest.ebook.title == "Another name"


def test_a_file_that_is_lost_does_not_stop_the_book_from_being_renamed(admin: Client) -> None:
    edition = make_ebook().newest_edition
    assert edition
    edition.file.storage.delete(edition.file.name)
    admin.post(_url("edit", edition.ebook_id), _form({"id": edition.pk}, first=1, title="Another name"))
    assert Ebook.objects.get().title == "Another name"


def test_earlier_readers_are_told_after_a_question(
    admin: Client, subscriber: Subscriber, django_capture_on_commit_callbacks: Any
) -> None:
    book = make_ebook()
    EbookGrant.objects.create(ebook=book, subscriber=subscriber, created_at=timezone.now() - timedelta(days=90))
    edition = add_edition(book, label="Second edition", changes="Six new ideas.")
    assert "Tell earlier readers…" in admin.get(_url("edit", book.pk)).text
    url = reverse("newsletter_tell_readers", args=[edition.pk])
    for _ in range(2):
        assert "Tell 1 reader" in admin.get(url).text
    assert not Letter.objects.exists()
    page = admin.post(url, follow=True).text
    assert "Earlier readers are being told" in page
    assert "<b>1</b> still waits" in page
    assert not Letter.objects.exists(), "no reader's letter is written while the editor waits"
    assert "have been told, or are being told" in admin.post(url, follow=True).text
    tell_earlier_readers(edition.pk)
    assert "<b>1</b> earlier reader has been told" in admin.get(url).text
    assert "has been told of “Second edition”" in admin.get(_url("edit", book.pk)).text
    assert Letter.objects.get().kind == "new_edition"
