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
def gather_words() -> None:
    """Count the words of everything published anew, for search."""
    from home.search.vocabulary import gather_words as gather  # noqa: PLC0415 - tasks are read before the models

    gather()


@shared_task
def index_articles(kind: str, key: int) -> None:
    """Index the articles of an author or a topic anew: its name may have changed."""
    from home.search.upkeep import index_articles as index_again  # noqa: PLC0415

    index_again(**{kind: key})


@shared_task
def draw_social_card(pk: int) -> None:
    """Draw the card of one page for those who share its address; harmless when rung twice."""
    from home.social_cards import draw_page_card  # noqa: PLC0415

    draw_page_card(pk)
