"""People as a CSV file, streamed: a list of any length costs no memory. Who took it is written down."""

import csv
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Site

from blog.reports.base import quote_formula
from newsletter.models import Subscriber

BATCH = 1000
COLUMNS = ("Email", "First name", "State", "Topics", "Joined", "Left", "Came by", "Paused until", "May be counted")


def export_people(people: QuerySet[Subscriber], *, by: Any = None, chosen: dict[str, Any]) -> Iterator[str]:
    """The lines of the file. `chosen` says for the log whom it holds, without an address."""
    site = Site.objects.get(is_default_site=True)
    log(site, "newsletter.export", user=by, title="Subscribers", data={"chosen": chosen, "people": people.count()})
    return _lines(people)


def _lines(people: QuerySet[Subscriber]) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield writer.writerow(COLUMNS)
    for person in people.prefetch_related("topics").iterator(chunk_size=BATCH):
        yield writer.writerow(_cells(person))


def _cells(person: Subscriber) -> list[str]:
    return [
        quote_formula(person.email),
        quote_formula(person.name),
        person.state,
        quote_formula(", ".join(topic.name for topic in person.topics.all())),
        *(f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else "" for at in (person.confirmed_at, person.left_at)),
        quote_formula(person.source),
        str(person.paused_until or ""),
        "yes" if person.may_count else "no",
    ]


class Echo:
    """A file that gives back what is written."""

    def write(self, value: str) -> str:
        """The same value."""
        return value
