"""manage.py erase_subscriber ADDRESS [--yes]: forget everything about whoever gets the letter at an address."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from newsletter.actions.erasing import erase_subscriber
from newsletter.actions.own_record import find_subscriber
from newsletter.errors import NotAllowed


class Command(BaseCommand):
    """For a letter that asks for it; subscribers can do the same on their own page."""

    help = "Erases one subscriber with all that refers to them. A keyed hash stays, so that no list brings them back."

    def add_arguments(self, parser: ArgumentParser) -> None:  # noqa: D102
        parser.add_argument("address", metavar="ADDRESS", help="at which the letter comes, however it is spelt")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *_args: Any, **options: Any) -> None:  # noqa: D102
        try:
            person = find_subscriber(options["address"])
        except NotAllowed as error:
            raise CommandError(str(error)) from error
        if not options["yes"]:
            self.stdout.write(f"This erases {person.email} with all that we keep about them, for good.")
            if input("Type yes to go on: ").strip().lower() != "yes":
                raise CommandError("Nothing was erased.")
        erase_subscriber(person)
        self.stdout.write("Erased. Copies of the database that you made still hold them.")
