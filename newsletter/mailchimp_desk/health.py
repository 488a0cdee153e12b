"""How the connection to Mailchimp does, in words for an operator: read from rows, nobody is asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count
from django.utils import timezone
from django.utils.timesince import timesince

from newsletter.mailchimp.push import is_compared
from newsletter.models import (
    Campaign,
    Dispatch,
    MailchimpConnection,
    MailchimpErrand,
    MailchimpHealth,
    MailchimpMember,
)

JUST_NOW = timedelta(minutes=1)


@dataclass(frozen=True)
class Fact:
    """One line: what it is, what is known of it, and whether somebody should look."""

    name: str
    words: str
    is_bad: bool = False


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
        Fact(
            "Last compared", _ago(connection.last_pull_at) if is_compared(connection) else "not since it was connected"
        ),
    ]
    waiting = MailchimpErrand.objects.count()
    facts.append(
        Fact("Waits to be told", f"{waiting:,} subscriber{'' if waiting == 1 else 's'}" if waiting else "nobody")
    )
    late = MailchimpErrand.objects.exclude(fault="").order_by("-tries").first()
    if late is not None:
        facts.append(Fact("Could not be told", late.fault, is_bad=True))
    problems = MailchimpMember.objects.filter(audience_id=connection.audience_id).exclude(problem="")
    for kind, number in problems.values_list("problem").annotate(Count("pk")).order_by("problem"):
        words = MailchimpMember.Problem(kind).label
        facts.append(Fact(f"{number:,} not taken", words, is_bad=True))
    return facts


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
