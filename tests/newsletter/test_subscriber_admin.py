"""Subscribers in the admin."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from wagtail.models import ModelLogEntry

from newsletter import letters
from newsletter.actions.suppressing import suppress_mailbox
from newsletter.models import Consent, MailEvent, OfferCode, Segment, Subscriber, Suppression
from tests.factories import SubscriberFactory, TopicFactory
from tests.newsletter.joining import joined
from tests.newsletter.lists import CONSENT, take
from tests.newsletter.offering import make_offer

pytestmark = pytest.mark.django_db


def _url(name: str, *args: Any) -> str:
    return reverse(f"wagtailsnippets_newsletter_subscriber:{name}", args=args)


@pytest.fixture
def admin(client: Client, home: Any, editor: Any) -> Client:
    client.force_login(editor)
    return client


def test_the_list_finds_and_filters(admin: Client, subscriber: Subscriber) -> None:
    SubscriberFactory(email="waiting@example.com", name="Joan", state=Subscriber.State.PENDING)
    everybody = admin.get(_url("list")).text
    assert "margaret@example.com" in everybody
    assert "waiting@example.com" in everybody
    found = admin.get(_url("list"), {"q": "margar"}).text
    assert "margaret@example.com" in found
    assert "waiting@example.com" not in found
    pending = admin.get(_url("list"), {"state": "pending"}).text
    assert "waiting@example.com" in pending
    assert "margaret@example.com" not in pending


def test_there_is_nothing_to_tick_where_nothing_can_be_done_to_many(admin: Client, subscriber: Subscriber) -> None:
    MailEvent.objects.create(provider="smtp", event_id="1", kind=MailEvent.Kind.SOFT)
    for name in ("subscriber", "lettertext", "mailevent"):
        assert "data-bulk-action-checkbox" not in admin.get(reverse(f"wagtailsnippets_newsletter_{name}:list")).text
    make_offer()
    assert "data-bulk-action-checkbox" in admin.get(reverse("wagtailsnippets_newsletter_offer:list")).text


def test_one_persons_page_shows_what_they_agreed_to_and_got(admin: Client, subscriber: Subscriber) -> None:
    letters.post_already_subscribed(joined(subscriber))
    page = admin.get(_url("inspect", subscriber.pk)).text
    for shown in (
        "Asked to join (page)",
        "Confirmed (page)",
        "First we email you a link",
        "You are already on the list",
    ):
        assert shown in page


@pytest.mark.parametrize("name", ["add", "edit", "delete"])
def test_not_even_a_superuser_makes_changes_or_deletes_a_subscriber(
    admin: Client, subscriber: Subscriber, name: str
) -> None:
    url = _url(name) if name == "add" else _url(name, subscriber.pk)
    before = list(Subscriber.objects.values())
    for answer in (admin.get(url), admin.post(url, {"name": "X", "email": "x@example.com", "state": "confirmed"})):
        assert answer.status_code in {302, 403}
    assert list(Subscriber.objects.values()) == before
    page = admin.get(_url("list")).text
    assert _url("add") not in page
    assert _url("edit", subscriber.pk) not in page


def test_bulk_deleting_is_refused(admin: Client, subscriber: Subscriber) -> None:
    url = reverse("wagtail_bulk_action", args=("newsletter", "subscriber", "delete"))
    admin.post(f"{url}?id={subscriber.pk}&next=/admin/")
    assert Subscriber.objects.filter(pk=subscriber.pk).exists()


def test_others_see_nothing_of_it(
    client: Client, home: Any, subscriber: Subscriber, moderator: Any, stranger: Any
) -> None:
    for person in (moderator, stranger):
        client.force_login(person)
        for url in (_url("list"), _url("list") + "?export=csv", _url("inspect", subscriber.pk)):
            answer = client.get(url)
            assert answer.status_code == 302
            assert "margaret" not in answer.text


@pytest.mark.parametrize("danger", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_an_export_runs_no_formula(admin: Client, danger: str) -> None:
    SubscriberFactory(email="=cmd@example.com", name=danger)
    raw = b"".join(admin.get(_url("list"), {"export": "csv"})).decode()
    (row,) = list(csv.DictReader(io.StringIO(raw, newline="")))
    assert row["Email"] == "'=cmd@example.com"
    assert row["First name"] == f"'{danger}"


def test_the_export_holds_whom_the_filters_leave_and_is_written_down(admin: Client, editor: Any) -> None:
    SubscriberFactory(email="a@example.com", source="page")
    SubscriberFactory(email="b@example.com", source="import")
    raw = b"".join(admin.get(_url("list"), {"export": "csv", "source": "import"})).decode()
    assert "b@example.com" in raw
    assert "a@example.com" not in raw
    entry = ModelLogEntry.objects.get(action="newsletter.export")
    assert (entry.user, entry.data["chosen"], entry.data["people"]) == (editor, {"source": "import"}, 1)


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ({"state": "left"}, "left"),
        ({"source": "import"}, "imported"),
        ({"paused": "yes"}, "paused"),
        ({"paused": "no"}, "imported left sleepy"),
        ({"suppressed": "yes"}, "left"),
        ({"suppressed": "no"}, "imported paused sleepy"),
        ({"topics": "sleep"}, "sleepy"),
        ({"segment": "sleepers"}, "sleepy"),
        ({"q": "sleep", "state": "left"}, ""),
    ],
)
def test_each_filter_narrows_the_list(admin: Client, chosen: dict[str, str], shown: str) -> None:
    names = ("sleepy", "left", "imported", "paused")
    people = {name: SubscriberFactory(email=f"{name}@example.com", source="page") for name in names}
    sleep = TopicFactory(slug="sleep")
    people["sleepy"].topics.add(sleep)
    suppress_mailbox("left@example.com", reason=Suppression.Reason.LEFT)
    Subscriber.objects.filter(pk=people["imported"].pk).update(source="import")
    tomorrow = timezone.localdate() + timedelta(days=1)
    Subscriber.objects.filter(pk=people["paused"].pk).update(paused_until=tomorrow)
    segment = Segment.objects.create(name="Sleepers", slug="sleepers", rule={"topics": [sleep.pk]})
    keys = {"sleep": str(sleep.pk), "sleepers": str(segment.pk)}
    page = admin.get(
        _url("list"), {key: keys.get(value, value) if key != "q" else value for key, value in chosen.items()}
    ).text
    assert [name for name in sorted(names) if f"{name}@example.com" in page] == shown.split()


def test_the_list_and_a_persons_page_cost_the_same_for_any_number(admin: Client, subscriber: Subscriber) -> None:
    def queries() -> list[int]:
        counts = []
        for url in (_url("list"), _url("inspect", subscriber.pk)):
            admin.get(url)
            with CaptureQueriesContext(connection) as caught:
                admin.get(url)
            counts.append(len(caught))
        return counts

    joined(subscriber)
    few = queries()
    for _ in range(15):
        joined(SubscriberFactory())
        Consent.objects.create(subscriber=subscriber, act=Consent.Act.TOPICS)
    assert queries() == few


def test_a_persons_page_tells_of_codes_and_of_mail_that_came_back(admin: Client, subscriber: Subscriber) -> None:
    code = OfferCode.objects.create(offer=make_offer(), subscriber=subscriber, holder="x")
    MailEvent.objects.create(
        provider="smtp", event_id="1", kind=MailEvent.Kind.HARD, subscriber=subscriber, status="5.1.1"
    )
    page = admin.get(_url("inspect", subscriber.pk)).text
    for shown in (str(code), code.offer.title, "Came back: no such mailbox", "5.1.1"):
        assert escape(shown) in page


def test_a_persons_page_tells_of_their_import_and_what_keeps_mail_away(admin: Client) -> None:
    found = take("email\nann@example.com\n")
    person = Subscriber.objects.get()
    suppress_mailbox("ann@example.com", reason=Suppression.Reason.COMPLAINED)
    page = admin.get(_url("inspect", person.pk)).text
    for shown in (reverse("newsletter_import", args=[found.pk]), escape(CONSENT), "Reported an issue as spam, since"):
        assert shown in page
