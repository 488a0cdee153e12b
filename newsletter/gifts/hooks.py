"""Where gifts hang themselves into Wagtail's admin."""

from django.urls import URLPattern, path

from newsletter.gifts import ebook_desk


def admin_urls() -> list[URLPattern]:
    """The pages beside the lists and forms that Wagtail makes."""
    return [path("newsletter/editions/<int:pk>/tell/", ebook_desk.tell_readers, name="newsletter_tell_readers")]
