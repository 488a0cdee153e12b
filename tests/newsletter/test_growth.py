"""Who joined and who left, month by month."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from newsletter.models import Consent, Subscriber
from newsletter.people.growth import count_months, draw_bars
from tests.factories import SubscriberFactory

pytestmark = pytest.mark.django_db
Act = Consent.Act
NOW = datetime(2026, 5, 15, 12, tzinfo=ZoneInfo("Europe/London"))


@pytest.fixture
def acts() -> None:
    """In March two join and one is imported, in April one joins and two leave, one of whom was never on the list."""

    def did(person: Subscriber, act: Consent.Act, month: int, form: str = "letter") -> None:
        at = datetime(2026, month, 1, tzinfo=ZoneInfo("Europe/London"))  # the first moment of the month
        Consent.objects.create(subscriber=person, act=act, at=at, form=form)

    ann, bo, cy, di = (SubscriberFactory(email=f"{name}@example.com") for name in ("ann", "bo", "cy", "di"))
    left = {"state": Subscriber.State.LEFT}
    ed, fay = SubscriberFactory(email="ed@example.com", **left), SubscriberFactory(email="fay@example.com", **left)
    did(ann, Act.CONFIRMED, 3)
    did(ed, Act.CONFIRMED, 3)
    did(bo, Act.IMPORTED, 3, form="import")
    did(cy, Act.IMPORTED, 3, form="import, asked by letter")
    did(cy, Act.CONFIRMED, 4)
    did(ed, Act.LEFT, 4)
    did(fay, Act.LEFT, 4)
    did(di, Act.CONFIRMED, 5)


@pytest.mark.usefixtures("acts")
def test_each_month_tells_who_joined_who_left_and_how_many_there_were() -> None:
    with time_machine.travel(NOW), CaptureQueriesContext(connection) as caught:
        months = count_months(12)
    assert len(caught) == 3
    assert len(months) == 12
    assert [(m.start.isoformat(), m.joined, m.left, m.net, m.total) for m in months[-4:]] == [
        ("2026-02-01", 0, 0, 0, 0),
        ("2026-03-01", 3, 0, 3, 3),
        ("2026-04-01", 1, 1, 0, 3),
        ("2026-05-01", 1, 0, 1, 4),
    ]


@pytest.mark.usefixtures("acts")
def test_bars_stay_inside_the_chart_also_when_nothing_happened() -> None:
    with time_machine.travel(NOW):
        months = count_months(12)
    for some in (months, months[:3]):
        bars, line = draw_bars(some)
        assert all(0 <= bar.joined_y <= line <= bar.left_y + bar.left_height <= 240 for bar in bars)


@pytest.mark.usefixtures("acts")
def test_list_managers_see_it_and_others_do_not(
    client: Client, home: Any, manager_of_the_list: Any, moderator: Any
) -> None:
    url = reverse("newsletter_growth")
    client.force_login(manager_of_the_list)
    assert "Month by month" in client.get(url, {"months": "24"}).text
    assert client.get(url, {"months": "x"}).status_code == 200
    client.force_login(moderator)
    assert client.get(url).status_code == 302
