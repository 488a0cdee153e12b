"""manage.py import_wordpress FILE [--dry-run] [--media DIR]: articles from a WordPress export."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError

from blog.errors import BlogError
from blog.wordpress.importing import NoPlaceError, import_export
from blog.wordpress.report import Outcome, Report


class Command(BaseCommand):
    """Tells what it does while it does it, then adds it up."""

    help = (
        "Makes articles, authors, topics and redirects from a WordPress export (Tools > Export in WordPress). "
        "A second run makes nothing new; what was edited here is left alone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:  # noqa: D102
        parser.add_argument("file", metavar="FILE", type=Path, help="the export, an .xml file")
        parser.add_argument("--dry-run", action="store_true", help="report what would happen and change nothing")
        parser.add_argument(
            "--media",
            metavar="DIR",
            type=Path,
            help="a copy of wp-content/uploads: pictures that stand in posts are taken from there",
        )

    def handle(self, *_args: Any, **options: Any) -> None:  # noqa: D102
        media = options["media"]
        if media and not media.is_dir():
            raise CommandError(f"{media} is no folder.")
        report = Report()
        with _opened(options["file"]) as file:
            outcomes = import_export(file, media=media, dry_run=options["dry_run"])
            failure = self._follow(outcomes, report)
        if failure and not report.acts:
            raise CommandError(f"{failure} Nothing was imported.")
        self.stdout.write("\n" + "\n".join(report.summary()))
        if options["dry_run"]:
            self.stdout.write("\nThis was a dry run: nothing was changed.")
        if failure:
            raise CommandError(f"{failure} What is listed above was read; the next run goes on from there.")

    def _follow(self, outcomes: Iterator[Outcome], report: Report) -> str:
        """Print what happens while it happens; in words what stopped it, empty if nothing did."""
        try:
            for outcome in outcomes:
                for line in report.add(outcome):
                    self.stdout.write(line)
        except NoPlaceError as error:
            return f"{error} Set the site up first, with `make run` or `manage.py load_demo`, then import."
        except BlogError as error:
            return str(error)
        except KeyboardInterrupt:
            return "Stopped."
        return ""


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
