"""Addresses of the newsletter."""

from django.urls import URLPattern, path

from newsletter.archive_views import show_as_sent
from newsletter.feeds import issue_feed
from newsletter.mailchimp.webhook_views import take_mailchimp_webhook
from newsletter.subscribing import (
    click_views,
    ebook_views,
    follow_views,
    leave_form_views,
    leave_views,
    own_buttons,
    own_record_views,
    own_views,
    redeem_views,
    sign_up_views,
)
from newsletter.webhook_views import take_webhook

app_name = "newsletter"
urlpatterns: list[URLPattern] = [
    path("feed/", issue_feed, {"form": "rss"}, name="feed"),
    path("feed.json", issue_feed, {"form": "json"}, name="json_feed"),
    path("as-sent/<int:pk>/", show_as_sent, name="as_sent"),
    path("sign-up/", sign_up_views.sign_up, name="sign_up"),
    path("sign-up/from-elsewhere/", sign_up_views.sign_up_from_elsewhere, name="sign_up_from_elsewhere"),
    path("sign-up/thanks/", sign_up_views.sign_up_done, name="sign_up_done"),
    path("confirm/<str:token>/", sign_up_views.confirm, name="confirm"),
    path("unsubscribe/<str:token>/", leave_views.unsubscribe, name="unsubscribe"),
    path("follow/<str:mark>/", follow_views.follow, name="follow"),
    path("follow/yes/<str:token>/", follow_views.follow_yes, name="follow_yes"),
    path("follow/stop/<str:token>/", follow_views.unfollow, name="unfollow"),
    path("leave/", leave_form_views.leave, name="leave"),
    path("leave/sent/", leave_form_views.leave_sent, name="leave_sent"),
    path("mine/<str:token>/", own_views.own, name="own"),
    path("mine/all/<str:token>/", own_views.own_fresh, name="own_fresh"),
    path("mine/all/<str:token>/copy/", own_record_views.own_copy, name="own_copy"),
    path("mine/all/<str:token>/erase/", own_record_views.own_erase, name="own_erase"),
    path("new-address/<str:token>/", own_buttons.new_address, name="new_address"),
    path("not-me/<str:token>/", own_buttons.put_back, name="put_back"),
    path("keep/<str:token>/", own_buttons.stay, name="stay"),
    path("e-book/<str:token>/", ebook_views.ebook, name="ebook"),
    path("mail/<str:secret>/", take_webhook, name="mail_webhook"),
    path("mailchimp/<str:secret>/", take_mailchimp_webhook, name="mailchimp_webhook"),
    path("c/<str:token>/", click_views.click, name="click"),
    path("codes/<str:token>/", redeem_views.redeem, name="redeem"),
]
