"""What became of each reader of a dispatch as a CSV file, streamed. Who took it is written down."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import Any

from wagtail.log_actions import log

from newsletter.actions.exporting import BATCH, Echo, as_text
from newsletter.models import Delivery, Dispatch, Lot, MailEvent

COLUMNS = ("Email", "Outcome", "Code", "Words of the mail server, or why", "Tries", "Times in doubt", "When", "News")
_FIELDS = ("subscriber__email", "state", "reply_code", "reply", "attempts", "doubts", "at", "lot")
_STATES = dict(Delivery.State.choices)
_KINDS = dict(MailEvent.Kind.choices)


def export_outcomes(dispatch: Dispatch, *, by: Any = None) -> Iterator[str]:
    """The lines of the file: one for each reader who has an outcome. Who was erased since has no address."""
    about = {"dispatch": dispatch.pk, "readers": dispatch.deliveries.count()}
    log(dispatch.issue, "newsletter.export_outcomes", user=by, data=about)
    return _lines(dispatch)


def _lines(dispatch: Dispatch) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield writer.writerow([*COLUMNS, *(["Subject"] if dispatch.test else [])])
    rows = dispatch.deliveries.order_by("pk").values_list("pk", *_FIELDS).iterator(chunk_size=BATCH)
    while batch := list(islice(rows, BATCH)):
        news = _news_of([row[0] for row in batch])
        for pk, email, state, *cells, lot in batch:
            told = ["; ".join(news[pk]), *_subject_of(dispatch, lot)]
            yield writer.writerow(map(as_text, [email or "erased", _STATES.get(state, state), *cells, *told]))


def _subject_of(dispatch: Dispatch, lot: str) -> list[str]:
    """The subject for readers of this lot: a cell if two were tested, empty before one is chosen for them."""
    test = dispatch.test
    if test is None:
        return []
    if not lot or (lot == Lot.REST and not test.winner):
        return [""]
    return [test.subject if test.is_second(lot) else dispatch.subject]


def _news_of(keys: list[int]) -> defaultdict[int, list[str]]:
    """What came back afterwards, by the key of the delivery."""
    found = defaultdict(list)
    for pk, kind in MailEvent.objects.filter(delivery__in=keys).order_by("at").values_list("delivery", "kind"):
        found[pk].append(_KINDS.get(kind, kind))
    return found
