"""Addresses of the blog."""

from django.urls import URLPattern, path

from blog import comment_views, views
from blog.feeds import ArticleFeed

app_name = "blog"
urlpatterns: list[URLPattern] = [
    path("topics/", views.topics, name="topics"),
    path("topics/<slug:slug>/", views.topic, name="topic"),
    path("feed/", ArticleFeed(), name="feed"),
    path("comments/new/<int:article_id>/", comment_views.post_comment, name="post_comment"),
    path("comments/go/<int:pk>/", comment_views.go_to_comment, name="go_to_comment"),
    path("comments/<str:token>/", comment_views.comment_status, name="comment_status"),
    path("comments/<str:token>/take-back/", comment_views.take_back_comment, name="take_back_comment"),
]
