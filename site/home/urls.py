"""Addresses of the home app."""

from django.urls import URLPattern, path

from home import views

app_name = "home"
urlpatterns: list[URLPattern] = [
    path("robots.txt", views.robots, name="robots"),
]
