"""Nobody is on the list whose mailbox is suppressed: the actions keep to it, and the database itself refuses."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.models.signals import pre_migrate
from django.utils import timezone

from guard.addresses import fingerprint
from newsletter.actions.leaving import unsubscribe
from newsletter.actions.sign_up import confirm_subscription
from newsletter.actions.suppressing import is_barred, suppress_mailbox, which_are_suppressed
from newsletter.models import Consent, Subscriber, Suppression
from newsletter.triggers import TRIGGERS, put_up_triggers
from tests.factories import SubscriberFactory

pytestmark = pytest.mark.django_db
Reason, State = Suppression.Reason, Subscriber.State


@pytest.fixture
def suppressed() -> str:
    suppress_mailbox("joan@example.com", reason=Reason.LEFT)
    return "joan@example.com"


def _add(mailbox: str) -> None:
    SubscriberFactory(email=mailbox)


def _add_many(mailbox: str) -> None:
    Subscriber.objects.bulk_create([*SubscriberFactory.build_batch(3), SubscriberFactory.build(email=mailbox)])


def _revive(mailbox: str) -> None:
    person = SubscriberFactory(email=mailbox, state=State.LEFT)
    Subscriber.objects.filter(pk=person.pk).update(state=State.CONFIRMED)


def _revive_by_hand(mailbox: str) -> None:
    SubscriberFactory(email=mailbox, state=State.PENDING)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE newsletter_subscriber SET state = 'confirmed' WHERE mailbox = %s", [mailbox])


def _move_in(mailbox: str) -> None:
    person = SubscriberFactory(email="other@example.com")
    person.email = person.mailbox = mailbox
    person.save(update_fields=["email", "mailbox"])


@pytest.mark.parametrize("door", [_add, _add_many, _revive, _revive_by_hand, _move_in])
def test_the_database_keeps_a_suppressed_mailbox_off_the_list(suppressed: str, door: Callable[[str], None]) -> None:
    with pytest.raises(IntegrityError, match="suppressed"), transaction.atomic():
        door(suppressed)
    assert not Subscriber.objects.confirmed().filter(mailbox=suppressed).exists()


def test_the_database_refuses_to_suppress_who_is_on_the_list(subscriber: Subscriber) -> None:
    """Whoever suppresses has to take them off the list first, so that nobody is both."""
    with pytest.raises(IntegrityError, match="suppressed"), transaction.atomic():
        Suppression.objects.create(fingerprint=subscriber.fingerprint, reason=Reason.BOUNCED)
    other = Suppression.objects.create(fingerprint="0" * 64, reason=Reason.BOUNCED)
    with pytest.raises(IntegrityError, match="suppressed"), transaction.atomic():
        Suppression.objects.filter(pk=other.pk).update(fingerprint=subscriber.fingerprint)


def test_a_row_without_a_fingerprint_is_refused() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscriber.objects.bulk_create([Subscriber(email="a@example.com", mailbox="a@example.com")])


def test_the_triggers_stand_and_are_put_up_again() -> None:
    """SQLite drops those of a table that a migration rebuilds."""
    table = " ON newsletter_subscriber" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER newsletter_no_suppressed_insert{table}")
        put_up_triggers()
        put_up_triggers()
        cursor.execute(
            {"sqlite": "SELECT * FROM sqlite_master", "postgresql": "SELECT * FROM pg_trigger"}[connection.vendor]
        )
        standing = str(cursor.fetchall())
    assert all(trigger.name in standing for trigger in TRIGGERS)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_an_update_rebuilds_the_table_of_people_on_a_site_that_has_some(subscriber: Subscriber) -> None:
    config, field = apps.get_app_config("newsletter"), models.CharField(max_length=9, default="x")
    field.set_attributes_from_name("one_more")
    pre_migrate.send(config, app_config=config, using="default", plan=[("a migration", False)])
    with connection.schema_editor() as editor:
        editor.add_field(Subscriber, field)
        editor.remove_field(Subscriber, field)
    put_up_triggers()
    assert Subscriber.objects.get() == subscriber
    with pytest.raises(IntegrityError, match="suppressed"), transaction.atomic():
        Suppression.objects.create(fingerprint=subscriber.fingerprint, reason=Reason.BOUNCED)


def test_suppressing_takes_the_person_off_the_list_and_says_why(subscriber: Subscriber) -> None:
    assert suppress_mailbox(subscriber.mailbox, reason=Reason.BOUNCED, detail="550 5.1.1 no such user")
    subscriber.refresh_from_db()
    assert subscriber.state == State.LEFT
    assert subscriber.left_at is not None
    last = subscriber.consents.last()
    assert last
    assert (last.act, last.form, last.detail) == (Consent.Act.LEFT, "bounced", "550 5.1.1 no such user")
    assert is_barred(subscriber.mailbox)


def test_the_graver_reason_stays() -> None:
    assert suppress_mailbox("a@example.com", reason=Reason.LEFT)
    assert suppress_mailbox("a@example.com", reason=Reason.COMPLAINED)
    assert not suppress_mailbox("a@example.com", reason=Reason.LEFT)
    assert which_are_suppressed(["a@example.com", "b@example.com"]) == {"a@example.com": "reported an issue as spam"}


@pytest.mark.parametrize("reason", [Reason.LEFT, Reason.ERASED, Reason.LAPSED])
def test_the_person_comes_back_by_the_button_in_a_letter(reason: Suppression.Reason) -> None:
    suppress_mailbox("joan@example.com", reason=reason)
    person = SubscriberFactory(email="joan@example.com", state=State.PENDING, confirmed_at=None)
    assert confirm_subscription(person, link_made_at=timezone.now())
    assert Subscriber.objects.confirmed().filter(mailbox="joan@example.com").exists()
    assert not Suppression.objects.filter(fingerprint=fingerprint("joan@example.com")).exists()


def test_leaving_suppresses(subscriber: Subscriber) -> None:
    assert unsubscribe(subscriber, by="link")
    assert Suppression.objects.get(fingerprint=subscriber.fingerprint).reason == Reason.LEFT
