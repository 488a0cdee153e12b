"""Rings for the worker when a page with pictures is published."""

from functools import partial
from typing import Any

from django.db import transaction
from wagtail.signals import page_published


def watch() -> None:
    """Connect the signal, once, when all models are known."""
    page_published.connect(_ring, dispatch_uid="pictures")


def _ring(instance: Any, **_: Any) -> None:
    from blog.tasks import cut_pictures_of  # noqa: PLC0415 - the task's module needs the models

    # A broker that is down costs the editor nothing: the sweep cuts what is missing.
    transaction.on_commit(partial(cut_pictures_of.delay, instance.pk), robust=True)
