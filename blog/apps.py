"""App configuration."""

from django.apps import AppConfig


class BlogConfig(AppConfig):
    name = "blog"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep beside each article whether any reader may see it and which links it holds; keep old addresses alive."""
        from blog import address_signals, link_signals, listed  # noqa: PLC0415 - models exist only now

        address_signals.watch()
        listed.watch()
        link_signals.watch()
