"""Says when readers would see something else: `mark_changed`, called by signals and by actions that update rows."""

import logging
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, models, transaction
from django.db.models.signals import m2m_changed, post_delete, post_save
from wagtail.models import Page
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from pagecache import keeping
from pagecache.models import Generation

logger = logging.getLogger(__name__)

# What saving a draft changes on the row of a page that stays as it was for readers.
DRAFT_FIELDS = frozenset(
    {
        "draft_title",
        "has_unpublished_changes",
        "latest_revision",
        "latest_revision_created_at",
        "live_revision",
        "approved_schedule",
        "go_live_at",
        "expire_at",
        "locked",
        "locked_by",
        "locked_at",
        "owner",
    }
)


def mark_changed() -> None:
    """Begin a new generation after commit, once a transaction however often it is called.

    Signals call it for every saved or deleted row of a model that readers see. An action that changes such rows by
    `update()` or `bulk_create()`, of which no signal tells, must call it.
    """
    if not is_marked():
        transaction.on_commit(_bump, robust=True)


def is_marked() -> bool:
    """Whether this connection holds a change that nobody else sees yet: what is read now must not be kept."""
    return connection.in_atomic_block and any(entry[1] is _bump for entry in connection.run_on_commit)


def _bump() -> None:
    Generation.bump()
    keeping.forget_moment()


def begin_anew() -> None:
    """A process starts: with new code perhaps, or after one that died between its commit and its word of it.

    A database that cannot be reached yet is no reason not to start; the first page will say so.
    """
    try:
        Generation.bump()
    except DatabaseError as error:
        logger.warning("Could not begin a new generation at the start: %s", error)
    finally:
        connection.close()


def listen() -> None:
    """Connect the signals, once, when all models are known."""
    for model in apps.get_models():
        if not is_unseen(model):
            post_save.connect(_saved, sender=model, dispatch_uid="pagecache")
            post_delete.connect(_deleted, sender=model, dispatch_uid="pagecache")
    m2m_changed.connect(_linked, dispatch_uid="pagecache")
    for signal in (page_published, page_unpublished, page_slug_changed, post_page_move):
        signal.connect(_page_changed, dispatch_uid="pagecache")


def is_unseen(model: type[models.Model]) -> bool:
    """Whether PAGECACHE_UNSEEN names the model ("app.model") or its whole app ("app")."""
    meta = model._meta  # noqa: SLF001 - Django's documented name
    return meta.label_lower in settings.PAGECACHE_UNSEEN or meta.app_label in settings.PAGECACHE_UNSEEN


def _saved(instance: models.Model, update_fields: frozenset[str] | None = None, **_: Any) -> None:
    only_a_draft = isinstance(instance, Page) and update_fields and update_fields <= DRAFT_FIELDS
    if not only_a_draft and _is_public(instance):
        mark_changed()


def _deleted(instance: models.Model, **_: Any) -> None:
    if _is_public(instance):
        mark_changed()


def _is_public(instance: models.Model) -> bool:
    """Rows that only sometimes are seen say so themselves: a comment that is held changes no page."""
    return bool(getattr(instance, "is_public", True))


def _linked(instance: Any, action: str, **_: Any) -> None:
    if action.startswith("post_") and not is_unseen(type(instance)):
        mark_changed()


def _page_changed(**_: Any) -> None:
    mark_changed()
