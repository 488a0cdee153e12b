"""manage.py export_comments ADDRESS [--output FILE]: all that is kept about whoever writes from an address."""

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from blog.actions.own_comments import export_commenter
from blog.management.writers import find_writer


class Command(BaseCommand):
    """For a letter that asks for it; writers can get the same by themselves at /comments/mine/."""

    help = "Writes everything that is kept about the comments of one email address, as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:  # noqa: D102
        parser.add_argument("address", metavar="ADDRESS", help="as it was given with the comments")
        parser.add_argument("--output", metavar="FILE", type=Path, help="a new file, for your eyes only; else printed")

    def handle(self, *_args: Any, **options: Any) -> None:  # noqa: D102
        everything = export_commenter(find_writer(options["address"]))
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
        number = len(everything["comments"])
        self.stdout.write(f"Wrote {number} comment{'' if number == 1 else 's'} to {options['output']}.")
