"""What an editor should know of an issue that goes out as a campaign: what Mailchimp says, what it cannot do."""

from django.db.models import Q

from newsletter.actions.campaign_words import goes_by_mailchimp
from newsletter.audience import choose_readers
from newsletter.checks.findings import Check, Level, number_of
from newsletter.issue_fields import find_marks, with_marks
from newsletter.mailchimp.members import Status, connected
from newsletter.mailchimp.push import is_compared
from newsletter.models import CampaignTrial, IssuePage
from newsletter.rendering import RenderedIssue
from newsletter.segments import EVERYBODY, Rule

State = CampaignTrial.State
_LEVELS = {"error": Level.RED, "warning": Level.NOTE}


def check_campaign(issue: IssuePage, mail: RenderedIssue, rule: Rule = EVERYBODY) -> list[Check]:
    """Nothing where the built-in sender does it. Asks nobody: a worker has."""
    if not goes_by_mailchimp(issue):
        return []
    return [*_check_fields(mail), *_check_answers(mail), *_check_audience(issue, rule), *_check_list(issue, mail)]


def _check_audience(issue: IssuePage, rule: Rule) -> list[Check]:
    connection = connected()
    if connection is None:
        return []
    if not is_compared(connection):
        return [Check("The audience was not compared with the list yet: that takes some minutes", Level.AMBER)]
    there = Q(mailchimp_member__audience_id=connection.audience_id, mailchimp_member__status=Status.SUBSCRIBED)
    missing = choose_readers(issue, rule).filter(left_out="").exclude(there).count()
    if not missing:
        return [Check("All readers are subscribed in Mailchimp’s audience")]
    people = f"{missing:,} reader{'' if missing == 1 else 's'}"
    return [Check(f"Not subscribed in Mailchimp’s audience, and would get nothing: {people}", Level.AMBER)]


def _check_list(issue: IssuePage, mail: RenderedIssue) -> list[Check]:
    if issue.campaign_trials.filter(state=State.WAITING).exists():
        return [Check("Mailchimp is being asked what it says of this issue", Level.AMBER)]
    trial = issue.campaign_trials.first()
    if trial is None:
        return [Check("Mailchimp was not asked yet what it says of this issue. Press “Check the links”", Level.AMBER)]
    if trial.state == State.FAILED:
        return [Check(f"Mailchimp could not be asked: {trial.fault}", Level.AMBER)]
    if trial.digest != mail.digest:
        return [Check("The text has changed since Mailchimp looked at it. Press “Check the links”", Level.AMBER)]
    found = [
        Check(f"Mailchimp: {item['heading']}", _LEVELS[item["kind"]], (item["details"],) if item["details"] else ())
        for item in trial.items
        if item["kind"] in _LEVELS
    ]
    if not trial.is_ready and not any(check.level is Level.RED for check in found):
        found.append(Check("Mailchimp says that the campaign is not ready", Level.RED))
    good = len(trial.items) - len([item for item in trial.items if item["kind"] in _LEVELS])
    return [*found, Check(f"Mailchimp’s checklist is good: {number_of(good, 'line')}")] if good else found


def _check_fields(mail: RenderedIssue) -> list[Check]:
    marks = find_marks(with_marks(mail.subject) + mail.text + mail.html)
    if any(field.name == "since" for field in marks.values()):
        words = "Mailchimp does not know since when somebody reads: where {since} stands, all get the words after “|”"
        return [Check(words, Level.NOTE)]
    return []


def _check_answers(mail: RenderedIssue) -> list[Check]:
    if mail.reply_to and mail.reply_to not in mail.sender:
        words = f"Mailchimp knows one address for sender and answers: answers will go to {mail.sender}"
        return [Check(f"{words}, not to {mail.reply_to}", Level.NOTE)]
    return []
