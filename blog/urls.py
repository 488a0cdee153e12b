"""Addresses of the blog."""

from django.urls import URLPattern, path

from blog import comment_views, views
from blog.feeds.views import author_feed, site_feed, topic_feed

app_name = "blog"
urlpatterns: list[URLPattern] = [
    path("topics/", views.topics, name="topics"),
    path("topics/<slug:slug>/", views.topic, name="topic"),
    path("feed/", site_feed, {"form": "rss"}, name="feed"),
    path("feed.json", site_feed, {"form": "json"}, name="json_feed"),
    path("authors/<slug:slug>/feed/", author_feed, {"form": "rss"}, name="author_feed"),
    path("authors/<slug:slug>/feed.json", author_feed, {"form": "json"}, name="author_json_feed"),
    path("topics/<slug:slug>/feed/", topic_feed, {"form": "rss"}, name="topic_feed"),
    path("topics/<slug:slug>/feed.json", topic_feed, {"form": "json"}, name="topic_json_feed"),
    path("comments/new/<int:article_id>/", comment_views.post_comment, name="post_comment"),
    path("comments/go/<int:pk>/", comment_views.go_to_comment, name="go_to_comment"),
    path("comments/<str:token>/", comment_views.comment_status, name="comment_status"),
    path("comments/<str:token>/take-back/", comment_views.take_back_comment, name="take_back_comment"),
]
