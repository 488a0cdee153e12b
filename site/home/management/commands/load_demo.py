"""`manage.py load_demo`: write the demo magazine into an empty site, once."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from home.demo.load import has_content, load_demo
from users.accounts import ensure_admin, login_file


class Command(BaseCommand):
    """Part of `make run`."""

    help = "Load the demo magazine Meadowsweet into a site without content; does nothing to any other site."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make sure that somebody can log in, and load what is not there yet."""
        if ensure_admin() is not None:
            self.stdout.write(f"  The log-in of “admin” is in {login_file()}.")
        if has_content():
            self.stdout.write("  The site has its content already: nothing to load.")
            return
        begun = time.monotonic()
        with quiet("wagtail", "django_tasks"):
            load_demo(now=timezone.now(), say=lambda words: self.stdout.write(f"  {words}"))
        self.stdout.write(f"  The demo magazine is loaded ({time.monotonic() - begun:.0f} seconds).")


@contextmanager
def quiet(*names: str) -> Iterator[None]:
    """Keep these loggers' lines about every single page out of the way of the progress lines."""
    loggers = {logging.getLogger(name): logging.getLogger(name).level for name in names}
    for logger in loggers:
        logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        for logger, level in loggers.items():
            logger.setLevel(level)
