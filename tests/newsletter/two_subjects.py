"""A dispatch with two subjects, worked on as the minute tick and a worker do."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

from django.utils import timezone

from newsletter.actions.choosing_subject import open_left_chunks, settle_test, undecided_tests
from newsletter.models import Delivery, Dispatch, IssuePage, Lot, SubjectTest, Subscriber
from newsletter.senders.memory import MemorySender
from tests.factories import IssuePageFactory
from tests.newsletter.dispatches import launched, run

FIRST, SECOND = "Living with pain", "What helps on cold mornings"


def two_subjects(**fields: Any) -> IssuePage:
    """An issue that half of its readers test for an hour."""
    issue: IssuePage = IssuePageFactory(
        **{"subject": FIRST, "second_subject": SECOND, "test_share": 50, "test_hours": 1, **fields}
    )
    return issue


def lots_out(*, readers: int = 40, **fields: Any) -> Dispatch:
    """It is launched, and those who test have it."""
    return run(launched(readers=readers, issue=two_subjects(**fields)))


def keys_in(dispatch: Dispatch, *lots: Lot) -> list[int]:
    """The subscribers of these lots, as they are drawn."""
    test = SubjectTest.objects.get(dispatch=dispatch)
    return [pk for pk in Subscriber.objects.order_by("pk").values_list("pk", flat=True) if test.lot_of(pk) in lots]


def subjects_sent() -> dict[str, str]:
    """The subject that each address got; nobody got two mails."""
    found = {}
    for message in MemorySender.box:
        assert message.recipient not in found
        found[message.recipient] = str(message_from_bytes(message.content, policy=policy.default)["Subject"])
    return found


def emails_of(keys: Iterable[int]) -> set[str]:
    return set(Subscriber.objects.filter(pk__in=list(keys)).values_list("email", flat=True))


def lots_of(dispatch: Dispatch) -> Counter[tuple[str, str]]:
    """How many deliveries there are, by lot and state."""
    return Counter(Delivery.objects.filter(dispatch=dispatch).values_list("lot", "state"))


def settle_tests() -> None:
    """As the minute tick does."""
    open_left_chunks()
    for pk in undecided_tests():
        settle_test(pk)


def let_it_be_time(dispatch: Dispatch, *, minutes: int = 0) -> SubjectTest:
    """The tick comes, so many minutes after the moment to choose."""
    settle_tests()
    SubjectTest.objects.filter(dispatch=dispatch).update(due_at=timezone.now() - timedelta(minutes=minutes))
    settle_tests()
    dispatch.refresh_from_db()
    return SubjectTest.objects.get(dispatch=dispatch)
