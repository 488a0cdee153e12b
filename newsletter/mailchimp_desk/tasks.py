"""The worker's part in campaigns and in connecting Mailchimp: bells; the work is in rows."""

import logging

from celery import shared_task

from newsletter.actions import campaign_reports, campaign_trials, campaigning, connecting
from newsletter.mailchimp.tasks import tick_mailchimp

log = logging.getLogger(__name__)


@shared_task
def run_campaign(pk: int) -> None:
    """Go on with one campaign; once it is over, read what Mailchimp tells of it. Harmless when rung twice."""
    campaigning.run_campaign(pk)
    campaign_reports.read_report(pk)


@shared_task
def run_trial(pk: int) -> None:
    """Look at an issue as a campaign; harmless when rung twice."""
    try:
        campaign_trials.run_trial(pk)
    except Exception:
        log.exception("The trial %s of an issue as a campaign ended with a fault", pk)
        campaign_trials.give_up(pk)


@shared_task
def take_mailchimp_step(pk: int) -> None:
    """Do what somebody asked on Mailchimp's page; harmless when rung twice."""
    if connecting.take_step(pk):
        tick_mailchimp.delay()
