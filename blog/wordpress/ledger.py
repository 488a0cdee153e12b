"""What an import made, and whether anybody here has touched it since."""

import hashlib
import json
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from wagtail.models import Page, PageLogEntry

from blog.models import ImportedItem

# What editors do to the words or the state of a page; comments, locks and moves do not count.
_EDITS = (
    "wagtail.edit",
    "wagtail.publish",
    "wagtail.publish.schedule",
    "wagtail.unpublish",
    "wagtail.revert",
    "wagtail.rename",
)


class Ledger:
    """The ImportedItem rows of one exported site."""

    def __init__(self, source: str) -> None:
        self.source = source

    def find(self, kind: str, key: str) -> ImportedItem | None:
        """The row, which may point at something that was deleted here since."""
        return ImportedItem.objects.filter(source=self.source, kind=kind, key=_short(key)).first()

    def record(self, kind: str, key: str, made: models.Model, *, digest: str = "") -> None:
        """Write down that `made` now holds what `kind` `key` of that site says."""
        ImportedItem.objects.update_or_create(
            source=self.source,
            kind=kind,
            key=_short(key),
            defaults={
                "content_type": ContentType.objects.get_for_model(made),
                "object_id": made.pk,
                "digest": digest,
                "imported_at": timezone.now(),
            },
        )


def was_edited_here(page: Page, row: ImportedItem) -> bool:
    """Whether somebody edited, published or unpublished the page after it was last imported."""
    newest = page.latest_revision_created_at
    if newest and newest > row.imported_at:
        return True
    return PageLogEntry.objects.filter(page=page.pk, timestamp__gt=row.imported_at, action__in=_EDITS).exists()


def digest_of(values: Any) -> str:
    """A fingerprint of JSON-like values; the same for the same values in every process."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()


def _short(key: str) -> str:
    """`key`, or its fingerprint where it is longer than the column."""
    return key if len(key) <= 200 else digest_of(key)  # noqa: PLR2004 - ImportedItem.key.max_length
