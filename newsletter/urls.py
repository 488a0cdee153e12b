"""Addresses of the newsletter."""

from django.urls import URLPattern, path

from newsletter.feeds import issue_feed
from newsletter.subscribing import ebook_views, leave_views, own_views, sign_up_views

app_name = "newsletter"
urlpatterns: list[URLPattern] = [
    path("feed/", issue_feed, {"form": "rss"}, name="feed"),
    path("feed.json", issue_feed, {"form": "json"}, name="json_feed"),
    path("sign-up/", sign_up_views.sign_up, name="sign_up"),
    path("sign-up/from-elsewhere/", sign_up_views.sign_up_from_elsewhere, name="sign_up_from_elsewhere"),
    path("sign-up/thanks/", sign_up_views.sign_up_done, name="sign_up_done"),
    path("confirm/<str:token>/", sign_up_views.confirm, name="confirm"),
    path("unsubscribe/<str:token>/", leave_views.unsubscribe, name="unsubscribe"),
    path("mine/<str:token>/", own_views.own, name="own"),
    path("e-book/<str:token>/", ebook_views.ebook, name="ebook"),
]
