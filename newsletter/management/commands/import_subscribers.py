"""manage.py import_subscribers FILE.csv [--dry-run] [--consent "…"] [--ask]: people from another list."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count

from newsletter.actions.import_runs import run_import
from newsletter.actions.importing import begin_import, order_check, order_import
from newsletter.errors import NewsletterError
from newsletter.importing.looking import DELIMITERS, ENCODINGS
from newsletter.models import ImportLine, SubscriberImport

_TAKEN = {SubscriberImport.State.IMPORTING, SubscriberImport.State.DONE}


class Command(BaseCommand):
    """The same as Subscribers > Import in the admin: always a dry run first."""

    help = "Takes people from a CSV file onto the list. Never changes who is known, never brings back who left."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, how far to go, and where these people agreed."""
        parser.add_argument("file", metavar="FILE.csv", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="tell what would be done, and change nothing")
        parser.add_argument(
            "--consent", default="", metavar="WORDS", help="where and when they agreed to get the letter"
        )
        parser.add_argument("--ask", action="store_true", help="ask each by a letter; they join by its button")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Check, report, take, report."""
        try:
            with options["file"].open("rb") as file:
                found = begin_import(file, filename=options["file"].name)
        except OSError as error:
            raise CommandError(f"Cannot read {options['file']}: {error.strerror}.") from error
        except NewsletterError as error:
            raise CommandError(f"{options['file']}: {error}") from error
        try:
            self._check(found)
            if not options["dry_run"]:
                self._take(found, consent=options["consent"], with_letter=options["ask"])
        except NewsletterError as error:
            raise CommandError(str(error)) from error
        finally:
            if found.state not in _TAKEN:
                found.delete()  # one that is not over is gone on with by the worker

    def _check(self, found: SubscriberImport) -> None:
        self.stdout.write(f"Read as {ENCODINGS[found.encoding]}, columns separated by {DELIMITERS[found.delimiter]}.")
        order_check(found, encoding=found.encoding, delimiter=found.delimiter, columns=found.columns)
        _wait_for(found)
        self._tell(found, "would be taken")

    def _take(self, found: SubscriberImport, *, consent: str, with_letter: bool) -> None:
        if not consent.strip():
            raise CommandError("Nobody was taken. Say where and when these people agreed: --consent “…”")
        order_import(found, consent=consent, with_letter=with_letter)
        _wait_for(found)
        self._tell(found, "were asked by letter" if with_letter else "were taken")

    def _tell(self, found: SubscriberImport, verb: str) -> None:
        if found.fault:
            raise CommandError(found.fault)
        for line in found.lines.order_by("number", "pk").iterator(chunk_size=2000):
            words = f": {line.words}" if line.words else ""
            self.stdout.write(f"line {line.number}: {line.email} {line.get_kind_display()}{words}")
        self.stdout.write(f"{found.taken:,} {verb}.")
        for kind, number in found.lines.values_list("kind").annotate(Count("pk")).order_by("kind"):
            self.stdout.write(f"{number:,} {ImportLine.Kind(kind).label}.")


def _wait_for(found: SubscriberImport) -> None:
    """Do it here; if a worker was quicker, wait for it."""
    while found.state in SubscriberImport.WORKING:
        run_import(found.pk)
        found.refresh_from_db()
        if found.state in SubscriberImport.WORKING:
            time.sleep(1)
