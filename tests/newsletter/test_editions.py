"""Editions of a book: every link gives the newest, and earlier readers are told once each."""

import threading
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from letters.models import Letter
from newsletter import letters
from newsletter.actions import telling
from newsletter.actions.ebooks import books_of, grant_ebook, send_ebook
from newsletter.actions.telling import earlier_readers, order_telling, tell_some
from newsletter.errors import NotAllowed, WrongState
from newsletter.links import ebook_url
from newsletter.models import Ebook, EbookEdition, EbookGrant, EditionNotice, Subscriber
from newsletter.tasks import sweep_gifts, tell_earlier_readers
from tests.factories import SubscriberFactory
from tests.newsletter.joining import BOOK, add_edition, letters_to, link_in, make_ebook

pytestmark = pytest.mark.django_db
SECOND = BOOK + b" with six new ideas"
LONG_AGO = timedelta(days=90)


def second_edition(book: Ebook, **fields: Any) -> EbookEdition:
    return add_edition(book, SECOND, label="Second edition", changes="Six new ideas.", **fields)


def had_it(book: Ebook, number: int = 1, **fields: Any) -> list[Subscriber]:
    """Readers who were given the book long ago."""
    readers = SubscriberFactory.create_batch(number, **fields)
    then = timezone.now() - LONG_AGO
    EbookGrant.objects.bulk_create([EbookGrant(ebook=book, subscriber=r, created_at=then) for r in readers])
    return readers


def _get(client: Client, grant: EbookGrant, **headers: str) -> tuple[int, bytes]:
    response = client.get(urlsplit(ebook_url(grant)).path, headers=headers)
    return response.status_code, b"".join(response)


def test_an_old_link_gives_the_newest_edition_that_is_out(client: Client, subscriber: Subscriber, home: Any) -> None:
    book = make_ebook()
    grant = grant_ebook(subscriber)
    assert grant
    assert _get(client, grant) == (200, BOOK)
    second_edition(book, published_at=timezone.now() + timedelta(days=1))
    assert _get(client, grant) == (200, BOOK)
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        assert _get(client, grant) == (200, SECOND)


def test_a_download_never_mixes_two_editions(client: Client, subscriber: Subscriber, home: Any) -> None:
    book = make_ebook()
    grant = grant_ebook(subscriber)
    assert grant
    tag = client.head(urlsplit(ebook_url(grant)).path)["ETag"]
    assert _get(client, grant, **{"Range": "bytes=0-99", "If-Range": tag}) == (206, BOOK[:100])
    second_edition(book)
    assert _get(client, grant, **{"Range": "bytes=100-199", "If-Range": tag}) == (200, SECOND)


def test_a_book_without_an_edition_is_not_offered(subscriber: Subscriber) -> None:
    book = Ebook.objects.create(title="To come", slug="to-come")
    add_edition(book, published_at=timezone.now() + timedelta(days=1))
    assert grant_ebook(subscriber) is None
    assert books_of(subscriber) == []


def test_of_several_books_the_lowest_place_is_given_and_all_can_be_asked_for(subscriber: Subscriber) -> None:
    first = make_ebook(title="First", slug="first")
    second = make_ebook(title="Second", slug="second", place=2)
    gone = make_ebook(title="Gone", slug="gone", is_offered=False)
    grant = grant_ebook(subscriber)
    assert grant
    assert grant.ebook == first
    assert [(own.ebook, own.is_had) for own in books_of(subscriber)] == [(first, True), (second, False)]
    send_ebook(subscriber, second)
    assert "“Second”" in letters_to(subscriber.email, "ebook_link")[0].html
    with pytest.raises(NotAllowed, match="not given away"):
        send_ebook(subscriber, gone)
    EbookGrant.objects.create(ebook=gone, subscriber=subscriber)
    assert [own.ebook for own in books_of(subscriber)] == [first, second, gone], "who had it may have it again"


def test_only_earlier_readers_who_are_on_the_list_are_told() -> None:
    book, other = make_ebook(), make_ebook(title="Other", slug="other")
    (reader,) = had_it(book)
    had_it(other)
    had_it(book, state=Subscriber.State.LEFT)
    had_it(book, paused_until=timezone.localdate() + timedelta(days=30))
    (back,) = had_it(book, paused_until=timezone.localdate())
    edition = second_edition(book)
    EbookGrant.objects.create(ebook=book, subscriber=SubscriberFactory())  # given the new edition already
    assert list(earlier_readers(edition)) == [reader, back]


def test_the_letter_says_what_is_new_and_its_link_gives_it(client: Client, home: Any) -> None:
    book = make_ebook()
    (reader,) = had_it(book)
    edition = second_edition(book)
    order_telling(edition)
    tell_earlier_readers(edition.pk)
    (letter,) = letters_to(reader.email)
    for part in (letter.text, letter.html):
        assert "Second edition" in part
        assert "Six new ideas." in part
    assert "One-Click" in letter.headers["List-Unsubscribe-Post"]
    response = client.get(link_in(letter, "e-book"))
    assert b"".join(response) == SECOND


def test_nobody_is_told_twice_however_often_the_bell_rings() -> None:
    book = make_ebook()
    had_it(book, 7)
    edition = second_edition(book)
    order_telling(edition)
    for _ in range(3):
        tell_earlier_readers(edition.pk)
    edition.refresh_from_db()
    assert edition.told_at
    assert Letter.objects.count() == EditionNotice.objects.count() == 7
    with pytest.raises(WrongState, match="have been told"):
        order_telling(edition)


def test_a_telling_goes_on_where_a_worker_died(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "AT_ONCE", 3)
    book = make_ebook()
    had_it(book, 8)
    edition = second_edition(book)
    order_telling(edition)
    assert tell_some(edition.pk)
    written: list[int] = []
    post = letters.post_new_edition

    def die(grant: EbookGrant, edition: EbookEdition) -> None:
        if len(written) == 2:
            raise KeyboardInterrupt
        written.append(grant.pk)
        post(grant, edition)

    monkeypatch.setattr(letters, "post_new_edition", die)
    with pytest.raises(KeyboardInterrupt):
        tell_some(edition.pk)
    assert Letter.objects.count() == 3, "half a step leaves nothing"
    monkeypatch.undo()
    rung: list[int] = []
    monkeypatch.setattr(tell_earlier_readers, "delay", rung.append)
    sweep_gifts()
    assert rung == [edition.pk]
    tell_earlier_readers(edition.pk)
    assert Letter.objects.values("to").distinct().count() == Letter.objects.count() == 8
    rung.clear()
    sweep_gifts()
    assert rung == []


def test_who_leaves_meanwhile_is_not_told() -> None:
    book = make_ebook()
    (reader,) = had_it(book)
    edition = second_edition(book)
    order_telling(edition)
    Subscriber.objects.filter(pk=reader.pk).update(state=Subscriber.State.LEFT)
    tell_earlier_readers(edition.pk)
    assert not Letter.objects.exists()


@pytest.mark.parametrize("hours", [1, -1])
def test_only_of_the_newest_edition_that_is_out_can_be_told(hours: int) -> None:
    book = make_ebook()
    had_it(book)
    edition = second_edition(book, published_at=timezone.now() + timedelta(hours=hours))
    if hours < 0:
        add_edition(book, label="Third")
    with pytest.raises(WrongState, match="not out yet" if hours > 0 else "newer edition"):
        order_telling(edition)
    assert not tell_some(edition.pk)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_workers_at_once_tell_everybody_once() -> None:
    book = make_ebook()
    had_it(book, 120)
    edition = second_edition(book)
    EbookEdition.objects.filter(pk=edition.pk).update(telling_since=timezone.now())

    def work() -> None:
        try:
            tell_earlier_readers(edition.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Letter.objects.count() == EditionNotice.objects.count() == 120
    assert Letter.objects.values("to").distinct().count() == 120
