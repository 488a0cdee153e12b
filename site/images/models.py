"""The site's image model and its renditions."""

from typing import Any, ClassVar

from django.db import models
from wagtail.images.models import AbstractImage, AbstractRendition, Image


class WebAddressField(models.URLField):
    """A URLField whose form takes an address without a scheme as https; to migrations it is a plain one."""

    def formfield(self, **kwargs: Any) -> Any:
        """Django 5.2 would take it as http, and warn."""
        return super().formfield(**{"assume_scheme": "https", **kwargs})

    def deconstruct(self) -> Any:
        """The same column."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.URLField", args, kwargs


class SiteImage(AbstractImage):
    """A picture with credit and licence; `description` (from Wagtail) is its default alternative text."""

    credit = models.CharField(
        max_length=200, blank=True, help_text="Who made it, as it should be printed under the picture."
    )
    licence = models.CharField(max_length=200, blank=True, help_text="For example: CC BY 4.0, bought from …, our own.")
    source_url = WebAddressField(blank=True, help_text="Where it was found, if it came from elsewhere.")

    admin_form_fields = (*Image.admin_form_fields, "credit", "licence", "source_url")


class SiteRendition(AbstractRendition):
    """One resized copy of a picture."""

    image = models.ForeignKey(SiteImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("image", "filter_spec", "focal_point_key"), name="unique_rendition")
        ]
