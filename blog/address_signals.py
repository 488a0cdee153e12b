"""Listens to changes of addresses, whoever makes them: the admin, an import, a shell."""

from typing import Any

from django.db.models.signals import pre_save
from wagtail.models import Page
from wagtail.signals import page_published, page_slug_changed, post_page_move

from blog.actions.addresses import move_topic_address, tidy_page_addresses
from blog.models import Topic


def watch() -> None:
    """Connect them; harmless when done twice."""
    pre_save.connect(_topic_is_saved, sender=Topic, dispatch_uid="blog.topic_address")
    page_slug_changed.connect(_slug_changed, dispatch_uid="blog.slug_changed")
    post_page_move.connect(_page_moved, dispatch_uid="blog.page_moved")
    page_published.connect(_page_published, dispatch_uid="blog.address_taken")


def _topic_is_saved(instance: Topic, *, raw: bool = False, **_: Any) -> None:
    old_slug = Topic.objects.filter(pk=instance.pk).values_list("slug", flat=True).first() if not raw else None
    if old_slug and old_slug != instance.slug:
        move_topic_address(instance, old_slug=old_slug)


def _slug_changed(instance: Page, instance_before: Page, **_: Any) -> None:
    tidy_page_addresses(instance, old_url_path=instance_before.url_path)


def _page_moved(instance: Page, url_path_before: str, url_path_after: str, **_: Any) -> None:
    if url_path_before != url_path_after:
        tidy_page_addresses(instance.specific, old_url_path=url_path_before)


def _page_published(instance: Page, **_: Any) -> None:
    tidy_page_addresses(instance)
