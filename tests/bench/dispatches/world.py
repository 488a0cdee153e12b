"""A database of its own, readers by the million, issues, mail servers and processes for the parts beside this file."""

import contextlib
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

SMTP_SOURCE, SMTP_SINK = Path("/usr/sbin/smtp-source"), Path("/usr/sbin/smtp-sink")
ARTICLES = 1  # in the issue: about 12 KB of HTML
BATCH = 10_000


@contextmanager
def world(folder: Path) -> Iterator[None]:
    """Django on an empty migrated database: a file in `folder`, or on the server that TEST_DATABASE_URL names."""
    for name in ("DATABASE_URL", "CELERY_BROKER_URL", "TEST_BROKER_URL", "CACHE_URL", "EMAIL_URL"):
        os.environ.pop(name, None)
    os.environ.update(WELLPRESS_TEST_VAR=str(folder), DJANGO_SETTINGS_MODULE="config.settings.test", LOG_LEVEL="ERROR")
    if url := os.environ.get("TEST_DATABASE_URL"):
        os.environ["TEST_DATABASE_URL"] = f"{url}_bench{os.getpid()}"
    import django

    django.setup()
    from django.db import connection

    from home.site_tree import ensure_site_tree
    from tests.migrated_copy import begin_with_copy

    (folder / "static").mkdir(exist_ok=True)
    is_copy = connection.vendor == "sqlite" and begin_with_copy(folder / "test.sqlite3")
    connection.creation.create_test_db(verbosity=0, keepdb=is_copy, serialize=False)
    try:
        ensure_site_tree()
        yield
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def add_readers(number: int) -> None:
    """Confirmed subscribers until there are `number`, past the ORM; half of them with a name."""
    from django.db import connection, transaction
    from django.utils import timezone

    from guard.addresses import fingerprint
    from newsletter.models import Subscriber

    already = Subscriber.objects.count()
    at = timezone.now() - timedelta(days=40)
    plain = Subscriber(state="confirmed", created_at=at, asked_at=at, confirmed_at=at, source="page")
    fields = [field for field in Subscriber._meta.concrete_fields if not field.primary_key]
    usual = {field.column: field.get_db_prep_save(getattr(plain, field.attname), connection) for field in fields}
    columns, marks = ", ".join(usual), ", ".join(["%s"] * len(usual))
    statement = f"INSERT INTO newsletter_subscriber ({columns}) VALUES ({marks})"  # noqa: S608
    for begin in range(already, number, BATCH):
        rows = []
        for n in range(begin, min(begin + BATCH, number)):
            address = f"reader{n}@bench.example"
            name = ("Margaret", "Tom", "", "")[n % 4]
            own = {"email": address, "mailbox": address, "fingerprint": fingerprint(address), "name": name}
            rows.append(tuple({**usual, **own}.values()))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(statement, rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def remove_readers() -> None:
    """All, with every dispatch: the next part begins anew."""
    from newsletter.models import Consent, Delivery, Dispatch, Slot, Subscriber, Suppression

    Slot.objects.all().delete()
    Delivery.objects.all()._raw_delete("default")
    Dispatch.objects.all().delete()
    for model in (Consent, Suppression):
        model.objects.all()._raw_delete("default")
    Subscriber.objects.all()._raw_delete("default")


def launched() -> Any:
    """A running dispatch of a new issue to everybody."""
    from newsletter.actions.dispatching import launch_dispatch

    dispatch = ordered()
    assert launch_dispatch(dispatch)
    dispatch.refresh_from_db()
    return dispatch


def ordered() -> Any:
    """The order alone."""
    from newsletter.actions.dispatching import order_dispatch

    return order_dispatch(new_issue())


def new_issue() -> Any:
    """An issue of the usual size; one issue has one dispatch, so each run needs its own."""
    from blog.models import ArticlePage, AuthorPage
    from tests.factories import ArticlePageFactory, IssuePageFactory

    while ArticlePage.objects.count() < ARTICLES:
        ArticlePageFactory()
    words = "<p>" + " ".join(["Rest, warmth and a short walk help more often than people think."] * 5) + "</p>"
    cards = [("article", {"article": page, "words": words}) for page in ArticlePage.objects.all()[:ARTICLES]]
    intro = ("intro", {"text": "<p>Welcome.</p>", "signed_by": AuthorPage.objects.first()})
    return IssuePageFactory(body=[intro, *cards])


def counts(dispatch: Any) -> Any:
    """The report's numbers, which must add up."""
    from newsletter.report import count_deliveries

    return count_deliveries(dispatch)


@contextmanager
def sink(*options: str) -> Iterator[int]:
    """`tests.bench.sink` in a process of its own; its port."""
    command = [sys.executable, "-m", "tests.bench.sink", *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield int(process.stdout.readline())
        finally:
            process.stdin.close()
            process.wait()


@contextmanager
def smtp_sink() -> Iterator[int]:
    """Postfix's own, where it is installed, else ours: the port."""
    if not SMTP_SINK.exists():
        with sink() as port:
            yield port
        return
    from tests.fakes.smtp import free_port

    port = free_port()
    as_whom = ["-u", "nobody"] if os.getuid() == 0 else []
    with subprocess.Popen([str(SMTP_SINK), *as_whom, f"127.0.0.1:{port}", "500"]) as process:
        _wait_for_port(port)
        try:
            yield port
        finally:
            process.terminate()


def _wait_for_port(port: int) -> None:
    import socket

    from tests.fakes.smtp import wait_until

    def is_open() -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        return False

    wait_until(is_open)


class Process:
    """One run of one dispatch in a process of its own (`one_run`), ready to begin."""

    def __init__(self, dispatch: Any, *, port: int, **env: Any) -> None:
        from tests.fakes.workers import database_url

        environment = {
            **os.environ,
            "TEST_DATABASE_URL": database_url(),
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            **{name: str(value) for name, value in env.items()},
        }
        command = [sys.executable, "-m", "tests.bench.dispatches.one_run", str(dispatch.pk)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        assert self.process.stdin
        assert self.process.stdout
        self._stdin, self._stdout = self.process.stdin, self.process.stdout
        assert self._stdout.readline() == "ready\n"

    def begin(self) -> None:
        """Let it work."""
        self._stdin.write("go\n")
        self._stdin.flush()

    def finish(self) -> dict[str, float]:
        """Wait for its end: cpu and database_cpu (seconds of work, without the start), peak (MB)."""
        found: dict[str, float] = json.loads(self._stdout.readline())
        self._stdin.close()
        self._stdout.close()
        self.process.wait()
        return found


def load() -> str:
    """What else this machine does, in words."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def verdict(is_reached: bool) -> str:
    """The last word of a line."""
    return "reached" if is_reached else "MISSED"


def chance() -> random.Random:
    """The same each time."""
    return random.Random(7)
