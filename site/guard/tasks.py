"""The worker's part in watching over itself."""

from celery import shared_task

from guard import heartbeats


@shared_task
def note_clock() -> None:
    """Rung by beat alone: that this runs proves both, the clock and a worker."""
    heartbeats.beat(heartbeats.CLOCK)
