"""People as a CSV file, streamed: a list of any length costs no memory. Who took it is written down."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Site

from blog.reports.base import quote_formula
from newsletter.models import Subscriber

BATCH = 1000
COLUMNS = (
    "Email",
    "First name",
    "State",
    "Joined",
    "Left",
    "Came by",
    "Paused until",
    "Big news only",
    "May be counted",
    "Topics",
)
_FIELDS = ("email", "name", "state", "confirmed_at", "left_at", "source", "paused_until", "only_big_news", "may_count")


def export_people(people: QuerySet[Subscriber], *, by: Any = None, chosen: dict[str, Any]) -> Iterator[str]:
    """The lines of the file. `chosen` says for the log whom it holds, without an address."""
    site = Site.objects.get(is_default_site=True)
    log(site, "newsletter.export", user=by, title="Subscribers", data={"chosen": chosen, "people": people.count()})
    return _lines(people)


def _lines(people: QuerySet[Subscriber]) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield writer.writerow(COLUMNS)
    # Plain values: rows of models that know their topics hang in circles until Python looks for such.
    rows = people.values_list("pk", *_FIELDS).iterator(chunk_size=BATCH)
    while batch := list(islice(rows, BATCH)):
        topics = _topics_of([row[0] for row in batch])
        for pk, *cells in batch:
            yield writer.writerow(map(as_text, [*cells, ", ".join(topics[pk])]))


def _topics_of(keys: list[int]) -> defaultdict[int, list[str]]:
    found = defaultdict(list)
    likes = Subscriber.topics.through.objects.filter(subscriber__in=keys).order_by("topic__sort_order", "topic__name")
    for pk, name in likes.values_list("subscriber", "topic__name"):
        found[pk].append(name)
    return found


def as_text(value: Any) -> str:
    """One cell: moments in the site's time zone, and nothing that a spreadsheet would run as a formula."""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return quote_formula(str("" if value is None else value))


class Echo:
    """A file that gives back what is written."""

    def write(self, value: str) -> str:
        """The same value."""
        return value
