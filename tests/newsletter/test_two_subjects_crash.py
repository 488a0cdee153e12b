"""Real workers are killed while two subjects are tested: nobody is lost, and nobody ever gets the other subject."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter.actions.choosing_subject import choose_subject
from newsletter.actions.dispatching import order_dispatch
from newsletter.models import Delivery, Dispatch, Lot, Slot, SubjectTest, Subscriber
from newsletter.report import count_deliveries
from newsletter.tasks import tick_dispatches
from tests.factories import SubscriberFactory
from tests.fakes.smtp import Sink, wait_until
from tests.fakes.workers import Worker
from tests.newsletter.dispatches import sums_up
from tests.newsletter.two_subjects import FIRST, SECOND, keys_in, two_subjects

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

READERS = 300
CONNECTIONS = 4
OPTIONS = {"NEWSLETTER_LEASE_SECONDS": 2, "NEWSLETTER_CONNECTIONS": CONNECTIONS}


def subjects_at(sink: Sink) -> dict[str, set[str]]:
    found = defaultdict(set)
    for mail in sink.messages:
        found[str(mail["To"])].add(str(mail["Subject"]))
    return found


def test_kills_before_and_after_the_choice_lose_nobody_and_change_nobodys_subject(
    start_worker: Callable[..., Worker], sink: Sink
) -> None:
    Subscriber.objects.bulk_create(SubscriberFactory.build_batch(READERS))
    dispatch = order_dispatch(two_subjects(test_share=60))
    sink.delay = 0.005
    worker = start_worker(**OPTIONS)
    sink.wait_for(READERS // 4)
    worker.kill()
    assert sums_up(dispatch)
    worker = start_worker(**OPTIONS)

    def lots_are_out() -> bool:
        tick_dispatches()
        assert sums_up(dispatch)
        return SubjectTest.objects.filter(due_at__isnull=False).exists()

    wait_until(lots_are_out, what=lambda: str(count_deliveries(dispatch)))
    lots = {lot: set(keys_in(dispatch, lot)) for lot in Lot}
    assert count_deliveries(dispatch).waiting == len(lots[Lot.REST])
    at_rest = len(sink.raw)
    SubjectTest.objects.update(due_at=timezone.now() + timedelta(hours=1))
    tick_dispatches()
    assert len(sink.raw) == at_rest

    choose_subject(dispatch, Lot.SECOND, by=None)
    sink.wait_for(at_rest + len(lots[Lot.REST]) // 2)
    worker.kill()
    assert sums_up(dispatch)
    start_worker(**OPTIONS)

    def is_done() -> bool:
        assert sums_up(dispatch)
        dispatch.refresh_from_db()
        return dispatch.state == Dispatch.State.DONE

    wait_until(is_done, what=lambda: str(count_deliveries(dispatch)))
    emails = dict(Subscriber.objects.values_list("email", "pk"))
    assert set(sink.recipients) == set(emails)
    assert sum(sink.recipients.values()) <= READERS + 2 * CONNECTIONS
    assert max(sink.recipients.values()) <= 2
    for address, subjects in subjects_at(sink).items():
        assert subjects == {FIRST if emails[address] in lots[Lot.FIRST] else SECOND}
    written = Counter(Delivery.objects.filter(state="handed_over").values_list("lot", flat=True))
    assert written == {lot: len(keys) for lot, keys in lots.items()}
    assert not Slot.objects.exclude(subscriber_id=None).exists()
