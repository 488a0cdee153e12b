"""What the report of an issue says after it went out: what came back, who left through it, beside earlier issues."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from newsletter.actions.leaving import undo_leaving, unsubscribe
from newsletter.actions.mail_events import take_mail_event
from newsletter.actions.outcomes import record_outcome
from newsletter.actions.retention import forget_what_is_due
from newsletter.composing import Skeleton
from newsletter.models import Delivery, Departure, Dispatch, MailEvent, Subscriber
from newsletter.reporting.chart import draw_chart
from newsletter.reporting.figures import earlier_dispatches, figures_of, per_cent
from newsletter.senders import Outcome, Result, Stage
from tests.newsletter.dispatches import launched
from tests.newsletter.robots import links_in

pytestmark = pytest.mark.django_db
Kind = MailEvent.Kind


def over(*, readers: int = 4) -> Dispatch:
    """A dispatch that is over: one refused, the others handed over."""
    dispatch = launched(readers=readers)
    refused, *others = Subscriber.objects.order_by("-pk")[:readers]
    record_outcome(dispatch.pk, refused.pk, Outcome(Result.REFUSED, Stage.RECIPIENT, 550, "5.1.1 no"), attempts=1)
    for reader in others:
        record_outcome(dispatch.pk, reader.pk, Outcome(Result.HANDED_OVER, code=250), attempts=1)
    Dispatch.objects.filter(pk=dispatch.pk).update(
        state=Dispatch.State.DONE, finished_at=timezone.now(), candidates=readers
    )
    dispatch.refresh_from_db()
    return dispatch


def tell(dispatch: Dispatch, *kinds: Kind) -> None:
    """News about one delivery after the other."""
    rows = Delivery.objects.filter(dispatch=dispatch, state=Delivery.State.HANDED_OVER).order_by("pk")
    for number, (row, kind) in enumerate(zip(rows, kinds, strict=False)):
        event = f"{dispatch.pk}.{number}.{kind}"
        take_mail_event(provider="esp", event_id=event, kind=kind, subscriber=row.subscriber, delivery=row)


def press_leave(client: Client, dispatch: Dispatch, reader: Subscriber) -> None:
    """By the header of this dispatch's mail."""
    content = Skeleton(dispatch).compose(reader).content.decode("ascii").replace("=\r\n", "")
    (url,) = {link for link in links_in(content) if "/unsubscribe/" in link}
    client.post(url.removeprefix("http://testserver"), {"List-Unsubscribe": "One-Click"})


@pytest.mark.parametrize(
    ("number", "of", "words"),
    [
        (0, 0, ""),
        (0, 10, "0.0%"),
        (10, 10, "100%"),
        (9999, 10_000, "99.9%"),
        (1, 10_000, "under 0.1%"),
        (1, 3, "33.3%"),
    ],
)
def test_a_share_is_rounded_down_and_little_is_not_nothing(number: int, of: int, words: str) -> None:
    assert per_cent(number, of) == words


def test_it_counts_what_came_back_and_a_refusal_once_only_as_such(client: Client, editor: Any) -> None:
    dispatch = over(readers=5)
    tell(dispatch, Kind.DELIVERED, Kind.SOFT, Kind.HARD, Kind.COMPLAINT)
    (figures,) = figures_of([dispatch])
    assert (figures.counts.handed_over, figures.counts.refused) == (4, 1)
    assert (figures.delivered, figures.bounced, figures.complained) == (1, 2, 1)
    client.force_login(editor)
    page = client.get(f"/admin/newsletter/dispatches/{dispatch.pk}/").content.decode()
    for words in (
        "arrived, says the provider",
        "50.0% of those handed over",
        "25.0% of those handed over",
        "Day by day",
    ):
        assert words in page


def test_without_a_provider_nothing_is_said_to_be_delivered(client: Client, editor: Any) -> None:
    dispatch = over()
    assert figures_of([dispatch])[0].delivered is None
    client.force_login(editor)
    page = client.get(f"/admin/newsletter/dispatches/{dispatch.pk}/").content.decode()
    assert "says the provider" not in page
    assert "No subscriber has allowed us to count links" in page


def test_who_left_through_an_issue_is_counted_there_until_they_take_it_back(client: Client) -> None:
    first, second = over(readers=2), over(readers=2)
    one, _, other, _ = Subscriber.objects.order_by("pk")  # of two, the second was refused
    press_leave(client, first, one)
    unsubscribe(other, by="form")
    assert [row.left for row in figures_of([first, second])] == [1, 0]
    one.refresh_from_db()
    undo_leaving(one)
    assert not Departure.objects.exists()


def test_news_is_forgotten_and_its_number_stays() -> None:
    dispatch = over(readers=5)
    tell(dispatch, Kind.DELIVERED, Kind.SOFT, Kind.HARD)
    before = figures_of([dispatch])[0]
    with time_machine.travel(timezone.now() + timedelta(days=401), tick=False):
        assert forget_what_is_due()["mail events"] == 4
    after = figures_of([dispatch])[0]
    assert not MailEvent.objects.exists()
    assert (after.delivered, after.bounced, after.counts.refused) == (before.delivered, before.bounced, 1) == (1, 2, 1)


def test_the_chart_has_each_number_on_its_day_and_adds_up(client: Client) -> None:
    dispatch = over(readers=6)
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        tell(dispatch, Kind.SOFT, Kind.HARD)
        reader = Subscriber.objects.confirmed().order_by("pk").first()
        assert reader
        press_leave(client, dispatch, reader)
    with time_machine.travel(timezone.now() + timedelta(days=20), tick=False):
        chart = draw_chart(dispatch)
    assert chart
    numbers = {series.name: [bar.number for bar in series.bars] for series in chart.series}
    assert len(chart.days) == 14
    assert numbers == {"over": [5, *[0] * 13], "bounced": [0, 0, 2, *[0] * 11], "left": [0, 0, 1, *[0] * 11]}
    assert [sum(row) for row in zip(*(row for _, row in chart.rows), strict=True)] == [5, 2, 1]
    assert all(bar.height >= 2 for series in chart.series for bar in series.bars if bar.number)


def test_issues_stand_beside_each_other_on_the_page_and_in_the_file(client: Client, editor: Any) -> None:
    dispatches = [over(readers=3) for _ in range(3)]
    tell(dispatches[0], Kind.COMPLAINT)
    client.force_login(editor)
    page = client.get(f"/admin/newsletter/dispatches/{dispatches[2].pk}/").content.decode()
    assert "Beside earlier issues" in page
    compared = client.get("/admin/newsletter/dispatches/compare/").content.decode()
    assert all(dispatch.issue.label in compared for dispatch in dispatches)
    text = b"".join(client.get("/admin/newsletter/dispatches/compare.csv").streaming_content).decode()  # type: ignore[arg-type]
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["Issue"] for row in rows] == [dispatch.issue.label for dispatch in reversed(dispatches)]
    assert (rows[2]["Reported as spam"], rows[2]["Readers"], rows[2]["Refused"]) == ("1", "3", "1")
    assert "@" not in text


def test_twelve_are_compared_in_as_many_queries_as_two() -> None:
    numbers = []
    for many in (2, 6):
        for _ in range(many):
            over(readers=1)
        with CaptureQueriesContext(connection) as asked:
            figures_of(earlier_dispatches())
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]


@pytest.mark.parametrize("who", ["stranger", "moderator", None])
def test_nobody_else_compares(client: Client, request: Any, who: str | None) -> None:
    over(readers=1)
    if who:
        client.force_login(request.getfixturevalue(who))
    for path in ("compare/", "compare.csv"):
        assert client.get(f"/admin/newsletter/dispatches/{path}").status_code == 302
