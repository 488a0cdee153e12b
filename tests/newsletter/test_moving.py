"""A scheduled dispatch is moved or taken back: in the zone it was ordered in, and never both moved and sent."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone

from newsletter.actions.dispatching import cancel_dispatch, move_dispatch, order_dispatch
from newsletter.errors import WrongState
from newsletter.models import Dispatch, Subscriber
from newsletter.tasks import launch_due_dispatches
from tests.factories import IssuePageFactory, SubscriberFactory
from tests.newsletter.dispatches import launched

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
State = Dispatch.State


@pytest.fixture
def scheduled(subscriber: Subscriber) -> Dispatch:
    """For tomorrow at seven, in London."""
    with time_machine.travel(NOON, tick=False):
        return order_dispatch(IssuePageFactory(), at=datetime(2026, 12, 2, 7, tzinfo=UTC))


def url(dispatch: Dispatch, verb: str = "move") -> str:
    return f"/admin/newsletter/dispatches/{dispatch.pk}/{verb}/"


@time_machine.travel(NOON, tick=False)
def test_an_editor_moves_it_and_every_page_names_the_zone(client: Client, editor: Any, scheduled: Dispatch) -> None:
    client.force_login(editor)
    page = client.get(url(scheduled)).content.decode()
    assert "Wednesday 2 December 2026, 07:00 (Europe/London)" in page
    assert 'value="2026-12-02T07:00"' in page
    client.post(url(scheduled), {"at": "2026-12-03T06:30", "seen": scheduled.due_at.isoformat()})
    scheduled.refresh_from_db()
    assert (scheduled.state, scheduled.due_at) == (State.SCHEDULED, datetime(2026, 12, 3, 6, 30, tzinfo=UTC))
    shown = "Thursday 3 December 2026, 06:30 (Europe/London)"
    for path in (f"newsletter/dispatches/{scheduled.pk}/", "", f"pages/{scheduled.issue_id}/edit/"):
        assert shown in client.get(f"/admin/{path}").content.decode()
    assert "3 Dec 2026, 06:30 GMT" in client.get("/admin/newsletter/dispatches/").content.decode()


@time_machine.travel(NOON, tick=False)
def test_the_zone_stays_when_the_sites_becomes_another_and_the_pages_say_so(
    client: Client, editor: Any, scheduled: Dispatch, settings: Any
) -> None:
    client.force_login(editor)
    settings.TIME_ZONE = "Asia/Tokyo"
    page = client.get(f"/admin/newsletter/dispatches/{scheduled.pk}/").content.decode()
    assert "07:00 (Europe/London)" in page
    assert "in which it was ordered; the site’s own zone is Asia/Tokyo now" in page
    client.post(url(scheduled), {"at": "2026-12-03T06:30", "seen": scheduled.due_at.isoformat()})
    scheduled.refresh_from_db()
    assert scheduled.due_at == datetime(2026, 12, 3, 6, 30, tzinfo=UTC)
    with time_machine.travel(scheduled.due_at - timedelta(seconds=1), tick=False):
        assert launch_due_dispatches() == []
    with time_machine.travel(scheduled.due_at, tick=False):
        assert launch_due_dispatches() == [scheduled.pk]
        assert launch_due_dispatches() == []


@pytest.mark.parametrize(
    ("at", "words"), [("", "Choose a date"), ("2026-12-01T11:59", "has passed"), ("x", "Enter a valid")]
)
@time_machine.travel(NOON, tick=False)
def test_a_bad_moment_is_asked_for_again(client: Client, editor: Any, scheduled: Dispatch, at: str, words: str) -> None:
    client.force_login(editor)
    response = client.post(url(scheduled), {"at": at, "seen": scheduled.due_at.isoformat()})
    assert response.status_code == 422
    assert words in response.content.decode()


@time_machine.travel(datetime(2027, 3, 20, tzinfo=UTC), tick=False)
def test_a_time_that_clocks_skip_is_the_first_moment_after_it(client: Client, editor: Any, scheduled: Dispatch) -> None:
    client.force_login(editor)
    page = client.post(
        url(scheduled), {"at": "2027-03-28T01:30", "seen": scheduled.due_at.isoformat()}, follow=True
    ).content.decode()
    assert "Sunday 28 March 2027, 02:00 (Europe/London)" in page


def test_of_two_editors_who_move_it_the_second_is_told(scheduled: Dispatch) -> None:
    first, second = scheduled.due_at + timedelta(hours=1), scheduled.due_at + timedelta(hours=2)
    move_dispatch(scheduled, at=first, seen=scheduled.due_at)
    with pytest.raises(WrongState, match="has moved it to Wednesday 2 December 2026, 08:00"):
        move_dispatch(scheduled, at=second, seen=scheduled.due_at)


def test_one_that_missed_its_moment_can_have_another(client: Client, editor: Any, scheduled: Dispatch) -> None:
    client.force_login(editor)
    with time_machine.travel(scheduled.due_at + timedelta(hours=5), tick=False):
        launch_due_dispatches()
        scheduled.refresh_from_db()
        assert scheduled.state == State.HELD
        client.post(url(scheduled), {"at": "2026-12-02T13:00", "seen": scheduled.due_at.isoformat()})
    scheduled.refresh_from_db()
    assert (scheduled.state, scheduled.pause_reason) == (State.SCHEDULED, "")


def test_one_that_runs_is_not_moved(client: Client, editor: Any) -> None:
    dispatch = launched(readers=1)
    client.force_login(editor)
    assert "so it cannot be moved" in client.get(url(dispatch), follow=True).content.decode()
    with pytest.raises(WrongState):
        move_dispatch(dispatch, at=timezone.now() + timedelta(days=1), seen=dispatch.due_at)


@time_machine.travel(NOON, tick=False)
def test_unscheduled_it_is_not_sent_and_can_be_ordered_anew(client: Client, editor: Any, scheduled: Dispatch) -> None:
    client.force_login(editor)
    assert "Unschedule</button>" in client.get(f"/admin/newsletter/dispatches/{scheduled.pk}/").content.decode()
    page = client.post(url(scheduled, "cancel"), follow=True).content.decode()
    assert "before its moment: nothing was sent" in page
    assert launch_due_dispatches() == []
    send = client.get(f"/admin/newsletter/issues/{scheduled.issue_id}/send/").content.decode()
    assert "cancelled half-way" not in send
    assert order_dispatch(scheduled.issue).state == State.SCHEDULED


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_in_a_hundred_races_each_dispatch_is_moved_or_launched_and_never_both(home: Any) -> None:
    SubscriberFactory()
    issues = [IssuePageFactory(body=[("divider", None)]) for _ in range(100)]
    due = [order_dispatch(issue) for issue in issues]
    later = timezone.now() + timedelta(days=1)
    moved: set[int] = set()
    began = threading.Barrier(2)

    def move_all() -> None:
        try:
            began.wait(timeout=30)
            for dispatch in reversed(due):
                try:
                    move_dispatch(dispatch, at=later, seen=dispatch.due_at)
                except WrongState:
                    continue
                moved.add(dispatch.pk)
        finally:
            connection.close()

    editor = threading.Thread(target=move_all)
    editor.start()
    began.wait(timeout=30)
    launched_ones = set(launch_due_dispatches())
    editor.join()
    assert moved.isdisjoint(launched_ones)
    assert moved | launched_ones == {dispatch.pk for dispatch in due}
    for dispatch in Dispatch.objects.all():
        assert (dispatch.state, dispatch.due_at == later) == (
            (State.SCHEDULED, True) if dispatch.pk in moved else (State.RUNNING, False)
        )
    for pk in moved:
        cancel_dispatch(Dispatch.objects.get(pk=pk))
