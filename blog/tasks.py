"""The worker's part in comments."""

import logging

from celery import shared_task

from blog.actions import comments

logger = logging.getLogger(__name__)


@shared_task
def judge_comment(pk: int) -> None:
    """Judge one comment; harmless when rung twice. Whatever goes wrong with a checker, a person will look."""
    try:
        comments.judge_comment(pk)
    except Exception:
        logger.exception("comment %s could not be judged and is held", pk)
        comments.hold_unjudged_comment(pk)


@shared_task
def sweep_comments() -> None:
    """Ring for comments whose bell was lost."""
    for pk in comments.find_unjudged_comments():
        judge_comment.delay(pk)
