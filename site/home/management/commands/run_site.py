"""`manage.py run_site`: set up what is missing, then run web, worker, beat and the local mailbox together."""

import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from honcho.manager import Manager

from home import launch
from home.site_tree import follow_site_url, set_up_site
from users.accounts import ensure_admin, read_logins


class Command(BaseCommand):
    """What `make run` calls."""

    help = "Migrate, load the demo magazine once, then run the whole site until Ctrl-C."
    requires_system_checks: list[str] = []  # noqa: RUF012 - Django's own form; migrate runs the checks

    def add_arguments(self, parser: CommandParser) -> None:
        """HOST and PORT come from the environment (`make run PORT=8001`): the settings make links from them."""
        parser.add_argument("--no-demo", action="store_true", help="Start without the demo magazine.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare, say where everything is, run."""
        host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
        try:
            address = self.prepare(host, port, demo=not options["no_demo"])
        except launch.StartError as error:
            raise CommandError(str(error)) from error
        self.introduce()
        sys.exit(self.run(address))

    def prepare(self, host: str, port: str, *, demo: bool) -> launch.Address:
        """Check, migrate, load. Raises StartError."""
        if not port.isdecimal():
            raise launch.StartError(f"PORT is {port!r}: it must be a number such as 8000.")
        address = launch.find_address(host, int(port))
        self.claim = launch.claim_folder(Path(settings.VAR))
        launch.check_disk(Path(settings.VAR))
        launch.check_database()
        self.stdout.write("Setting up the database …")
        call_command("migrate", verbosity=0, interactive=False)
        if demo:
            self.stdout.write("Looking after the demo magazine …")
            call_command("load_demo", stdout=self.stdout)
        set_up_site()
        ensure_admin()
        follow_site_url()
        return address

    def introduce(self) -> None:
        """Print the addresses and how to log in."""
        lines = [
            "",
            f"  The magazine   {settings.SITE_URL}/",
            f"  The admin      {settings.SITE_URL}/admin/",
            *(f"                 {name:<12}{passphrase}" for name, passphrase in read_logins().items()),
        ]
        if launch.is_local_mailbox():
            lines.append(f"  All mail       {settings.SITE_URL}/mail/")
        self.stdout.write("\n".join([*lines, "", "  Ctrl-C stops everything; the data stays in var/.", ""]))

    def run(self, address: launch.Address) -> int:
        """Run the processes until one of them ends or Ctrl-C; the exit code."""
        manager = Manager()
        for name, command in launch.processes(address):
            manager.add_process(name, command, env=launch.environment(address), cwd=str(settings.BASE_DIR))
        manager.loop()
        return int(manager.returncode or 0)
