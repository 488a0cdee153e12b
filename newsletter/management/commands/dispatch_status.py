"""Tell how a dispatch goes, as the progress page does."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from newsletter.management.commands.dispatch_issue import find_issue
from newsletter.report import as_plain_data

SHOWN = {
    "candidates": "readers",
    "handed_over": "handed over",
    "refused": "refused",
    "skipped": "skipped",
    "held": "held",
    "cancelled": "cancelled",
    "open": "still to do",
}
LOT = (
    "{name} subject “{subject}”{chosen}: {handed_over:,} handed over, {pressed:,} of {allowed:,} who let us count "
    "pressed a link, {left:,} left, {complained:,} complained."
)
TWICE = "Of those handed over, {:,} in doubt before and sent once more: may have got it twice."


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
        if data["stall"]:
            self.stdout.write(f"{data['stall']}.")
        for name, words in SHOWN.items():
            self.stdout.write(f"{words:>12} {data[name]:>9,}")
        for name in ("first", "second") if data["subjects"] else ():
            lot = data["subjects"][name]
            chosen = ", chosen" if data["subjects"]["chosen"] == name else ""
            self.stdout.write(LOT.format(name=name.capitalize(), chosen=chosen, **lot))
        if data["perhaps_twice"]:
            self.stdout.write(TWICE.format(data["perhaps_twice"]))
