"""The books that subscribers are given, and the editions of each."""

import uuid
from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import Storage, storages
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from newsletter.book_files import check_book_file

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
        """Those that new subscribers may be given, the one they are given first; without an edition there is none."""
        is_out = Exists(EbookEdition.objects.published().filter(ebook=OuterRef("pk")))
        return self.filter(is_out, is_offered=True).select_related("cover").order_by("place", "-pk")


class Ebook(ClusterableModel):
    """One book; its files are its editions."""

    title = models.CharField(max_length=120)
    slug = models.SlugField(unique=True, help_text="Also the name of the file that readers get.")
    blurb = models.CharField(max_length=250, blank=True, help_text="One sentence beside the sign-up form.")
    cover = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    cover_alt = models.CharField(max_length=250, blank=True)
    is_offered = models.BooleanField(default=True, help_text="Subscribers may be given it.")
    place = models.PositiveSmallIntegerField(
        default=1,
        help_text="Of several books, the lowest number is the one that the sign-up forms show and that is given first. "
        "The others can be asked for on a subscriber's own page.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = EbookQuerySet.as_manager()

    class Meta:
        verbose_name = "e-book"

    def __str__(self) -> str:
        return self.title

    @property
    def newest_edition(self) -> "EbookEdition | None":
        """What readers get now."""
        return EbookEdition.objects.published().filter(ebook=self.pk).first()


class EditionQuerySet(models.QuerySet["EbookEdition"]):
    """Reads of editions."""

    def published(self) -> "EditionQuerySet":
        """Those that are out, the newest first."""
        return self.filter(published_at__lte=timezone.now()).order_by("-published_at", "-pk")


class EbookEdition(models.Model):
    """One version of a book's file, in private storage. The newest that is out is the one that every link gives.

    `newsletter.actions.telling` alone sets `telling_since` (earlier readers shall be told) and `told_at` (all were).
    """

    ebook = ParentalKey(Ebook, on_delete=models.CASCADE, related_name="editions")
    label = models.CharField(max_length=60, default="First edition", help_text="Such as “Second edition, 2027”.")
    file = models.FileField(upload_to="ebooks/", storage=private_storage, max_length=200)
    changes = models.CharField(
        max_length=400, blank=True, verbose_name="what is new", help_text="Earlier readers are told, in these words."
    )
    published_at = models.DateTimeField(
        default=timezone.now, verbose_name="out from", help_text="Before that moment readers get the edition before."
    )
    telling_since = models.DateTimeField(null=True, editable=False)
    told_at = models.DateTimeField(null=True, editable=False)

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar[list[str]] = ["-published_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.ebook}, {self.label}"

    def clean(self) -> None:
        """Look into a file that was sent now; one that is in the storage already was looked into then."""
        super().clean()
        is_stored = EbookEdition.objects.filter(pk=self.pk, file=self.file.name or "").exists()
        if self.file and not is_stored:
            try:
                check_book_file(self.file)
            except ValidationError as error:
                raise ValidationError({"file": error}) from error


class EditionNotice(models.Model):
    """One earlier reader who was told of one edition. Written together with the letter, so there is never a second."""

    edition = models.ForeignKey(EbookEdition, on_delete=models.CASCADE, related_name="notices")
    subscriber = models.ForeignKey("newsletter.Subscriber", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("edition", "subscriber"), name="one_notice_per_reader_and_edition")
        ]

    def __str__(self) -> str:
        return f"subscriber {self.subscriber_id} was told of {self.edition_id}"


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
