"""Addresses of the home app."""

from django.urls import URLPattern, path

from home import contact_views, social_cards, views
from home.search.views import search

app_name = "home"
urlpatterns: list[URLPattern] = [
    path("contact/send/", contact_views.take_message, name="take_message"),
    path("contact/thanks/", contact_views.message_sent, name="message_sent"),
    path("search/", search, name="search"),
    path("reading-settings/", views.reading_settings, name="reading_settings"),
    path("cards/<kind>-<int:pk>/<slug:digest>.png", social_cards.card, name="card"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
]
