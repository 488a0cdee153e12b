"""The worker's part in comments, links and reviews."""

import logging

from celery import shared_task

from blog.actions import (
    akismet,
    akismet_feedback,
    akismet_status,
    crisis_alerts,
    judging,
    links,
    moderator_mails,
    pictures,
    reminders,
    votes,
)

logger = logging.getLogger(__name__)


@shared_task
def judge_comment(pk: int) -> None:
    """Judge one comment; harmless when rung twice. Whatever goes wrong with a checker, a person will look."""
    try:
        judging.judge_comment(pk)
    except Exception:
        logger.exception("comment %s could not be judged and is held", pk)
        judging.hold_unjudged_comment(pk)


@shared_task
def sweep_comments() -> None:
    """Ring for comments whose bell was lost."""
    for pk in judging.find_unjudged_comments():
        judge_comment.delay(pk)


@shared_task
def count_helpful_votes() -> None:
    """Bring the numbers under the comments up to date; harmless when rung twice."""
    while votes.count_helpful_votes():
        pass


@shared_task
def tell_moderators() -> None:
    """Write about comments that came to wait; harmless when rung twice."""
    crisis_alerts.alert_about_the_rest()
    moderator_mails.tell_moderators()


@shared_task
def warn_of_backlog() -> None:
    """Write about comments that have waited long; harmless when rung twice."""
    moderator_mails.warn_of_backlog()


@shared_task(soft_time_limit=240, time_limit=300)
def check_links() -> None:
    """Ask about links that are due, for half a minute at most; harmless when rung twice."""
    links.check_due_links()


@shared_task
def collect_links() -> None:
    """Find the links of articles that came live without anybody pressing Publish."""
    links.collect_all_links()


@shared_task
def remind_of_reviews() -> None:
    """Post this week's reminders that nobody has posted yet; harmless when rung twice."""
    reminders.remind_of_reviews()


@shared_task
def cut_pictures_of(pk: int) -> None:
    """Cut the pictures of a page that was published; harmless when rung twice."""
    pictures.cut_pictures_of(pk)


@shared_task
def cut_all_pictures() -> None:
    """Cut what is missing, for a minute at most: what was published while the worker was down, or given new sizes."""
    pictures.cut_all_pictures(seconds=60)


@shared_task
def ask_akismet(pk: int) -> None:
    """Ask Akismet about one comment; harmless when rung twice."""
    akismet.ask_akismet(pk)


@shared_task
def tell_akismet(pk: int) -> None:
    """Tell Akismet of one mistake; harmless when rung twice."""
    akismet_feedback.send_feedback(pk)


@shared_task
def sweep_akismet() -> None:
    """Ring for what Akismet should be asked or told now."""
    for pk in akismet.find_due_checks():
        ask_akismet.delay(pk)
    for pk in akismet_feedback.find_due_feedback():
        tell_akismet.delay(pk)


@shared_task
def watch_akismet() -> None:
    """Look once a day how much of the plan is used; rung more often, it does nothing."""
    akismet_status.watch_usage()


@shared_task
def verify_akismet_key() -> None:
    """Ask whether the key is good: somebody has pressed the button."""
    akismet_status.verify_key()
