"""Whom a dispatch is for: a rule that is frozen at the launch, never a list."""

from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q

from newsletter.models import Chunk, Delivery, Dispatch, Subscriber
from newsletter.models.subscribers import SubscriberQuerySet

GOT_IT = (Delivery.State.HANDED_OVER, Delivery.State.UNKNOWN, Delivery.State.HELD)


class Reader(NamedTuple):
    """What a message needs of one subscriber, as the row stood when it was read. Equal: nothing changed since."""

    pk: int
    email: str
    mailbox: str
    name: str
    state: str
    key_version: int
    paused_until: date | None
    confirmed_at: datetime | None


def read_readers(subscribers: SubscriberQuerySet) -> list[Reader]:
    """The rows of a query, light enough to be read again before each message."""
    return [Reader(*row) for row in subscribers.values_list(*Reader._fields)]


def audience(dispatch: Dispatch) -> SubscriberQuerySet:
    """Everybody confirmed at `cut_at`, those who left since included: they are shown as skipped.

    Left out: who got this issue, or may have got it, by an earlier dispatch that was cancelled half-way.
    """
    then_confirmed = Q(state=Subscriber.State.CONFIRMED) & (
        Q(confirmed_at__lte=dispatch.cut_at) | Q(confirmed_at__isnull=True)
    )
    left_since = Q(confirmed_at__lte=dispatch.cut_at, left_at__gt=dispatch.cut_at)
    earlier = Delivery.objects.filter(
        subscriber=OuterRef("pk"), dispatch__issue=dispatch.issue_id, state__in=GOT_IT
    ).exclude(dispatch=dispatch)
    members = Subscriber.objects.filter(then_confirmed | left_since, pk__lte=dispatch.max_subscriber_id)
    return members.filter(~Exists(earlier)).order_by("pk")


def waiting(dispatch: Dispatch, chunk: Chunk) -> SubscriberQuerySet:
    """The readers of one chunk who have no outcome yet."""
    done = Delivery.objects.filter(dispatch=dispatch, subscriber=OuterRef("pk"))
    return audience(dispatch).filter(~Exists(done), pk__range=(chunk.low, chunk.high))
