"""The account of a person who works on the site."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):  # type: ignore[django-manager-missing]  # Wagtail's images have no typed manager
    """Django's user, made ours before the first migration so that it can grow later without a swap."""
