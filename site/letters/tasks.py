"""The worker's part in letters."""

from celery import shared_task

from letters import actions


@shared_task
def send_letter(pk: int) -> None:
    """Hand one letter over; harmless when rung twice."""
    actions.hand_over_letter(pk)


@shared_task
def sweep_letters() -> None:
    """Ring for letters that are due and whose bell was lost."""
    for pk in actions.release_lost_letters():
        send_letter.delay(pk)
