"""What must be true before the site can start on a laptop, and the processes it consists of."""

import errno
import fcntl
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import OperationalError, connection

FREE_MEGABYTES = 200


class StartError(Exception):
    """In words for the person at the keyboard, with what to do."""


@dataclass(frozen=True)
class Address:
    """Where the site and its mailbox listen."""

    host: str
    port: int
    mail_port: int


def check_disk(folder: Path) -> None:
    """Refuse to start on a full disk: half a migration is worse than none."""
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < FREE_MEGABYTES:
        raise StartError(f"Only {free} MB are free where {folder} is. At least {FREE_MEGABYTES} MB are needed.")


def check_database() -> None:
    """Refuse to start without a database that answers."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        name = settings.DATABASES["default"]["NAME"]
        raise StartError(f"DATABASE_URL: the database {name} cannot be opened ({reason}).") from error


def find_address(host: str, port: int) -> Address:
    """The site's address; the mailbox takes the port of EMAIL_URL, or any free one when that is taken."""
    if not is_free(host, port):
        raise StartError(f"Port {port} on {host} is taken. Stop what uses it, or choose another: make run PORT=8001")
    mail_port = int(settings.EMAIL_PORT)
    return Address(host, port, mail_port if is_free("127.0.0.1", mail_port) else _any_port())


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise StartError(f"This account may not listen on port {port}. Choose one above 1023.") from error
        except socket.gaierror as error:
            raise StartError(f"HOST is {host!r}: there is no such address on this computer.") from error
        except OverflowError as error:
            raise StartError(f"PORT is {port}: it must be between 1 and 65535.") from error
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise StartError(f"HOST is {host}: this computer has no such address.") from error
            return False
    return True


def claim_folder(folder: Path) -> IO[str]:
    """Keep every other start in this folder out for as long as the file that is returned is open.

    Two clocks on one database do no harm, but nobody wants two sites that share their rows by mistake.
    """
    claim = (folder / "running.lock").open("w")
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        claim.close()
        raise StartError(
            f"The site in {folder} is running already. Stop that one first, or give this one a folder of its own: "
            "make run WELLPRESS_VAR=/another/folder PORT=8001"
        ) from error
    return claim


def environment(address: Address) -> dict[str, str]:
    """The environment of all processes: they agree on the site's address and on the mailbox's."""
    own = {
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings.dev"),
        "PYTHONUNBUFFERED": "1",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    if not os.environ.get("SITE_URL"):
        own["SITE_URL"] = settings.SITE_URL
    if is_local_mailbox():
        own["EMAIL_URL"] = f"smtp://127.0.0.1:{address.mail_port}"
    return {**os.environ, **own}


def is_local_mailbox() -> bool:
    """Whether mail goes to this machine's own mailbox and not to a server that the operator named."""
    return bool(getattr(settings, "INBOX_FOLDER", None)) and not os.environ.get("EMAIL_URL")


def processes(address: Address) -> Iterator[tuple[str, str]]:
    """Name and command line of each process."""
    keep = f"exec {sys.executable} -m home.keep_alive"  # `exec`: signals must reach the process, not its shell
    web = f"granian --interface wsgi --host {address.host} --port {address.port} --blocking-threads 4 --no-ws"
    yield "web", f"{keep} {web} --log-level warning config.wsgi:application"
    quiet = "--without-gossip --without-mingle --without-heartbeat"
    yield "worker", f"{keep} celery -q -A config worker -P threads -c 4 -l WARNING {quiet}"
    yield "beat", f"{keep} celery -q -A config beat -l WARNING"
    if is_local_mailbox():
        yield "mail", f"{keep} python manage.py run_inbox"


def _any_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
