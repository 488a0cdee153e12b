"""Rings for the drawing of cards when pages appear and go. A lost bell costs nothing: the first who asks draws it."""

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete
from wagtail.models import Page
from wagtail.signals import page_published, page_unpublished

from home import tasks


def watch() -> None:
    """Listen to what becomes of pages."""
    for signal in (page_published, page_unpublished, post_delete):
        signal.connect(_ring, dispatch_uid="home.card_bells")


def _ring(sender: Any, instance: Any, **_: Any) -> None:
    if isinstance(instance, Page):
        transaction.on_commit(partial(tasks.draw_social_card.delay, instance.pk), robust=True)
