"""manage.py export_subscribers [--segment SLUG] [--output FILE]: people as CSV."""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from newsletter.actions.exporting import export_people
from newsletter.models import Segment, Subscriber


class Command(BaseCommand):
    """The same file as the list in the admin gives."""

    help = "Writes everybody, or one segment, as CSV in which no cell runs as a formula."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whom, and where to."""
        parser.add_argument("--segment", metavar="SLUG", help="only the people whom this segment means")
        parser.add_argument("--output", metavar="FILE", type=Path, help="a new file, for your eyes only; else printed")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Stream it."""
        slug = options["segment"]
        segment = Segment.objects.filter(slug=slug).first() if slug else None
        if slug and segment is None:
            raise CommandError(f"There is no segment {slug!r}.")
        people = segment.people() if segment else Subscriber.objects.all()
        lines = export_people(people.order_by("pk"), chosen={"segment": slug} if slug else {})
        if options["output"] is None:
            self.stdout.writelines(lines)
            return
        try:
            # Nobody else on this machine is to read it, and nothing that stands there already is written over.
            handle = os.open(options["output"], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"Could not write {options['output']}: {error.strerror}.") from error
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
        self.stdout.write(f"Wrote {options['output']}.")
