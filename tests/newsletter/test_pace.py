"""What the progress page says of the pace, and of a worker that is lost."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from newsletter.actions.leases import lease_chunk
from newsletter.models import Delivery, Dispatch, Subscriber
from newsletter.pace import NOBODY, Progress, measure_progress
from newsletter.report import as_plain_data, count_deliveries
from tests.newsletter.dispatches import launched

pytestmark = pytest.mark.django_db


def hand_over(dispatch: Dispatch, *moments: datetime) -> None:
    readers = Subscriber.objects.order_by("pk")[: len(moments)]
    rows = [
        Delivery(dispatch=dispatch, subscriber=reader, state=Delivery.State.HANDED_OVER, at=at)
        for reader, at in zip(readers, moments, strict=True)
    ]
    Delivery.objects.bulk_create(rows)


def ago(seconds: float) -> datetime:
    return timezone.now() - timedelta(seconds=seconds)


def measured(dispatch: Dispatch) -> Progress:
    return measure_progress(dispatch, waiting=count_deliveries(dispatch).waiting)


def test_the_rate_is_measured_from_the_first_outcome_not_from_the_launch() -> None:
    dispatch = launched(readers=30)
    Dispatch.objects.filter(pk=dispatch.pk).update(launched_at=ago(50))
    lease_chunk(dispatch, owner="one")
    hand_over(dispatch, *(ago(10 - n) for n in range(11)))
    dispatch.refresh_from_db()
    progress = measured(dispatch)
    assert 3500 < progress.per_hour <= 3600
    assert progress.time_left is not None
    assert 19 <= progress.time_left.total_seconds() <= 20
    assert progress.stall == ""


def test_a_moments_work_gives_no_rate() -> None:
    dispatch = launched(readers=30)
    lease_chunk(dispatch, owner="one")
    hand_over(dispatch, ago(2), ago(1.5), ago(1), ago(0.1))
    assert measured(dispatch) == Progress()


def test_without_a_worker_it_waits_for_one(client: Client, editor: Any) -> None:
    dispatch = launched(readers=30)
    assert measured(dispatch) == Progress(stall=NOBODY)
    hand_over(dispatch, *(ago(20 - n) for n in range(17)))
    assert measured(dispatch) == Progress(stall=NOBODY)
    client.force_login(editor)
    page = client.get(f"/admin/newsletter/dispatches/{dispatch.pk}/").content.decode()
    assert NOBODY in page
    assert "an hour" not in page


def test_a_lost_worker_is_noticed_before_its_lease_is_over() -> None:
    dispatch = launched(readers=30)
    lease_chunk(dispatch, owner="killed")
    hand_over(dispatch, *(ago(30 - n) for n in range(18)))
    progress = measured(dispatch)
    assert "No answer for 13 seconds" in progress.stall
    assert (progress.per_hour, progress.time_left) == (0, None)
    assert as_plain_data(dispatch)["stall"] == progress.stall


def test_when_nobody_waits_silence_is_no_stall() -> None:
    dispatch = launched(readers=2)
    hand_over(dispatch, ago(40), ago(30))
    assert measured(dispatch).stall == ""


def test_a_paused_dispatch_has_no_pace() -> None:
    dispatch = launched(readers=3)
    hand_over(dispatch, ago(8), ago(1))
    dispatch.state = Dispatch.State.PAUSED
    assert measured(dispatch) == Progress()
