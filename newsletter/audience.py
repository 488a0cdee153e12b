"""Whom a dispatch is for: found by a rule once, at the launch, and from then on exactly those."""

import struct
import zlib
from collections.abc import Sequence
from datetime import date, datetime
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When

from newsletter.models import Chunk, Delivery, Dispatch, IssuePage, Lot, Subscriber
from newsletter.models.subscribers import SubscriberQuerySet
from newsletter.segments import EVERYBODY, Rule, meant_by

GOT_IT = (Delivery.State.HANDED_OVER, Delivery.State.UNKNOWN, Delivery.State.HELD)
OUTSIDE, BIG_NEWS, BEFORE, NOT_GOT = "outside", "big_news", "before", "not_got"
# Why somebody on the list is not meant by an issue, in the order in which it is asked.
LEFT_OUT = {
    NOT_GOT: "did not get the issue that this corrects",
    OUTSIDE: "not in the segment",
    BIG_NEWS: "asked for big news only",
    BEFORE: "got it, or may have got it, before the earlier dispatch was cancelled",
}


class Reader(NamedTuple):
    """What a message needs of one subscriber, as the row stood when it was read. Equal: nothing changed since."""

    pk: int
    email: str
    mailbox: str
    name: str
    state: str
    key_version: int
    paused_until: date | None
    may_count: bool
    confirmed_at: datetime | None


class Reach(NamedTuple):
    """How many would get an issue now, and how many on the list would not, by the keys of `LEFT_OUT`."""

    readers: int
    left_out: dict[str, int]

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Who is left out, in words, without those of whom there is nobody."""
        return tell_left_out(self.left_out)


def read_readers(subscribers: SubscriberQuerySet) -> list[Reader]:
    """The rows of a query, light enough to be read again before each message."""
    return [Reader(*row) for row in subscribers.values_list(*Reader._fields)]


def choose_readers(issue: IssuePage, rule: Rule = EVERYBODY) -> QuerySet[Any]:
    """Everybody on the list, each with `left_out`: a key of `LEFT_OUT`, or nothing for whom the issue is meant.

    One query, so that at any moment the meant and the left out are together all that are on the list.
    """
    reasons = []
    if issue.corrects_id is not None:
        wrong = Delivery.objects.filter(subscriber=OuterRef("pk"), dispatch__issue=issue.corrects_id, state__in=GOT_IT)
        reasons.append(When(~Exists(wrong), then=Value(NOT_GOT)))
    if rule != EVERYBODY:
        reasons.append(When(~meant_by(rule), then=Value(OUTSIDE)))
    if not issue.is_big_news:
        reasons.append(When(only_big_news=True, then=Value(BIG_NEWS)))
    if issue.dispatches.filter(state=Dispatch.State.CANCELLED).exists():
        got_it = Delivery.objects.filter(subscriber=OuterRef("pk"), dispatch__issue=issue, state__in=GOT_IT)
        reasons.append(When(Exists(got_it), then=Value(BEFORE)))
    left_out = Case(*reasons, default=Value(""), output_field=CharField())
    return Subscriber.objects.confirmed().annotate(left_out=left_out)


def count_readers(issue: IssuePage, rule: Rule = EVERYBODY) -> Reach:
    """How many `choose_readers` means and leaves out, at this moment."""
    meant = {"readers": Count("pk", filter=Q(left_out=""))}
    left_out = {key: Count("pk", filter=Q(left_out=key)) for key in LEFT_OUT}
    found = choose_readers(issue, rule).aggregate(**meant, **left_out)
    return Reach(found.pop("readers"), found)


def tell_left_out(left_out: dict[str, int]) -> list[tuple[str, int]]:
    """Numbers by the keys of `LEFT_OUT` in words, without those of whom there is nobody."""
    return [(words, left_out[key]) for key, words in LEFT_OUT.items() if left_out.get(key)]


def waiting(dispatch: Dispatch, chunk: Chunk) -> SubscriberQuerySet:
    """The readers of one chunk who have no outcome yet, those who left since included: they are shown as skipped.

    While two subjects are tested, only those who test.
    """
    keys, test = unpack_keys(chunk.members), dispatch.test
    if test is not None and test.is_open():
        keys = [pk for pk in keys if test.lot_of(pk) != Lot.REST]
    return _without_outcome(dispatch, keys)


def resting(dispatch: Dispatch, chunk: Chunk) -> SubscriberQuerySet:
    """The readers of one chunk who wait for the better subject. Nobody chooses it until the transaction ends."""
    test = dispatch.test
    if test is None or not test.is_open(lock=True):
        return Subscriber.objects.none()
    return _without_outcome(dispatch, [pk for pk in unpack_keys(chunk.members) if test.lot_of(pk) == Lot.REST])


def _without_outcome(dispatch: Dispatch, keys: Sequence[int]) -> SubscriberQuerySet:
    done = Delivery.objects.filter(dispatch=dispatch, subscriber=OuterRef("pk"))
    return Subscriber.objects.filter(~Exists(done), pk__in=keys).order_by("pk")


def pack_keys(keys: Sequence[int]) -> bytes:
    """Keys in rising order, small: a full chunk of neighbours takes some dozen bytes, a scattered one some hundred."""
    steps = [after - before for before, after in pairwise([0, *keys])]
    return zlib.compress(struct.pack(f"<{len(steps)}Q", *steps), level=1)


def unpack_keys(packed: bytes | memoryview) -> list[int]:
    """What `pack_keys` was given; nothing of nothing."""
    steps = zlib.decompress(packed) if packed else b""
    return list(accumulate(struct.unpack(f"<{len(steps) // 8}Q", steps)))
