"""App configuration."""

from django.apps import AppConfig


class ImagesConfig(AppConfig):
    # Wagtail's own app has the label "wagtailimages", so this one may keep the plain word.
    name = "images"
    default_auto_field = "django.db.models.BigAutoField"
