"""App configuration."""

from django.apps import AppConfig


class BlogConfig(AppConfig):
    name = "blog"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep beside each article who may see it and its links; keep old addresses; tell people what waits."""
        # The models exist only now.
        from blog import (  # noqa: PLC0415
            address_signals,
            link_signals,
            listed,
            picture_signals,
            remark_letters,
            workflow_letters,
        )

        address_signals.watch()
        listed.watch()
        link_signals.watch()
        picture_signals.watch()
        remark_letters.watch()
        workflow_letters.watch()
