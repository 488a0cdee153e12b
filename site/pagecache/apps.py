"""App configuration."""

from django.apps import AppConfig


class PageCacheConfig(AppConfig):
    name = "pagecache"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen to every model that readers can see."""
        from pagecache import changes  # noqa: PLC0415 - the models must be there first

        changes.listen()
