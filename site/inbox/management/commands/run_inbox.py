"""`manage.py run_inbox`: the local mailbox's SMTP server, at the address of EMAIL_URL."""

import signal
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from inbox.server import start_server


class Command(BaseCommand):
    """Runs until it is told to stop."""

    help = "Accept all mail on EMAIL_HOST:EMAIL_PORT and keep it for the page at /mail/. Nothing leaves this machine."

    def handle(self, *args: Any, **options: Any) -> None:
        """Listen until SIGTERM or Ctrl-C."""
        folder = getattr(settings, "INBOX_FOLDER", None)
        if not folder:
            raise CommandError("INBOX_FOLDER is not set: the local mailbox is for a laptop, not for a server.")
        host, port = settings.EMAIL_HOST, settings.EMAIL_PORT
        try:
            server = start_server(Path(folder), host=host, port=port)
        except OSError as error:
            raise CommandError(
                f"Cannot listen on {host}:{port} ({error.strerror}). Is another mailbox running?"
            ) from error
        self.stdout.write(f"Mail for {host}:{port} is kept in {folder}")
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        stop.wait()
        server.stop()
