"""Somebody is erased here: their contact there goes too. Writes rows only; the worker tells Mailchimp."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from newsletter.models import MailchimpConnection, MailchimpErrand, MailchimpEvent, MailchimpMember, Subscriber
from newsletter.senders.mailchimp import hash_of

ToGo = MailchimpMember.ToGo


def forget_when_off() -> None:
    """While no audience is connected nothing is kept of people who are only there, nor what waited to be told."""
    if MailchimpConnection.objects.filter(pk=1, is_on=True).exists():
        return
    MailchimpErrand.objects.all().delete()
    MailchimpEvent.objects.all().delete()
    MailchimpMember.objects.filter(subscriber=None, to_go=ToGo.NO).delete()


def forget_at_mailchimp(subscriber: Subscriber, mailboxes: Iterable[str], *, is_asked: bool) -> None:
    """Joins the caller's transaction. What is kept until it is done is a hash.

    `is_asked`: they asked to be erased, so the contact is deleted for good, of which Mailchimp knows no way back.
    Otherwise it is archived.
    """
    connection = MailchimpConnection.objects.filter(pk=1).first()
    if connection is None or not connection.audience_id:
        return
    hashes = [hash_of(mailbox) for mailbox in mailboxes]
    gone: dict[str, Any] = {"subscriber": None, "email": "", "name": "", "pushed": {}, "problem_words": ""}
    gone["noted_at"] = timezone.now()
    rows = MailchimpMember.objects.filter(audience_id=connection.audience_id)
    own = rows.filter(subscriber=subscriber) | rows.filter(hash__in=hashes, subscriber=None)
    own.update(**gone, to_go=ToGo.ERASE if is_asked else ToGo.ARCHIVE)
    if is_asked:  # also whom no comparison has seen yet
        MailchimpMember.objects.bulk_create(
            [
                MailchimpMember(
                    audience_id=connection.audience_id, hash=pk, status=MailchimpMember.Status.UNSURE, to_go=ToGo.ERASE
                )
                for pk in hashes
            ],
            ignore_conflicts=True,
        )
    MailchimpErrand.objects.filter(subscriber=subscriber).delete()
    MailchimpEvent.objects.filter(email__iexact=subscriber.email).update(email="", old_email="")
