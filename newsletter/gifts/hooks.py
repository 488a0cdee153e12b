"""Where gifts hang themselves into Wagtail's admin."""

from django.urls import URLPattern, path

from newsletter.gifts import ebook_desk, offer_desk


def admin_urls() -> list[URLPattern]:
    """The pages beside the lists and forms that Wagtail makes."""
    return [
        path("newsletter/editions/<int:pk>/tell/", ebook_desk.tell_readers, name="newsletter_tell_readers"),
        path("newsletter/offers/<int:pk>/codes/", offer_desk.offer_codes, name="newsletter_offer_codes"),
        path("newsletter/offers/<int:pk>/redemptions.csv", offer_desk.redemptions_csv, name="newsletter_redemptions"),
        path("newsletter/partners/<int:pk>/link/", offer_desk.partner_link, name="newsletter_partner_link"),
    ]
