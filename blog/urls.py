"""Addresses of the blog."""

from django.urls import URLPattern, path, re_path

from blog import archive_views, sitemap_views, views
from blog.commenting import mark_views, my_views, own_views, proof_views, thread_views
from blog.commenting import views as comment_views
from blog.feeds.views import author_feed, site_feed, topic_feed
from blog.moderation.mail_views import decide_from_mail

YEAR = r"articles/(?P<year>(?:19|20)\d\d)/"

app_name = "blog"
urlpatterns: list[URLPattern] = [
    path("topics/", views.topics, name="topics"),
    path("topics/<slug:slug>/", views.topic, name="topic"),
    path("corrections/", views.corrections, name="corrections"),
    path("tags/<str:slug>/", archive_views.tag, name="tag"),
    re_path(rf"^{YEAR}$", archive_views.archive_year, name="archive_year"),
    re_path(rf"^{YEAR}(?P<month>0[1-9]|1[0-2])/$", archive_views.archive_month, name="archive_month"),
    path("sitemap.xml", sitemap_views.sitemap, name="sitemap"),
    path("sitemap-<slug:section>-<int:number>.xml", sitemap_views.sitemap_part, name="sitemap_part"),
    path("feed/", site_feed, {"form": "rss"}, name="feed"),
    path("feed.json", site_feed, {"form": "json"}, name="json_feed"),
    path("authors/<slug:slug>/feed/", author_feed, {"form": "rss"}, name="author_feed"),
    path("authors/<slug:slug>/feed.json", author_feed, {"form": "json"}, name="author_json_feed"),
    path("topics/<slug:slug>/feed/", topic_feed, {"form": "rss"}, name="topic_feed"),
    path("topics/<slug:slug>/feed.json", topic_feed, {"form": "json"}, name="topic_json_feed"),
    path("comments/new/<int:article_id>/", comment_views.post_comment, name="post_comment"),
    path("comments/go/<int:pk>/", thread_views.go_to_comment, name="go_to_comment"),
    path("comments/decide/<str:token>/", decide_from_mail, name="decide_from_mail"),
    path("comments/report/<int:pk>/", mark_views.report, name="report_comment"),
    path("comments/report/<int:pk>/thanks/", mark_views.reported, name="comment_reported"),
    path("comments/helpful/<int:pk>/", mark_views.helpful, name="helpful"),
    path("comments/mine/", my_views.my_comments, name="my_comments"),
    path("comments/mine/sent/", my_views.my_comments_sent, name="my_comments_sent"),
    path("comments/mine/<str:token>/", my_views.list_my_comments, name="list_my_comments"),
    path("comments/mine/<str:token>/download/", my_views.download_my_comments, name="download_my_comments"),
    path("comments/mine/<str:token>/erase/", my_views.erase_my_comments, name="erase_my_comments"),
    path("comments/mine/<str:token>/forget/", my_views.forget_my_devices, name="forget_my_devices"),
    path("comments/prove/<str:token>/", proof_views.prove_address_page, name="prove_address"),
    path("comments/stop/<str:token>/", proof_views.stop_letters_page, name="stop_letters"),
    path("comments/device/forget/", proof_views.forget_this_device, name="forget_this_device"),
    path("comments/<str:token>/", own_views.comment_status, name="comment_status"),
    path("comments/<str:token>/take-back/", own_views.take_back_comment, name="take_back_comment"),
    path("comments/<str:token>/edit/", own_views.edit_own_comment, name="edit_comment"),
    path("comments/<str:token>/proof/", own_views.send_proof_again, name="send_proof_again"),
]
