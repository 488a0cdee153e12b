"""Pausing a dispatch whose mails come back or are reported as spam: a person looks before it goes on."""

from collections import Counter
from datetime import timedelta
from typing import NamedTuple

from django.utils import timezone

from newsletter.models import Delivery, Dispatch, MailEvent, Subscriber

FIRST = 500  # outcomes in which a bad list shows itself
MOST_GONE, LEAST_GONE = 5, 10  # per cent of them; and so many, or a short list would stop for two old addresses
MOST_COMPLAINTS, LEAST_COMPLAINTS = 3, 5  # per thousand; and so many
A_DAY = timedelta(days=1)
MAILS_OF = timedelta(days=5)  # so old are nearly all mails that the complaints of a day are about

Kind = MailEvent.Kind


class DomainRate(NamedTuple):
    """How many people at one domain have complained within a day, of how many mails to it."""

    domain: str
    complaints: int
    mails: int

    @property
    def is_too_much(self) -> bool:
        """Whether nothing more may go out until a person has looked."""
        return self.complaints >= LEAST_COMPLAINTS and self.complaints * 1000 > self.mails * MOST_COMPLAINTS


def watch_dispatch(dispatch_id: int, kind: MailEvent.Kind) -> None:
    """After news of a dispatch: pause it where too many mailboxes do not exist or too many people complain.

    Once only: whoever resumes it has decided. Joins the caller's transaction.
    """
    running = Dispatch.objects.running().filter(pk=dispatch_id, alarmed_at=None)
    if kind not in {Kind.HARD, Kind.COMPLAINT} or not running.exists():
        return
    if reason := _find_reason(dispatch_id, kind):
        running.update(state=Dispatch.State.PAUSED, pause_reason=reason, alarmed_at=timezone.now())


def _find_reason(dispatch_id: int, kind: MailEvent.Kind) -> str:
    rows = Delivery.objects.filter(dispatch=dispatch_id)
    told = MailEvent.objects.filter(delivery__dispatch=dispatch_id, kind=kind).count()
    if kind == Kind.HARD:
        outcomes = rows[: FIRST + 1].count()
        if outcomes <= FIRST and told >= LEAST_GONE and told * 100 > outcomes * MOST_GONE:
            return f"{told} of the first {outcomes} mailboxes do not exist. Look where these addresses came from."
        return ""
    handed_over = rows.filter(state=Delivery.State.HANDED_OVER).count()
    if told >= LEAST_COMPLAINTS and told * 1000 > handed_over * MOST_COMPLAINTS:
        return f"{told} of {handed_over} readers have reported this issue as spam."
    return ""


def watch_domain(subscriber: Subscriber) -> None:
    """After a complaint: pause every running dispatch if too many of a day come from the complainer's mail provider.

    A provider looks at its own readers alone, and at all our mail to them. Joins the caller's transaction.
    """
    running = Dispatch.objects.running().filter(alarmed_at=None)
    if not running.exists():
        return
    for rate in domain_rates(least=LEAST_COMPLAINTS, domain=_domain_of(subscriber.mailbox)):
        if rate.is_too_much:
            reason = f"{rate.complaints} readers at {rate.domain} reported our mail as spam within a day."
            running.update(state=Dispatch.State.PAUSED, pause_reason=reason[:250], alarmed_at=timezone.now())


def domain_rates(*, least: int, domain: str = "") -> list[DomainRate]:
    """The domains (or this one alone) with at least so many complaints within a day."""
    now = timezone.now()
    told = MailEvent.objects.filter(kind=Kind.COMPLAINT, at__gt=now - A_DAY).exclude(subscriber=None)
    if domain:
        told = told.filter(subscriber__mailbox__endswith=f"@{domain}")
    counts = Counter(_domain_of(mailbox) for mailbox in told.values_list("subscriber__mailbox", flat=True))
    mails = Delivery.objects.filter(state=Delivery.State.HANDED_OVER, at__gt=now - MAILS_OF)
    return [
        DomainRate(found, number, mails.filter(subscriber__mailbox__endswith=f"@{found}").count())
        for found, number in counts.most_common()
        if number >= least
    ]


def _domain_of(mailbox: str) -> str:
    return mailbox.rpartition("@")[2]
