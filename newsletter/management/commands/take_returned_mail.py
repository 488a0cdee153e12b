"""Read mail that came back, from files or from the mail server's pipe."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from letters.actions import is_sending_enabled
from newsletter.actions.mailbox_visits import visit_mailbox
from newsletter.actions.returned_mail import take_returned_mail
from newsletter.mailboxes import MailboxAway
from newsletter.returned_mail import MOST_BYTES

TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits.h: a mail server keeps the message and pipes it again


class Command(BaseCommand):
    """`take_returned_mail FILE…`; `-` is the standard input, so that a mail server can pipe each message here.

    Without a file it visits the mailbox of RETURNED_MAIL_URL, as the worker does every five minutes.
    """

    help = "Read returned mail and spam reports (one message a file, - for the standard input) and act on them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The files."""
        parser.add_argument("files", nargs="*", metavar="FILE")

    def handle(self, *_args: Any, **options: Any) -> None:
        """One line a message; exit 75 when the database is away, 1 when a file could not be read."""
        if not options["files"]:
            self._visit()
            return
        unread = []
        for name in options["files"]:
            try:
                taken, report = take_returned_mail(_read(name))
            except OSError as error:
                unread.append(f"{name}: {error.strerror or error}")
                continue
            except DatabaseError as error:
                self.stderr.write(f"{name}: the database is away, try again: {error}")
                sys.exit(TRY_AGAIN)
            what = f"{report.kind.label}{f' ({report.status})' if report.status else ''}: " if report else ""
            self.stdout.write(f"{name}: {what}{taken.value}")
        if unread:
            raise CommandError("Not read: " + "; ".join(unread))

    def _visit(self) -> None:
        if not settings.RETURNED_MAIL_URL:
            raise CommandError("Name files, or set RETURNED_MAIL_URL to the mailbox.")
        if not is_sending_enabled():
            raise CommandError("SENDING_ENABLED_FOR does not name this host: its mailbox is left alone.")
        try:
            found = visit_mailbox()
        except MailboxAway as error:
            raise CommandError(f"RETURNED_MAIL_URL: {error}") from error
        for taken, number in found.items():
            self.stdout.write(f"{number}: {taken.value}")
        self.stdout.write(f"{found.total()} mails read.")


def _read(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(MOST_BYTES)
    with Path(name).open("rb") as file:
        return file.read(MOST_BYTES)
