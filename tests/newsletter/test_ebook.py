"""The e-book: a gift that is counted, and ends."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from letters.models import Letter
from newsletter.actions.ebooks import grant_ebook, use_download
from newsletter.errors import LateLink
from newsletter.links import Purpose, ebook_url, make_link
from newsletter.models import EbookGrant, Subscriber
from tests.factories import SubscriberFactory
from tests.newsletter.joining import BOOK, letters_to, link_in, make_ebook

pytestmark = pytest.mark.django_db


@pytest.fixture
def grant(subscriber: Subscriber, home: Any) -> EbookGrant:
    make_ebook()
    found = grant_ebook(subscriber)
    assert found
    return found


def _path(grant: EbookGrant) -> str:
    return urlsplit(ebook_url(grant)).path


def _downloads() -> int:
    return EbookGrant.objects.order_by("pk").values_list("downloads", flat=True)[0]


def _body(response: Any) -> bytes:
    """Read the answer to its end, as a browser does."""
    return b"".join(response)


def _code(client: Client, path: str, **headers: str) -> int:
    response = client.get(path, headers=headers)
    _body(response)
    return response.status_code


def test_the_link_gives_the_file_as_an_attachment(client: Client, grant: EbookGrant) -> None:
    response = client.get(_path(grant))
    assert response.status_code == 200
    assert response["Content-Disposition"] == 'attachment; filename="calmer-day.pdf"'
    assert response["Content-Length"] == str(len(BOOK))
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Type"] == "application/pdf"
    assert _body(response) == BOOK


def test_the_newest_book_on_offer_is_given(subscriber: Subscriber) -> None:
    assert grant_ebook(subscriber) is None
    make_ebook(is_offered=False)
    assert grant_ebook(subscriber) is None


def test_the_file_has_no_public_address(client: Client, grant: EbookGrant) -> None:
    name = grant.ebook.newest_edition.file.name
    assert client.get(f"/media/{name}").status_code == client.get(f"/{name}").status_code == 404


def test_the_sixth_download_is_refused_with_a_way_on(client: Client, grant: EbookGrant) -> None:
    codes = [_code(client, _path(grant)) for _ in range(7)]
    assert codes == [200] * 5 + [410] * 2
    assert _downloads() == 5
    assert "Send me a new link" in client.get(_path(grant)).text


def test_on_the_eighth_day_it_is_refused(client: Client, grant: EbookGrant) -> None:
    with time_machine.travel(grant.created_at + timedelta(days=7) - timedelta(minutes=1)):
        assert _code(client, _path(grant)) == 200
    with time_machine.travel(grant.created_at + timedelta(days=7, seconds=5)):
        assert client.get(_path(grant)).status_code == client.head(_path(grant)).status_code == 410
        assert client.get(_path(grant), headers={"Range": "bytes=0-9"}).status_code == 410


def test_looking_at_the_head_uses_up_nothing(client: Client, grant: EbookGrant) -> None:
    for _ in range(9):
        response = client.head(_path(grant))
        assert (response.status_code, response["Content-Length"]) == (200, str(len(BOOK)))
    assert _downloads() == 0


def test_a_book_read_in_pieces_is_one_download(client: Client, grant: EbookGrant) -> None:
    step = len(BOOK) // 19
    pieces = []
    for start in range(0, len(BOOK), step):
        response = client.get(_path(grant), headers={"Range": f"bytes={start}-{start + step - 1}"})
        assert response.status_code == 206
        pieces.append(_body(response))
        assert response["Content-Length"] == str(len(pieces[-1]))
    assert len(pieces) == 20
    assert b"".join(pieces) == BOOK
    assert _downloads() == 1


def test_pieces_are_no_way_round_the_limit(client: Client, grant: EbookGrant) -> None:
    codes = []
    for n in range(7):
        with time_machine.travel(timezone.now() + timedelta(minutes=31 * n)):
            codes.append(_code(client, _path(grant), Range="bytes=0-"))
    assert codes == [206] * 5 + [410] * 2


@pytest.mark.parametrize(
    ("asked", "code", "content_range"),
    [
        ("bytes=0-0", 206, f"bytes 0-0/{len(BOOK)}"),
        ("bytes=-4", 206, f"bytes {len(BOOK) - 4}-{len(BOOK) - 1}/{len(BOOK)}"),
        ("bytes=10000-", 206, f"bytes 10000-{len(BOOK) - 1}/{len(BOOK)}"),
        ("bytes=0-99999999", 206, f"bytes 0-{len(BOOK) - 1}/{len(BOOK)}"),
        ("bytes=99999999-", 416, f"bytes */{len(BOOK)}"),
        ("bytes=-0", 416, f"bytes */{len(BOOK)}"),
        ("bytes=9-3", 416, f"bytes */{len(BOOK)}"),
        ("bytes=-", 200, None),
        ("bytes=0-1,4-5", 200, None),
        ("pages=1-2", 200, None),
        ("bytes=a-b", 200, None),
    ],
)
def test_ranges_follow_the_rules(
    client: Client, grant: EbookGrant, asked: str, code: int, content_range: str | None
) -> None:
    response = client.get(_path(grant), headers={"Range": asked})
    assert (response.status_code, response.get("Content-Range")) == (code, content_range)
    assert len(_body(response)) == (0 if code == 416 else int(response["Content-Length"]))


def test_the_last_download_is_given_once(grant: EbookGrant) -> None:
    EbookGrant.objects.update(downloads=4)
    stale = [EbookGrant.objects.get(pk=grant.pk) for _ in range(2)]  # two requests that both saw one left
    use_download(stale[0])
    with pytest.raises(LateLink):
        use_download(stale[1])
    assert _downloads() == 5


def test_a_new_link_comes_by_mail_and_works(client: Client, grant: EbookGrant, subscriber: Subscriber) -> None:
    EbookGrant.objects.update(downloads=5)
    for _ in range(4):
        page = client.post(_path(grant))
        assert "Now look in your inbox" in page.text
    (letter,) = letters_to(subscriber.email, "ebook_link")
    fresh = link_in(letter, "e-book")
    assert fresh not in page.text
    assert _code(client, fresh) == 200
    assert client.get(_path(grant)).status_code == 410


def test_who_has_left_gets_no_new_link(client: Client, grant: EbookGrant, subscriber: Subscriber) -> None:
    Subscriber.objects.filter(pk=subscriber.pk).update(state=Subscriber.State.LEFT)
    assert client.post(_path(grant)).status_code == 410
    assert not Letter.objects.exists()


def test_a_link_opens_only_its_owners_gift(client: Client, grant: EbookGrant) -> None:
    stranger = SubscriberFactory()
    token = make_link(Purpose.EBOOK, stranger, target=grant.pk)
    assert client.get(f"/newsletter/e-book/{token}/").status_code == 404
    assert client.get(f"/newsletter/e-book/{grant.key}/").status_code == 404
    assert _downloads() == 0
