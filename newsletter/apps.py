"""App configuration."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from wagtail.signals import page_published


class NewsletterConfig(AppConfig):
    name = "newsletter"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let editors see an article as it stands in an issue; have the database refuse what it must."""
        from blog.models import ArticlePage  # noqa: PLC0415
        from blog.previews import register_preview  # noqa: PLC0415 - models exist only now
        from letters.signals import letter_refused  # noqa: PLC0415
        from newsletter.actions.returned_mail import take_refused_letter  # noqa: PLC0415
        from newsletter.article_preview import show_in_issue  # noqa: PLC0415
        from newsletter.models.letter_texts import ensure_letter_texts  # noqa: PLC0415
        from newsletter.triggers import put_up_triggers, take_down_triggers  # noqa: PLC0415

        register_preview("issue", "In an issue", show_in_issue)
        pre_migrate.connect(take_down_triggers, sender=self, dispatch_uid="newsletter.triggers")
        post_migrate.connect(put_up_triggers, sender=self, dispatch_uid="newsletter.triggers")
        post_migrate.connect(ensure_letter_texts, sender=self, dispatch_uid="newsletter.letter_texts")
        page_published.connect(_note_publishing, sender=ArticlePage, dispatch_uid="newsletter.follow_news")
        letter_refused.connect(take_refused_letter, dispatch_uid="newsletter.returned_mail")


def _note_publishing(instance: Any, **_: Any) -> None:
    """An article was published: its followers are told of it later."""
    from newsletter.actions.follow_news import note_publishing  # noqa: PLC0415

    note_publishing(instance)
