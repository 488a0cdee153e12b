"""What is told of one contact at a time. Each may be repeated without harm."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Q

from newsletter import letters
from newsletter.errors import MailchimpRefused
from newsletter.mailchimp.members import Problem, Status, ask_for_push, note_asked, note_there
from newsletter.mailchimp.payload import Wanted, all_topic_tags
from newsletter.mailchimp.planning import Job
from newsletter.mailchimp.pull import take_state
from newsletter.models import MailchimpConnection, MailchimpMember, Subscriber
from newsletter.senders.mailchimp import Mailchimp, hash_of
from newsletter.senders.mailchimp.shapes import Member

Work = Callable[[Mailchimp, MailchimpConnection, Job], None]
COMPLIANCE, FORGOTTEN, EXISTS = "Member In Compliance State", "Forgotten Email Not Subscribed", "Member Exists"
NOT_THERE, NOT_NOW = 404, 405


def change(port: Mailchimp, connection: MailchimpConnection, job: Job) -> None:
    """Fields and tags of a contact that is there; its status is left alone, and taken in as it comes back."""
    there = _put(port, connection, job.wanted)
    _set_tags(port, connection, job.wanted, there)


def take_off(port: Mailchimp, connection: MailchimpConnection, job: Job) -> None:
    """Somebody left here: they leave there."""
    if job.row is not None:
        unsubscribe_there(port, connection, job.row.hash)


def unsubscribe_there(port: Mailchimp, connection: MailchimpConnection, pk: str) -> None:
    """Make a contact `unsubscribed`, if it is one that gets campaigns."""
    audience = connection.audience_id
    try:
        there = port.read_member(audience, pk)
        if there.status in MailchimpMember.ON_THE_LIST:
            there = port.change_member(audience, pk, {"status": "unsubscribed"})
    except MailchimpRefused as error:
        if error.status != NOT_THERE:
            raise
        _rows(connection, pk).update(status=Status.MISSING, pushed={})
        return
    note_there(audience, there)


def move(port: Mailchimp, connection: MailchimpConnection, job: Job) -> None:
    """Somebody has another address here: the contact goes with them, with all its history."""
    row = job.row
    assert row is not None  # noqa: S101 - the plan has it from the row
    audience, new = connection.audience_id, hash_of(job.wanted.subscriber.mailbox)
    try:
        there = port.change_member(audience, row.hash, {"email_address": job.wanted.body()["email_address"]})
    except MailchimpRefused as error:
        if error.status != NOT_THERE and error.title != EXISTS:
            raise
        # It is moved already, or the new address is there on its own: the old one leaves, the new one is told.
        if error.title == EXISTS:
            if _has_left_there(port, connection, row.hash, job.wanted.subscriber):
                _hand_over(audience, row, job.wanted)
                return
            unsubscribe_there(port, connection, row.hash)
        MailchimpMember.objects.filter(pk=row.pk).update(subscriber=None, to_go=MailchimpMember.ToGo.ARCHIVE)
        change(port, connection, job)
        return
    MailchimpMember.objects.filter(audience_id=audience, hash=new).exclude(pk=row.pk).delete()
    MailchimpMember.objects.filter(pk=row.pk).update(hash=there.pk)
    take_state(connection, there)
    _set_tags(port, connection, job.wanted, there)


def _has_left_there(port: Mailchimp, connection: MailchimpConnection, pk: str, person: Subscriber) -> bool:
    """Take in how their old contact stands, which nobody may have seen yet; whether they have left by that."""
    there = _read(port, connection.audience_id, pk)
    if there is not None:
        take_state(connection, there)
    return not Subscriber.objects.confirmed().filter(pk=person.pk).exists()


@transaction.atomic
def _hand_over(audience: str, old: MailchimpMember, wanted: Wanted) -> None:
    """They have left: the contact of their new address, which is there on its own, is the one that is to leave."""
    note_asked(audience, [wanted])
    MailchimpMember.objects.filter(pk=old.pk).update(to_go=MailchimpMember.ToGo.ARCHIVE)
    ask_for_push([wanted.subscriber.pk])


def ask_back(port: Mailchimp, connection: MailchimpConnection, job: Job) -> None:
    """Somebody who had left there has confirmed here: Mailchimp asks them too. Never more than that by us."""
    audience, pk = connection.audience_id, hash_of(job.wanted.subscriber.mailbox)
    there = _read(port, audience, pk)
    if there is None or there.status in MailchimpMember.ON_THE_LIST:
        change(port, connection, job)
        return
    take_state(connection, there)
    if not Subscriber.objects.confirmed().filter(pk=job.wanted.subscriber.pk).exists():
        return  # they left there after they had confirmed here
    body = job.wanted.body(status="pending", status_if_new="pending")
    there = port.set_member(audience, pk, body)
    take_state(connection, there)
    _rows(connection, pk).update(problem="", problem_words="")
    _set_tags(port, connection, job.wanted, there)


def note_refusal(connection: MailchimpConnection, job: Job, error: MailchimpRefused) -> None:
    """Write down why; whoever has just asked to join gets a letter with the way that is open to them."""
    kind = {COMPLIANCE: Problem.COMPLIANCE, FORGOTTEN: Problem.FORGOTTEN}.get(error.title)
    if kind is None:
        kind = Problem.ADDRESS if error.status == 400 else Problem.OTHER  # noqa: PLR2004
    person = job.wanted.subscriber
    changes: dict[str, Any] = {"problem": kind, "problem_words": str(error)[:250]}
    if kind != Problem.COMPLIANCE:
        changes |= {"status": Status.MISSING}
    rows = MailchimpMember.objects.filter(Q(subscriber=person.pk) | Q(hash=hash_of(person.mailbox)))
    if not rows.filter(audience_id=connection.audience_id).update(**changes):
        MailchimpMember.objects.create(
            audience_id=connection.audience_id,
            hash=hash_of(person.mailbox),
            subscriber=person,
            **{"status": Status.UNSUBSCRIBED, **changes},
        )
    if job.errand.has_asked and kind in {Problem.COMPLIANCE, Problem.FORGOTTEN} and connection.signup_form_url:
        letters.post_mailchimp_form(person, form_url=connection.signup_form_url)


def settle(port: Mailchimp, connection: MailchimpConnection, job: Job) -> None:
    """Somebody whom a batch did not take: look, then tell what is to be told. Refusals come out with their title."""
    there = _read(port, connection.audience_id, hash_of(job.wanted.subscriber.mailbox))
    if there is not None and there.status not in MailchimpMember.ON_THE_LIST and job.errand.has_asked:
        ask_back(port, connection, job)
    else:
        change(port, connection, job)


def _read(port: Mailchimp, audience: str, pk: str) -> Member | None:
    try:
        return port.read_member(audience, pk)
    except MailchimpRefused as error:
        if error.status != NOT_THERE:
            raise
        return None


def _put(port: Mailchimp, connection: MailchimpConnection, wanted: Wanted) -> Member:
    body = wanted.body(status_if_new=connection.new_members)
    there = port.set_member(connection.audience_id, hash_of(wanted.subscriber.mailbox), body)
    take_state(connection, there)
    return there


def _set_tags(port: Mailchimp, connection: MailchimpConnection, wanted: Wanted, there: Member) -> None:
    extra = sorted(there.tags & all_topic_tags() - set(wanted.tags))
    lacking = sorted(set(wanted.tags) - there.tags)
    if extra or lacking:
        port.set_tags(connection.audience_id, there.pk, active=lacking, inactive=extra)
    _rows(connection, there.pk).update(pushed=wanted.known)


def _rows(connection: MailchimpConnection, pk: str) -> Any:
    return MailchimpMember.objects.filter(audience_id=connection.audience_id, hash=pk)
