"""The worker's part in keeping an audience in step: bells that may ring twice or never; the work is in rows."""

from celery import shared_task

from letters.actions import is_sending_enabled
from newsletter.actions.stopping import stopping
from newsletter.mailchimp import events, forgetting, push, walking


@shared_task
def push_to_mailchimp() -> None:
    """Tell Mailchimp what changed; harmless when rung twice."""
    if is_sending_enabled() and push.push_changes() and not stopping.is_set():
        push_to_mailchimp.delay()


@shared_task
def take_mailchimp_news() -> None:
    """Read back what Mailchimp told of; harmless when rung twice."""
    if is_sending_enabled():
        events.take_news()


@shared_task
def tick_mailchimp() -> None:
    """Take news, compare if it is time, tell what changed. Any fault but our own waits for the next minute."""
    if not is_sending_enabled():
        return
    forgetting.forget_when_off()
    events.take_news()
    walking.walk_if_due()
    push_to_mailchimp.delay()
