"""App configuration."""

from django.apps import AppConfig


class BlogConfig(AppConfig):
    name = "blog"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep beside each article whether any reader may see it."""
        from blog.listed import watch  # noqa: PLC0415 - models exist only now

        watch()
