"""Every reader of a dispatch: found, told why, decided about one by one, taken along as a file."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from wagtail.models import PageLogEntry

from newsletter.actions.dispatching import cancel_dispatch
from newsletter.actions.holding import send_one_again, take_one_as_received
from newsletter.actions.outcomes import record_outcome
from newsletter.actions.suppressing import suppress_mailbox
from newsletter.errors import CannotSend, WrongState
from newsletter.models import Delivery, Dispatch, Subscriber, Suppression
from newsletter.report import count_deliveries
from newsletter.senders import Outcome, Result, Stage
from newsletter.senders.memory import MemorySender
from tests.factories import SubscriberFactory
from tests.newsletter.dispatches import launched, run

pytestmark = pytest.mark.django_db
State = Delivery.State
FULL = Outcome(Result.REFUSED, Stage.RECIPIENT, 552, "5.2.2 over quota")
GONE = Outcome(Result.REFUSED, Stage.RECIPIENT, 550, "5.1.1 no such mailbox")
BLOCKED = Outcome(Result.REFUSED, Stage.RECIPIENT, 550, "5.7.1 blocked for spam")
BAD_ADDRESS = Outcome(Result.REFUSED, Stage.COMPOSING, None, "compose: ValueError: no usable address")
UNKNOWN = Outcome(Result.UNKNOWN, Stage.CONTENT, None, "the line was cut")


def url(dispatch: Dispatch, rest: str = "readers/") -> str:
    return f"/admin/newsletter/dispatches/{dispatch.pk}/{rest}"


def read(client: Client, dispatch: Dispatch, query: str) -> str:
    return client.get(f"{url(dispatch)}?{query}").content.decode()


@pytest.fixture
def refused() -> Dispatch:
    """Four readers, refused for four reasons, and a fifth who waits."""
    dispatch = launched(readers=5)
    for reader, outcome in zip(Subscriber.objects.order_by("pk"), (FULL, GONE, BLOCKED, BAD_ADDRESS), strict=False):
        record_outcome(dispatch.pk, reader.pk, outcome, attempts=1)
    return dispatch


def test_each_refused_reader_is_listed_with_the_reason_and_what_to_do(
    client: Client, editor: Any, refused: Dispatch
) -> None:
    client.force_login(editor)
    page = read(client, refused, "show=missed")
    for words in (
        "552 5.2.2 over quota",
        "Perhaps the mailbox is full",
        "there is no such mailbox",
        "Refused for our sake",
        "This address cannot stand in a mail",
    ):
        assert words in page
    # Where another try may help: a full mailbox, and a block.
    assert page.count("Send again<") == 2
    assert "Take as received" not in page


def test_a_thousand_readers_are_paged_and_any_of_them_is_found(client: Client, editor: Any) -> None:
    dispatch = launched(readers=1)
    people = Subscriber.objects.bulk_create(SubscriberFactory.build_batch(120))
    rows = [Delivery(dispatch=dispatch, subscriber=person, state=State.REFUSED, reply="no") for person in people]
    Delivery.objects.bulk_create(rows)
    client.force_login(editor)
    pages = [read(client, dispatch, f"show=missed&p={number}") for number in (1, 2, 3)]
    assert [sum(person.email in page for person in people) for page in pages] == [50, 50, 20]
    assert "Page 2 of 3" in pages[1]
    assert "show=missed&amp;p=3" in pages[1]
    found = read(client, dispatch, f"show=missed&q={people[77].email.upper()}")
    assert [person.email for person in people if f">{person.email}<" in found] == [people[77].email]
    assert "No reader here has an address" in read(client, dispatch, "show=missed&q=nobody@nowhere")
    assert "Nobody: that is good" in read(client, dispatch, "show=twice")


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
class TestDecisions:
    """About one reader."""

    @pytest.fixture(autouse=True)
    def memory(self, settings: Any) -> Iterator[None]:
        settings.NEWSLETTER_SENDER = "newsletter.senders.memory.MemorySender"
        settings.NEWSLETTER_UNKNOWN_POLICY = "hold"
        MemorySender.reset()
        yield
        MemorySender.reset()

    def over(self, *outcomes: Outcome) -> tuple[Dispatch, list[Delivery]]:
        """A dispatch that is over, with these outcomes of its first readers."""
        dispatch = launched(readers=len(outcomes) + 1)
        by_address = dict(
            zip(Subscriber.objects.order_by("pk").values_list("email", flat=True), outcomes, strict=False)
        )
        MemorySender.answer = staticmethod(lambda message: by_address.get(message.recipient))
        dispatch = run(dispatch)
        assert dispatch.state == Dispatch.State.DONE
        MemorySender.reset()
        return dispatch, list(dispatch.deliveries.exclude(state=State.HANDED_OVER).order_by("subscriber"))

    def test_one_held_reader_is_taken_as_received_and_the_other_is_sent_to_again(
        self, client: Client, editor: Any
    ) -> None:
        dispatch, (first, second) = self.over(UNKNOWN, UNKNOWN)
        client.force_login(editor)
        back = f"{url(dispatch)}?show=missed"
        answer = client.post(url(dispatch, f"readers/{first.pk}/received/"), {"back": back})
        assert answer["Location"] == back
        client.post(url(dispatch, f"readers/{second.pk}/again/"), {"back": "https://evil.example/"})
        dispatch.refresh_from_db()
        assert dispatch.state == Dispatch.State.RUNNING
        run(dispatch)
        assert [message.recipient for message in MemorySender.box] == [second.subscriber and second.subscriber.email]
        counts = count_deliveries(dispatch)
        assert (counts.handed_over, counts.held, counts.open) == (3, 0, 0)
        for verb in (lambda: take_one_as_received(first, by="x"), lambda: send_one_again(first)):
            with pytest.raises(WrongState):
                verb()

    def test_a_refused_reader_is_sent_to_again_with_the_same_message_id(self) -> None:
        dispatch, (full,) = self.over(FULL)
        send_one_again(full)
        run(dispatch)
        full.refresh_from_db()
        assert full.state == State.HANDED_OVER
        assert len(MemorySender.box) == 1
        assert f".{full.subscriber_id}.".encode() in MemorySender.box[0].content

    def test_who_must_not_be_mailed_is_not_sent_to_again_and_a_cancelled_dispatch_sends_nothing(self) -> None:
        dispatch, (full, other) = self.over(FULL, FULL)
        assert full.subscriber
        suppress_mailbox(full.subscriber.mailbox, reason=Suppression.Reason.COMPLAINED)
        with pytest.raises(CannotSend):
            send_one_again(Delivery.objects.get(pk=full.pk))
        Dispatch.objects.filter(pk=dispatch.pk).update(state=Dispatch.State.RUNNING)
        cancel_dispatch(dispatch)
        with pytest.raises(WrongState):
            send_one_again(other)
        assert not MemorySender.box


@pytest.mark.parametrize("who", ["stranger", "moderator", None])
def test_only_who_may_send_sees_decides_and_exports(
    client: Client, request: Any, refused: Dispatch, who: str | None
) -> None:
    if who:
        client.force_login(request.getfixturevalue(who))
    row = refused.deliveries.order_by("pk").first()
    assert row
    for path in ("readers/", "readers.csv"):
        assert client.get(url(refused, path)).status_code == 302
    assert client.post(url(refused, f"readers/{row.pk}/again/")).status_code == 302
    assert not PageLogEntry.objects.filter(action="newsletter.export_outcomes").exists()
    assert count_deliveries(refused).refused == 4


def test_a_decision_needs_a_press_and_a_reader_of_this_dispatch(client: Client, editor: Any, refused: Dispatch) -> None:
    client.force_login(editor)
    row = refused.deliveries.order_by("pk").first()
    assert row
    other = launched(readers=1)
    assert client.get(url(refused, f"readers/{row.pk}/again/")).status_code == 405
    assert client.post(url(other, f"readers/{row.pk}/again/")).status_code == 404
    assert count_deliveries(refused).refused == 4


def test_the_file_holds_every_outcome_runs_no_formula_and_is_written_down(
    client: Client, editor: Any, refused: Dispatch
) -> None:
    waiting = Subscriber.objects.latest("pk")
    record_outcome(refused.pk, waiting.pk, Outcome(Result.REFUSED, Stage.RECIPIENT, 550, "=HYPERLINK(1)"), attempts=1)
    Subscriber.objects.filter(pk=waiting.pk).update(email="=cmd@example.com")
    client.force_login(editor)
    answer = client.get(url(refused, "readers.csv"))
    assert "attachment" in answer["Content-Disposition"]
    text = b"".join(answer.streaming_content).decode()  # type: ignore[arg-type]
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert len(rows) == 5
    assert (rows[1]["Outcome"], rows[1]["News"]) == ("refused", "came back: no such mailbox")
    assert rows[4]["Email"] == "'=cmd@example.com"
    assert rows[4]["Words of the mail server, or why"] == "'=HYPERLINK(1)"
    entry = PageLogEntry.objects.get(action="newsletter.export_outcomes")
    assert (entry.user, entry.data) == (editor, {"dispatch": refused.pk, "readers": 5})
