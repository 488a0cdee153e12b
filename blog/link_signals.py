"""Keeps the list of outward links in step with what is published."""

from typing import Any

from django.db.models.signals import post_delete
from wagtail.signals import page_published, page_unpublished

from blog.actions.links import collect_links, forget_links
from blog.models import ArticlePage


def _collect(sender: Any, instance: ArticlePage, **_: Any) -> None:
    """What is published now holds other links than before."""
    collect_links(instance)


def _forget(**_: Any) -> None:
    """An article went for good."""
    forget_links()


def watch() -> None:
    """Follow publishing, unpublishing and deletion; called once at the start."""
    for signal in (page_published, page_unpublished):
        signal.connect(_collect, sender=ArticlePage, dispatch_uid="collect the links of an article")
    post_delete.connect(_forget, sender=ArticlePage, dispatch_uid="forget the links of an article")
