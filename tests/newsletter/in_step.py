"""What the tests of the Mailchimp sync share: a connected audience, and one round of the worker's work."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from guard.models import Turn
from newsletter.actions.sign_up import confirm_subscription, request_subscription
from newsletter.mailchimp import events, push, walking
from newsletter.models import (
    Consent,
    ConsentWording,
    MailchimpConnection,
    MailchimpErrand,
    MailchimpMember,
    MailchimpWalk,
    Subscriber,
)
from newsletter.senders.mailchimp import Mailchimp
from tests.fakes.mailchimp import FakeMailchimp

HERE = "http://testserver"
SECRET = "s3cret-" * 4


def connect(fake: FakeMailchimp, settings: Any, *, site: str = "", **more: Any) -> MailchimpConnection:
    """The audience of the fake, connected, with a webhook that reaches this process's views, or a `site` over HTTP."""
    settings.MAILCHIMP_WEBHOOK_SECRET = SECRET
    audience = next(iter(fake.audiences.values()))
    connection = MailchimpConnection.objects.create(
        pk=1,
        is_on=True,
        audience_id=audience.id,
        audience_name=audience.name,
        signup_form_url=f"{fake.site}/subscribe/{audience.id}",
        connected_at=timezone.now(),
        **more,
    )
    fake.webhooks.asks = False
    hook = Mailchimp().ensure_webhook(audience.id, url=f"{site or HERE}/newsletter/mailchimp/{SECRET}/")
    connection.webhook_id = hook.pk
    connection.save()
    fake.webhooks.via = None if site else _by_client
    return connection


def _by_client(url: str, body: bytes, headers: dict[str, str]) -> int:
    path = url.removeprefix(HERE)
    extra = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items() if name[0] == "X"}
    return int(Client().post(path, body, content_type=headers["Content-Type"], **extra).status_code)


def compare() -> MailchimpWalk:
    """A whole comparison, now."""
    MailchimpConnection.objects.update(last_pull_at=None)
    assert not walking.walk_if_due()
    return MailchimpWalk.objects.exclude(ended_at=None).latest("pk")


def tell() -> None:
    """What changed here is told; what failed before is due again."""
    MailchimpErrand.objects.update(next_try_at=None)
    push.push_changes()


def hear(fake: FakeMailchimp, *, times: int = 1, order: Any = lambda found: found) -> None:
    """The webhooks arrive and are taken."""
    assert set(fake.webhooks.deliver(times=times, order=order)) <= {200}
    events.take_news()


def settle(fake: FakeMailchimp) -> None:
    """Tell and hear until nothing is left to do."""
    for _ in range(4):
        tell()
        hear(fake)


def join(email: str = "joan@example.com", name: str = "Joan") -> Subscriber:
    """Ask and press the button, as anybody does."""
    Turn.objects.all().delete()  # not the limits of letters are meant here
    wording = ConsentWording.objects.create(text="Yes.")
    request_subscription(email=email, name=name, form="page", source_url="/", wording=wording)
    person = Subscriber.objects.get(mailbox=email)
    confirm_subscription(person)
    person.refresh_from_db()
    return person


def statuses(fake: FakeMailchimp) -> dict[str, str]:
    return {email: one.status for email, one in fake.members().items()}


def yesterday(person: Subscriber) -> None:
    """They confirmed yesterday: Mailchimp's clock knows whole seconds only."""
    rows = list(Consent.objects.filter(subscriber=person))
    Consent.objects.filter(subscriber=person).delete()  # they are append-only: new rows in the place of the old
    for row in rows:
        row.pk, row.at = None, row.at - timedelta(days=1)
        row.save(force_insert=True)


def reversed_(events: Any) -> list[Any]:
    return list(reversed(list(events)))


def age(fake: FakeMailchimp) -> None:
    """What happened there was a minute ago."""
    for one in fake.members().values():
        one.changed_at -= timedelta(minutes=1)
    for row in MailchimpMember.objects.exclude(changed_there_at=None):
        MailchimpMember.objects.filter(pk=row.pk).update(changed_there_at=row.changed_there_at - timedelta(minutes=1))
