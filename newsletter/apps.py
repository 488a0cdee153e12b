"""App configuration."""

from django.apps import AppConfig


class NewsletterConfig(AppConfig):
    name = "newsletter"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let editors see an article as it stands in an issue."""
        from blog.previews import register_preview  # noqa: PLC0415 - models exist only now
        from newsletter.article_preview import show_in_issue  # noqa: PLC0415

        register_preview("issue", "In an issue", show_in_issue)
