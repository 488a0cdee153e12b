"""Addresses of the home app."""

from django.urls import URLPattern, path

from home import social_cards, views

app_name = "home"
urlpatterns: list[URLPattern] = [
    path("search/", views.search, name="search"),
    path("reading-settings/", views.reading_settings, name="reading_settings"),
    path("cards/<kind>-<int:pk>/<slug:digest>.png", social_cards.card, name="card"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
]
