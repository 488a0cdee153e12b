"""Tell how a dispatch goes, as the progress page does."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from newsletter.management.commands.dispatch_issue import find_issue
from newsletter.report import as_plain_data

SHOWN = ("candidates", "handed_over", "refused", "skipped", "held", "cancelled", "open")


class Command(BaseCommand):
    """`dispatch_status SLUG [--json]`."""

    help = "Show the state of an issue's newest dispatch and its numbers, counted from rows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The issue's slug and the form of the answer."""
        parser.add_argument("slug")
        parser.add_argument("--json", action="store_true", help="for a program")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print it."""
        dispatch = find_issue(options["slug"]).dispatches.order_by("-pk").first()
        if dispatch is None:
            raise CommandError(f"The issue {options['slug']!r} has not been ordered yet.")
        data = as_plain_data(dispatch)
        if options["json"]:
            self.stdout.write(json.dumps(data, indent=2))
            return
        self.stdout.write(f"Issue “{dispatch.issue}”: {dispatch.get_state_display()}")
        if data["reason"]:
            self.stdout.write(data["reason"])
        for name in SHOWN:
            self.stdout.write(f"{name.replace('_', ' '):>12} {data[name]:>9,}")
