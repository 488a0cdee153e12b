"""manage.py export_subscriber ADDRESS [--output FILE]: all that is kept about whoever gets the letter at an address."""

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from newsletter.actions.own_record import export_subscriber, find_subscriber
from newsletter.errors import NotAllowed


class Command(BaseCommand):
    """For a letter that asks for it; subscribers can get the same on their own page."""

    help = "Writes everything that is kept about one subscriber, as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:  # noqa: D102
        parser.add_argument("address", metavar="ADDRESS", help="at which the letter comes, however it is spelt")
        parser.add_argument("--output", metavar="FILE", type=Path, help="a new file, for your eyes only; else printed")

    def handle(self, *_args: Any, **options: Any) -> None:  # noqa: D102
        try:
            everything = export_subscriber(find_subscriber(options["address"]))
        except NotAllowed as error:
            raise CommandError(str(error)) from error
        words = json.dumps(everything, ensure_ascii=False, indent=2)
        if options["output"] is None:
            self.stdout.write(words)
            return
        try:
            # Nobody else on this machine is to read it, and nothing that stands there already is written over.
            handle = os.open(options["output"], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"Could not write {options['output']}: {error.strerror}.") from error
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(words + "\n")
        self.stdout.write(f"Wrote {options['output']}.")
