"""manage.py erase_comments ADDRESS [--yes]: forget everything about whoever writes from an address."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from blog.actions.own_comments import erase_commenter
from blog.management.writers import find_writer


class Command(BaseCommand):
    """For a letter that asks for it; writers can do the same by themselves at /comments/mine/."""

    help = "Erases all comments of one email address and what is kept with them. Others' replies stay."

    def add_arguments(self, parser: ArgumentParser) -> None:  # noqa: D102
        parser.add_argument("address", metavar="ADDRESS", help="as it was given with the comments")
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *_args: Any, **options: Any) -> None:  # noqa: D102
        writer = find_writer(options["address"])
        number = writer.comments.count()
        words = f"{number} comment{'' if number == 1 else 's'}"
        if not options["yes"]:
            self.stdout.write(f"This erases {words} of {options['address']}, for good.")
            if input("Type yes to go on: ").strip().lower() != "yes":
                raise CommandError("Nothing was erased.")
        erase_commenter(writer)
        self.stdout.write(f"Erased {words}. Copies of the database that you made still hold them.")
