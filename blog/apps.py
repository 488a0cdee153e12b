"""App configuration."""

from django.apps import AppConfig


class BlogConfig(AppConfig):
    name = "blog"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep beside each article whether any reader may see it, and which links it holds."""
        from blog import link_signals, listed  # noqa: PLC0415 - models exist only now

        listed.watch()
        link_signals.watch()
