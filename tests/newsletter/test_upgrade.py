"""A site of an older version is migrated: nobody is lost, and a dispatch that was under way goes on."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps.registry import Apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from newsletter.actions.leaving import unsubscribe
from newsletter.links import Purpose, make_link, read_link
from newsletter.models import Consent, Dispatch, Subscriber, Suppression
from newsletter.senders.memory import MemorySender
from tests.factories import SubscriberFactory
from tests.newsletter.dispatches import launched, run, sums_up

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
OLD = "0018_offers_in_issues"  # then a chunk was a range of keys, and meant whoever had been confirmed by the launch
PEOPLE = ("pk", "email", "name", "state", "confirmed_at", "left_at", "key_version")


def migrate(to: str = "") -> None:
    call_command("migrate", *(["newsletter", to] if to else []), verbosity=0)


@pytest.fixture
def today() -> Iterator[None]:
    """However the test ends, the database is that of this version."""
    yield
    migrate()


def as_it_was() -> Apps:
    """The models of then, for what is written between the two migrations."""
    found: Apps = MigrationExecutor(connection).loader.project_state([("newsletter", OLD)]).apps
    return found


def known() -> tuple[Any, ...]:
    """All that must not change."""
    return (
        list(Subscriber.objects.order_by("pk").values_list(*PEOPLE)),
        list(Consent.objects.order_by("pk").values_list("subscriber", "act", "at")),
        list(Suppression.objects.order_by("pk").values_list("fingerprint", "reason")),
    )


@pytest.mark.usefixtures("today")
def test_an_older_site_keeps_its_people_and_ends_what_it_was_sending(settings: Any) -> None:
    settings.NEWSLETTER_SENDER = "newsletter.senders.memory.MemorySender"
    MemorySender.reset()
    dispatch = launched(readers=20)
    readers = list(Subscriber.objects.order_by("pk"))
    unsubscribe(readers[0], by="page")
    token = make_link(Purpose.UNSUBSCRIBE, readers[1])
    before = known()

    migrate(OLD)
    old = as_it_was()
    last = readers[-1].pk
    old.get_model("newsletter", "Dispatch").objects.update(cut_at=timezone.now(), max_subscriber_id=last)
    for reader in readers[1:6]:
        old.get_model("newsletter", "Delivery").objects.create(
            dispatch_id=dispatch.pk, subscriber_id=reader.pk, state="handed_over"
        )
    migrate()

    assert known() == before
    SubscriberFactory(confirmed_at=timezone.now() + timedelta(minutes=1))  # joined since: not meant
    dispatch = Dispatch.objects.get(pk=dispatch.pk)
    assert run(dispatch).state == Dispatch.State.DONE
    mailed = Counter(message.recipient for message in MemorySender.box)
    assert mailed == Counter(reader.email for reader in readers[6:])
    assert sums_up(dispatch)
    assert read_link(Purpose.UNSUBSCRIBE, token).subscriber == readers[1]
    MemorySender.reset()
