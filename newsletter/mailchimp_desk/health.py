"""How the connection to Mailchimp does, in words for an operator: read from rows, nobody is asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils import timezone
from django.utils.timesince import timesince

from newsletter.mailchimp.drift import count_drift
from newsletter.mailchimp.going import left_behind
from newsletter.mailchimp.push import is_compared
from newsletter.models import (
    Campaign,
    Dispatch,
    MailchimpConnection,
    MailchimpErrand,
    MailchimpHealth,
    MailchimpMember,
    MailchimpWalk,
)
from newsletter.sealed import is_lost

_NOT_CHECKED = (
    "of Mailchimp's news cannot be checked, for SECRET_KEY has changed: news is believed by the secret in its address "
    "alone. Disconnect, then set up again"
)
JUST_NOW = timedelta(minutes=1)


@dataclass(frozen=True)
class Fact:
    """One line: what it is, what is known of it, and whether somebody should look."""

    name: str
    words: str
    is_bad: bool = False
    leads_to_differences: bool = False


def tell_health(connection: MailchimpConnection) -> list[Fact]:
    """The lines, the worst of them marked."""
    return [*_tell_answers(), *_tell_sync(connection), *_tell_campaigns()]


def _tell_answers() -> list[Fact]:
    health = MailchimpHealth.objects.filter(pk=1).first()
    if health is None:
        return [Fact("Mailchimp", "was not asked anything yet")]
    facts = []
    if health.last_answer_at:
        facts.append(Fact("Last answer", _ago(health.last_answer_at)))
    is_ill = health.faults_in_a_row > 0
    if health.rests_until and health.rests_until > timezone.now():
        at = timezone.localtime(health.rests_until)
        facts.append(Fact("It rests", f"after {health.faults_in_a_row} faults in a row, until {at:%H:%M}", is_bad=True))
    if health.last_fault and health.last_fault_at:
        words = f"{_ago(health.last_fault_at)}: {health.last_fault}"
        facts.append(Fact("Last fault", words, is_bad=is_ill))
    if health.key_refused_at and (not health.last_answer_at or health.key_refused_at > health.last_answer_at):
        facts.append(Fact("The key", "was refused. Make a new one at Mailchimp and set MAILCHIMP_API_KEY", is_bad=True))
    return facts


def _tell_sync(connection: MailchimpConnection) -> list[Fact]:
    facts = [
        Fact("Last told", _ago(connection.last_push_at)),
        Fact("Last compared", _tell_comparison(connection)),
    ]
    if connection.is_on and is_compared(connection):
        facts.append(Fact("Differences", _tell_differences(connection), leads_to_differences=True))
    waiting = MailchimpErrand.objects.count()
    facts.append(
        Fact("Waits to be told", f"{waiting:,} subscriber{'' if waiting == 1 else 's'}" if waiting else "nobody")
    )
    late = MailchimpErrand.objects.exclude(fault="").order_by("-tries").first()
    if late is not None:
        facts.append(Fact("Could not be told", late.fault, is_bad=True))
    if connection.is_on and is_lost(connection.webhook_signing_secret):
        facts.append(Fact("Signatures", _NOT_CHECKED, is_bad=True))
    facts += _tell_left_behind(connection)
    problems = MailchimpMember.objects.filter(audience_id=connection.audience_id).exclude(problem="")
    for kind, number in problems.values_list("problem").annotate(Count("pk")).order_by("problem"):
        words = MailchimpMember.Problem(kind).label
        facts.append(Fact(f"{number:,} not taken", words, is_bad=True))
    return facts


def _tell_left_behind(connection: MailchimpConnection) -> list[Fact]:
    left = left_behind(connection).count() if connection.is_on else 0
    if not left:
        return []
    who = "1 contact" if left == 1 else f"{left:,} contacts"
    words = (
        f"{who} of an audience that was connected before wait{'s' if left == 1 else ''} to be erased there. If this "
        "stays, the key is of another account: erase there by hand"
    )
    return [Fact("To be erased", words, is_bad=True)]


def _tell_comparison(connection: MailchimpConnection) -> str:
    last = _ago(connection.last_pull_at) if is_compared(connection) else "not since it was connected"
    walk = MailchimpWalk.objects.filter(audience_id=connection.audience_id, ended_at=None).first()
    if not connection.is_on or walk is None:
        return last
    return f"{last}; one is under way, {walk.looked_at:,} contact{'' if walk.looked_at == 1 else 's'} so far"


def _tell_differences(connection: MailchimpConnection) -> str:
    """As things are known now. Who differs in two ways counts twice, as on the page that lists them."""
    open_, by_itself = 0, 0
    for one in count_drift(connection):
        if one.kind.by_itself:
            by_itself += one.number
        else:
            open_ += one.number
    if not open_ + by_itself:
        return "none"
    words = f"{open_:,} need{'s' if open_ == 1 else ''} a look" if open_ else "none needs a look"
    return f"{words}, {by_itself:,} {'is' if by_itself == 1 else 'are'} seen to by the worker" if by_itself else words


def _ago(at: datetime | None) -> str:
    if at is None:
        return "not yet"
    return "a moment ago" if timezone.now() - at < JUST_NOW else f"{timesince(at)} ago"


def _tell_campaigns() -> list[Fact]:
    over = (Dispatch.State.DONE, Dispatch.State.CANCELLED)
    stuck = Campaign.objects.filter(settled_at=None).exclude(dispatch__state__in=over).exclude(fault="")
    return [
        Fact(str(row.dispatch.issue.label), row.fault, is_bad=True) for row in stuck.select_related("dispatch__issue")
    ]
