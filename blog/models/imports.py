"""The memory of imports: which row here came from which thing elsewhere."""

from typing import ClassVar

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models


class ImportedItem(models.Model):
    """One thing of another system and the row made from it, so that a second import makes nothing new."""

    source = models.CharField(max_length=200, help_text="The address of the site it came from.")
    kind = models.CharField(max_length=40, help_text="post, author, category, …")
    key = models.CharField(max_length=200, help_text="Its number or name there.")
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    item = GenericForeignKey("content_type", "object_id")
    digest = models.CharField(max_length=64, blank=True, help_text="Of what was made from it, to tell what changed.")
    imported_at = models.DateTimeField(auto_now_add=True, help_text="When it was last written here.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("source", "kind", "key"), name="unique_imported_item")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} of {self.source}"
