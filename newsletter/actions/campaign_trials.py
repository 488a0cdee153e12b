"""Looking at an issue as a campaign before anything is ordered: Mailchimp's own checklist, and a test mail by it.

For that a campaign is made and deleted again. It is never told to go.
"""

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from guard.bells import ring_after_commit
from newsletter.actions.campaign_words import content_of_campaign, settings_of_campaign
from newsletter.actions.freezing import trial_dispatch
from newsletter.actions.leased_rows import claim, give_back, is_free, note, try_later
from newsletter.errors import CannotRender, MailchimpError, MailchimpRefused
from newsletter.models import CampaignTrial, IssuePage, MailchimpConnection
from newsletter.rendering import render_issue
from newsletter.senders.campaign_calls import CALLS, gone_is_good
from newsletter.senders.mailchimp import Mailchimp

if TYPE_CHECKING:
    from users.models import User  # reached through settings strings only

KEPT = 5  # trials of one issue; earlier ones are forgotten
MOST_TRIES = 5

State = CampaignTrial.State


def ask_for_trial(issue: IssuePage, *, by: "User | None" = None, to: Sequence[str] = ()) -> CampaignTrial:
    """Have a worker look, and send a test to these addresses. The row is the order."""
    from newsletter.mailchimp_desk.tasks import run_trial  # noqa: PLC0415 - the task calls this module

    with transaction.atomic():
        kept = issue.campaign_trials.values_list("pk", flat=True)[:KEPT]
        issue.campaign_trials.exclude(state=State.WAITING).exclude(pk__in=list(kept)).delete()
        trial = CampaignTrial.objects.create(issue=issue, asked_by=by, to=list(to), marker=uuid.uuid4().hex[:12])
        ring_after_commit(run_trial, trial.pk)
    return trial


def is_tried(issue: IssuePage) -> bool:
    """Whether a worker is to look, or looks, at this issue just now."""
    return issue.campaign_trials.filter(state=State.WAITING).exists()


def due_trials() -> QuerySet[CampaignTrial]:
    """Those that wait, or that a dead worker left."""
    return CampaignTrial.objects.filter(is_free(timezone.now()), state=State.WAITING)


def run_trial(pk: int) -> None:
    """Do one; harmless when rung twice."""
    trial = claim(due_trials(), pk)
    if trial is None:
        return
    connection = MailchimpConnection.objects.filter(is_on=True).first()
    port = Mailchimp(tries=CALLS)
    try:
        if connection is None:
            raise MailchimpRefused("Mailchimp is not connected.")
        _look(trial, port, audience_id=connection.audience_id)
    except (MailchimpError, CannotRender) as error:
        if not isinstance(error, MailchimpRefused | CannotRender) and trial.tries < MOST_TRIES:
            try_later(trial, str(error))
            return
        _finish(trial, state=State.FAILED, fault=str(error)[:300])
    else:
        _finish(trial, state=State.DONE, fault="")


def give_up(pk: int) -> None:
    """After a fault of this program: the same again would end the same, and nobody waits for an answer for ever."""
    words = "A fault of this site ended it; its log tells which. Tell whoever runs the site, then try again."
    CampaignTrial.objects.filter(pk=pk, state=State.WAITING).update(
        state=State.FAILED, fault=words, finished_at=timezone.now(), to=[], owner="", lease_until=None
    )


def _look(trial: CampaignTrial, port: Mailchimp, *, audience_id: str) -> None:
    # A test is of the newest saved text, as it is with the built-in sender.
    issue = trial.issue.get_latest_revision_as_object() if trial.to else trial.issue
    mail = render_issue(issue)
    dispatch = trial_dispatch(issue, mail)
    if not trial.campaign_id:
        title = f"Trial of {trial.issue.label.lower()} ({trial.marker})"
        since = trial.asked_at - timedelta(days=1)
        made = port.find_campaign(audience_id, title=title, since=since) or port.create_campaign(
            recipients={"list_id": audience_id}, settings={**settings_of_campaign(dispatch), "title": title}
        )
        note(trial, campaign_id=made.pk)
    content = content_of_campaign(dispatch)
    port.set_content(trial.campaign_id, html=content.html, text=content.text)
    said = port.read_checklist(trial.campaign_id)
    lines = [asdict(item) for item in said.items]
    note(trial, is_ready=said.is_ready, checklist=lines, digest=mail.digest)
    if trial.to and trial.tested_at is None:
        port.send_test(trial.campaign_id, to=trial.to)
        note(trial, tested_at=timezone.now())
    gone_is_good(port.delete_campaign, trial.campaign_id)


def _finish(trial: CampaignTrial, *, state: str, fault: str) -> None:
    """Whoever got a test is forgotten here: the addresses are of no use any more."""
    give_back(trial, state=state, fault=fault, finished_at=timezone.now(), to=[])
