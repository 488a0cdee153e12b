"""The second yes: by a person's button, and by nothing else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from guard.addresses import fingerprint
from newsletter.actions.leaving import unsubscribe
from newsletter.actions.sign_up import forget_unconfirmed
from newsletter.models import Consent, EbookGrant, Subscriber, Suppression
from tests.factories import SubscriberFactory
from tests.fakes.smtp import Sink
from tests.newsletter.joining import BOOK, letters_to, link_in, make_ebook, settle_all, sign_up

pytestmark = pytest.mark.django_db
State, Act = Subscriber.State, Consent.Act
JOAN = "joan@example.com"


def _ask(client: Client, email: str = JOAN) -> str:
    """Sign up and return the path in the letter."""
    sign_up(client, email, name="Joan")
    return link_in(letters_to(email, "confirm")[-1], "confirm")


def _acts(email: str = JOAN) -> list[str]:
    return [consent.act for consent in Consent.objects.filter(subscriber__mailbox=email)]


def _everything() -> list[Any]:
    """All rows that a mail scanner must leave alone."""
    with connection.cursor() as cursor:
        found = []
        for table in sorted(
            t for t in connection.introspection.table_names() if t.startswith(("newsletter", "letters"))
        ):
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')  # noqa: S608 - our own tables
            found.append((table, cursor.fetchall()))
        return found


def test_opening_the_link_changes_nothing(client: Client, home: Any) -> None:
    path = _ask(client)
    before = _everything()
    for _ in range(3):
        page = client.get(path)
        assert page.status_code == client.head(path).status_code == 200
    assert _everything() == before
    assert page.text.count("<button") >= 1
    assert 'method="post"' in page.text
    assert JOAN in page.text


def test_the_button_puts_a_person_on_the_list_once(client: Client, home: Any) -> None:
    make_ebook()
    path = _ask(client)
    pages = [client.post(path, follow=True) for _ in range(3)]
    assert [page.status_code for page in pages] == [200] * 3
    assert all("Your book is ready" in page.text for page in pages)
    person = Subscriber.objects.get()
    assert person.state == State.CONFIRMED
    assert person.confirmed_at is not None
    assert _acts() == [Act.ASKED, Act.CONFIRMED]
    assert len(letters_to(JOAN, "welcome")) == 1
    assert EbookGrant.objects.count() == 1


def test_the_page_after_it_leads_to_the_book(client: Client, home: Any) -> None:
    make_ebook()
    page = client.post(_ask(client), follow=True)
    book = link_in(letters_to(JOAN, "welcome")[0], "e-book")
    assert b"".join(client.get(book)) == BOOK
    assert "Download the e-book" in page.text
    assert "/newsletter/e-book/" in page.text


def test_without_a_book_on_offer_nothing_is_promised(client: Client, home: Any) -> None:
    page = client.post(_ask(client), follow=True)
    assert "You are on the list" in page.text
    assert "book" not in page.text.split("</main>")[0].split("<main")[1].lower()
    (letter,) = letters_to(JOAN, "welcome")
    assert "book" not in letter.text.lower()


def test_the_confirmed_words_are_those_that_were_asked_with(client: Client, home: Any) -> None:
    client.post(_ask(client))
    asked, confirmed = Consent.objects.order_by("pk")
    assert asked.wording == confirmed.wording is not None


def test_a_late_link_says_so_and_sends_a_new_one_with_one_press(client: Client, home: Any) -> None:
    path = _ask(client)
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=62)):
        for answer in (client.get(path), client.post(path)):
            assert answer.status_code == 410
            assert "Send me a new link" in answer.text
        assert Subscriber.objects.get().state == State.PENDING
        assert client.post(path, {"again": "1"})["Location"] == "/newsletter/sign-up/thanks/"
        settle_all()
        fresh = link_in(letters_to(JOAN, "confirm")[-1], "confirm")
        assert fresh != path
        client.post(fresh)
    assert Subscriber.objects.get().state == State.CONFIRMED


def test_asking_again_floods_nobody(client: Client, home: Any) -> None:
    path = _ask(client)
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        for _ in range(5):
            client.post(path, {"again": "1"})
        settle_all()
    assert len(letters_to(JOAN, "confirm")) == 2


def test_a_link_that_is_not_ours_is_not_found(client: Client, home: Any) -> None:
    path = _ask(client)
    for bad in (path[:-2] + "x/", "/newsletter/confirm/nonsense/", path.replace("confirm", "unsubscribe")):
        assert client.get(bad).status_code == client.post(bad).status_code == 404
    assert Subscriber.objects.get().state == State.PENDING


def test_pages_behind_a_link_are_kept_nowhere(client: Client, home: Any) -> None:
    path = _ask(client)
    for answer in (client.get(path), client.post(path), client.get(path), client.get("/newsletter/confirm/x/")):
        assert answer["Cache-Control"] == "no-store"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]
        assert not answer.cookies


def test_an_old_link_does_not_undo_leaving(client: Client, home: Any) -> None:
    path = _ask(client)
    client.post(path)
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        unsubscribe(Subscriber.objects.get(), by="link")
        assert client.post(path).status_code == 410
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        sign_up(client, JOAN)
        assert client.post(path).status_code == 410, "the link from before stays dead while a new one waits"
    assert Subscriber.objects.get().state == State.PENDING


def test_who_left_may_come_back_and_is_suppressed_until_the_second_yes(client: Client, home: Any) -> None:
    client.post(_ask(client))
    unsubscribe(Subscriber.objects.get(), by="link")
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        path = _ask(client)
        assert Suppression.objects.filter(fingerprint=fingerprint(JOAN)).exists()
        client.post(path)
    assert not Suppression.objects.exists()
    assert Subscriber.objects.get().state == State.CONFIRMED
    assert _acts() == [Act.ASKED, Act.CONFIRMED, Act.LEFT, Act.ASKED, Act.CONFIRMED]


def test_a_mailbox_that_is_barred_meanwhile_is_not_confirmed(client: Client, home: Any) -> None:
    path = _ask(client)
    Suppression.objects.create(fingerprint=fingerprint(JOAN), reason=Suppression.Reason.BOUNCED)
    assert client.post(path).status_code == 404
    assert Subscriber.objects.get().state == State.PENDING
    assert Suppression.objects.get().reason == Suppression.Reason.BOUNCED


def test_a_consent_cannot_be_changed_but_goes_with_its_person(client: Client, home: Any) -> None:
    client.post(_ask(client))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Consent.objects.update(act=Act.LEFT)
    assert _acts() == [Act.ASKED, Act.CONFIRMED]
    Subscriber.objects.get().delete()
    assert not Consent.objects.exists()


def test_who_never_confirmed_is_forgotten_after_two_weeks(client: Client, home: Any) -> None:
    _ask(client)
    SubscriberFactory(email="kept@example.com")
    back = SubscriberFactory(email="back@example.com", state=State.PENDING, left_at=timezone.now())
    assert forget_unconfirmed() == 0
    with time_machine.travel(timezone.now() + timedelta(days=14, minutes=1)):
        assert forget_unconfirmed() == 1
    back.refresh_from_db()
    assert back.state == State.LEFT
    assert set(Subscriber.objects.values_list("mailbox", flat=True)) == {"kept@example.com", "back@example.com"}


@pytest.mark.worker
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_through_a_real_worker_a_stranger_becomes_a_subscriber(
    start_worker: Callable[..., Any], sink: Sink, client: Client
) -> None:
    start_worker()
    sign_up(client, JOAN, name="Joan")
    sink.wait_for(1)
    (mail,) = sink.to(JOAN)
    assert mail["Auto-Submitted"] == "auto-generated"
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    path = next(line for line in text.splitlines() if "/newsletter/confirm/" in line).removeprefix("http://testserver")
    assert client.post(path).status_code == 302
    sink.wait_for(2)
    welcome = sink.to(JOAN)[1]
    assert welcome["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert Subscriber.objects.get().state == State.CONFIRMED
