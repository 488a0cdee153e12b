"""Wiring only: settings, URLs, Celery, servers. No models."""

from .celery import app as celery_app

__all__ = ["celery_app"]
