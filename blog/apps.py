"""App configuration."""

from django.apps import AppConfig


class BlogConfig(AppConfig):
    name = "blog"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep beside each article who may see it and its links; keep old addresses; tell people what waits."""
        from blog import address_signals, link_signals, listed, workflow_letters  # noqa: PLC0415 - models exist only now

        address_signals.watch()
        listed.watch()
        link_signals.watch()
        workflow_letters.watch()
