"""App configuration."""

from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "home"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep search, and the cards of shared pages, in step with what is published."""
        from home import card_bells  # noqa: PLC0415 - models exist only now
        from home.search.upkeep import watch  # noqa: PLC0415

        watch()
        card_bells.watch()
