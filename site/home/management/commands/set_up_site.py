"""`manage.py set_up_site`: the page tree and the first pages of a new server."""

from typing import Any

from django.core.management.base import BaseCommand

from home.site_tree import follow_site_url, set_up_site


class Command(BaseCommand):
    """What `make run` does by itself; safe to repeat."""

    help = "Make the page tree and the first pages in an empty site, and let links follow SITE_URL."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Do it, and say where to go on."""
        set_up_site()
        follow_site_url()
        self.stdout.write("The site has its pages. Set its name and its contact address in the admin under Settings.")
