"""The book a new subscriber is given."""

import uuid
from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.utils import timezone
from wagtail.admin.panels import FieldPanel, Panel

GRANT_DAYS = 7


def private_storage() -> Storage:
    """The storage that no public address reaches."""
    return storages["private"]


def grant_expiry() -> Any:
    """When a link that is made now stops working (aware datetime)."""
    return timezone.now() + timedelta(days=GRANT_DAYS)


class EbookQuerySet(models.QuerySet["Ebook"]):
    """Reads of e-books."""

    def offered(self) -> "EbookQuerySet":
        """Those that new subscribers may be given, the one they are given first."""
        return self.filter(is_offered=True).select_related("cover").order_by("-pk")


class Ebook(models.Model):
    """One book and its file in private storage."""

    title = models.CharField(max_length=120)
    slug = models.SlugField(unique=True)
    blurb = models.CharField(max_length=250, blank=True, help_text="One sentence beside the sign-up form.")
    cover = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    cover_alt = models.CharField(max_length=250, blank=True)
    file = models.FileField(upload_to="ebooks/", storage=private_storage)
    is_offered = models.BooleanField(default=True, help_text="Given to new subscribers. The newest such book is.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = EbookQuerySet.as_manager()

    panels: ClassVar[list[Panel]] = [
        FieldPanel("title"),
        FieldPanel("slug"),
        FieldPanel("blurb"),
        FieldPanel("cover"),
        FieldPanel("cover_alt"),
        FieldPanel("file"),
        FieldPanel("is_offered"),
    ]

    class Meta:
        verbose_name = "e-book"

    def __str__(self) -> str:
        return self.title


class EbookGrant(models.Model):
    """One subscriber's right to one book: a link that ends after `expires_at` or `MAX_DOWNLOADS`.

    `newsletter.actions.ebooks` alone counts `downloads`, by conditional update.
    """

    MAX_DOWNLOADS = 5

    ebook = models.ForeignKey(Ebook, on_delete=models.CASCADE, related_name="grants")
    subscriber = models.ForeignKey("newsletter.Subscriber", on_delete=models.CASCADE, related_name="ebook_grants")
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    downloads = models.PositiveSmallIntegerField(default=0)
    last_download_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(default=grant_expiry)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.ebook} for subscriber {self.subscriber_id}"
