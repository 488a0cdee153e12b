"""What the team does about single differences between the list here and the audience at Mailchimp."""

import csv
import io
import tempfile
from typing import Any

from django.db import transaction
from django.db.models import F
from wagtail.log_actions import log

from guard.bells import ring_after_commit
from guard.limits import take_letter_turn
from newsletter import letters
from newsletter.actions.importing import begin_import, order_check
from newsletter.errors import NotAllowed
from newsletter.mailchimp.drift import BY_NAME
from newsletter.models import (
    MailchimpConnection,
    MailchimpErrand,
    MailchimpMember,
    Subscriber,
    SubscriberImport,
)


def compare_now() -> None:
    """Have the whole audience compared at the next tick of the worker, which is rung for. Raises NotAllowed."""
    from newsletter.mailchimp.tasks import tick_mailchimp  # noqa: PLC0415 - the task calls actions

    with transaction.atomic():
        if not MailchimpConnection.objects.filter(pk=1, is_on=True).update(last_pull_at=None):
            raise NotAllowed("No audience is connected.")
        ring_after_commit(tick_mailchimp)


@transaction.atomic
def bring_in_strangers(connection: MailchimpConnection, *, by: Any) -> SubscriberImport:
    """An import of those who are subscribed there and unknown here, checked by a dry run; nobody is taken yet.

    Raises NotAllowed if there are none.
    """
    rows = BY_NAME["only-there"].rows(connection)
    if not rows.exists():
        raise NotAllowed("There is nobody to bring in.")
    with tempfile.TemporaryFile("w+b") as file:
        _write_list(file, rows)
        file.seek(0)
        found = begin_import(
            file, filename=f"Mailchimp, {connection.audience_name or connection.audience_id}.csv", by=by
        )
    order_check(found, encoding="utf-8-sig", delimiter=",", columns=["email", "name", "joined"])
    return found


def ask_by_mailchimp(row: MailchimpMember, *, by: Any) -> None:
    """Have Mailchimp ask somebody who is on the list here, by its own mail. Raises NotAllowed."""
    person = _person_of(row)
    _order(person, has_asked=True)
    log(person, "newsletter.mailchimp_ask", user=by, title="A contact at Mailchimp")


def tell_again(row: MailchimpMember) -> None:
    """Tell Mailchimp of somebody whom it had refused once more. Raises NotAllowed."""
    MailchimpMember.objects.filter(pk=row.pk).update(problem="", problem_words="")
    _order(_person_of(row), has_asked=False)


def send_form_again(row: MailchimpMember, connection: MailchimpConnection) -> None:
    """Post the letter with Mailchimp's own form, within the limits of all letters. Raises NotAllowed."""
    if not connection.signup_form_url:
        raise NotAllowed("Mailchimp told no address of a form for this audience.")
    person = _person_of(row)
    if not take_letter_turn(person.mailbox, kind="mailchimp form"):
        raise NotAllowed("They have had such a letter a moment ago, or three letters today. Try again tomorrow.")
    letters.post_mailchimp_form(person, form_url=connection.signup_form_url)


def _person_of(row: MailchimpMember) -> Subscriber:
    person = row.subscriber
    if person is None or person.state != Subscriber.State.CONFIRMED:
        raise NotAllowed("They are not on the list any more.")
    return person


@transaction.atomic
def _order(person: Subscriber, *, has_asked: bool) -> None:
    from newsletter.mailchimp.tasks import push_to_mailchimp  # noqa: PLC0415 - the task calls actions

    MailchimpErrand.objects.bulk_create([MailchimpErrand(subscriber=person)], ignore_conflicts=True)
    fields: dict[str, Any] = {"version": F("version") + 1, "next_try_at": None, "tries": 0}
    MailchimpErrand.objects.filter(subscriber=person).update(**fields, **({"has_asked": True} if has_asked else {}))
    ring_after_commit(push_to_mailchimp)


def _write_list(file: Any, rows: Any) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(["Email", "First name", "Joined"])
    for email, name, joined in rows.values_list("email", "name", "opted_in_at").iterator(chunk_size=1000):
        writer.writerow([email, name, joined.date().isoformat() if joined else ""])
    text.detach()
