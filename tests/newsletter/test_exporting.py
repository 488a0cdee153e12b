"""People as a file: streamed, safe to open, written down."""

import csv
import io
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import ModelLogEntry

from newsletter.actions.exporting import export_people
from newsletter.models import Segment, Subscriber
from tests.factories import SubscriberFactory, TopicFactory
from tests.newsletter.lists import take

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def site(home: Any) -> None:
    """The log hangs on the site."""


def _run(**options: Any) -> list[dict[str, str]]:
    out = io.StringIO()
    call_command("export_subscribers", stdout=out, **options)
    return list(csv.DictReader(io.StringIO(out.getvalue(), newline="")))


def test_everybody_or_a_segment_is_written(subscriber: Subscriber) -> None:
    subscriber.topics.add(TopicFactory(name="Sleep"))
    SubscriberFactory(email="left@example.com", state=Subscriber.State.LEFT, name="=1+1")
    everybody = _run()
    assert [row["Email"] for row in everybody] == ["margaret@example.com", "left@example.com"]
    assert everybody[0]["Topics"] == "Sleep"
    assert everybody[1]["First name"] == "'=1+1"
    Segment.objects.create(name="All", slug="all")
    assert [row["Email"] for row in _run(segment="all")] == ["margaret@example.com"]
    with pytest.raises(CommandError, match="no segment 'none'"):
        _run(segment="none")


def test_each_export_is_written_down_without_an_address(subscriber: Subscriber, editor: Any) -> None:
    list(export_people(Subscriber.objects.all(), by=editor, chosen={"state": "confirmed"}))
    entry = ModelLogEntry.objects.get(action="newsletter.export")
    assert (entry.user, entry.data) == (editor, {"chosen": {"state": "confirmed"}, "people": 1})


def test_a_file_is_for_its_owner_alone_and_replaces_none(tmp_path: Path, subscriber: Subscriber) -> None:
    path = tmp_path / "people.csv"
    call_command("export_subscribers", output=path, stdout=io.StringIO())
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="File exists"):
        call_command("export_subscribers", output=path, stdout=io.StringIO())


def test_what_we_export_can_be_brought_back_elsewhere() -> None:
    TopicFactory(name="Sleep")
    take('email,name,topics,big news only\na@example.com,"=1+1",Sleep,Yes\nb@example.com,Jörg,,\n')
    file = "".join(export_people(Subscriber.objects.order_by("pk"), chosen={}))
    columns = ("email", "name", "topics__name", "confirmed_at__date", "only_big_news")
    before = list(Subscriber.objects.order_by("email").values_list(*columns))
    Subscriber.objects.all().delete()
    assert take(file).taken == 2
    assert list(Subscriber.objects.order_by("email").values_list(*columns)) == before


def test_memory_and_queries_do_not_grow_with_the_list() -> None:
    def cost(number: int) -> tuple[int, int]:
        Subscriber.objects.all().delete()
        Subscriber.objects.bulk_create(SubscriberFactory.build_batch(number))
        with CaptureQueriesContext(connection) as caught:
            list(export_people(Subscriber.objects.order_by("pk"), chosen={}))
        tracemalloc.start()
        for _ in export_people(Subscriber.objects.order_by("pk"), chosen={}):
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak, len(caught)

    cost(1000)  # warms what is loaded once
    few, many = cost(2500), cost(7500)  # from two chunks of a thousand on, one is made while the one before still lives
    assert many[0] < few[0] * 1.3
    assert many[1] <= few[1] + 5, "one query for the topics of a thousand people"
