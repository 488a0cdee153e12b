"""The clock's part in the whole site."""

from celery import shared_task
from django.core.management import call_command

from home import housekeeping


@shared_task
def publish_due_pages() -> None:
    """Publish and unpublish what editors scheduled in Wagtail; harmless when rung twice."""
    call_command("publish_scheduled", verbosity=0)


@shared_task
def keep_house() -> None:
    """Forget what the retention rules say."""
    housekeeping.keep_house()


@shared_task
def draw_social_card(pk: int) -> None:
    """Draw the card of one page for those who share its address; harmless when rung twice."""
    from home.social_cards import draw_page_card  # noqa: PLC0415 - tasks are read before the models

    draw_page_card(pk)
