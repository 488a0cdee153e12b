"""Addresses of the local mailbox."""

from django.urls import URLPattern, path

from inbox import views

app_name = "inbox"
urlpatterns: list[URLPattern] = [
    path("", views.index, name="index"),
    path("empty/", views.empty, name="empty"),
    path("<str:name>/", views.show, name="show"),
    path("<str:name>/html/", views.html_part, name="html"),
]
