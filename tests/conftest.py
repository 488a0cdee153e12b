"""What all tests share: three fixed people beside a subscriber, a mail sink, real worker processes."""

import os
import shutil
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import connections

from newsletter.models import Subscriber
from tests.factories import SubscriberFactory, make_site
from tests.fakes.mailchimp import FakeMailchimp, contract
from tests.fakes.smtp import Sink
from tests.fakes.workers import Worker
from tests.migrated_copy import begin_with_copy, keep_copy
from users.models import User


def _person(name: str, *groups: str, **fields: Any) -> User:
    person = User.objects.create_user(
        username=name, email=f"{name}@meadowsweet.example", password="a long passphrase", **fields
    )
    for group in groups:
        person.groups.add(Group.objects.get_or_create(name=group)[0])
    return person


def _sqlite_file() -> Path | None:
    """Where the test database lies, if it is a file of SQLite."""
    default = settings.DATABASES["default"]
    return Path(default["TEST"]["NAME"]) if "sqlite" in default["ENGINE"] else None


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    """On SQLite the test database begins as a copy of one that was migrated before, where there is one."""
    file = _sqlite_file()
    return (file is not None and begin_with_copy(file)) or django_db_keepdb


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_keepdb: bool, django_db_blocker: Any) -> None:
    """Let every connection know what migrations wrote, and keep it for the next run.

    Django remembers it on one connection object; once a browser's driver runs its event loop in this thread, Django
    makes another, which would then restore nothing.
    """
    contents = vars(connections["default"]).get("_test_serialized_contents")
    if contents is not None:
        type(connections["default"])._test_serialized_contents = contents
    if (file := _sqlite_file()) and not django_db_keepdb:
        keep_copy(file)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that commits must put back what migrations wrote (root page, locale, groups): all of them or none.

    A flush without it makes the content types anew, with other keys.
    """
    for item in items:
        marker = item.get_closest_marker("django_db")
        options = marker.kwargs if marker else {}
        commits = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
        if (commits or options.get("transaction")) and not options.get("serialized_rollback"):
            raise pytest.UsageError(f"{item.nodeid} needs django_db(transaction=True, serialized_rollback=True)")


@pytest.fixture
def editor(db: None) -> User:
    """May write, publish and send."""
    return _person("editor", is_superuser=True, is_staff=True)


@pytest.fixture
def moderator(db: None) -> User:
    """May open the admin and decide on comments, nothing else."""
    person = _person("moderator", "Moderators")
    codenames = ["access_admin", "view_comment", "change_comment"]
    person.user_permissions.add(*Permission.objects.filter(codename__in=codenames))
    return person


@pytest.fixture
def manager_of_the_list(db: None) -> User:
    """In the group List managers, with the rights that its migration gives."""
    import_module("newsletter.migrations.0010_imports_and_segments").make_group(apps, None)
    return _person("manager", "List managers")


@pytest.fixture
def stranger(db: None) -> User:
    """May log in to the admin and has no other right."""
    person = _person("stranger")
    person.user_permissions.add(Permission.objects.get(codename="access_admin"))
    return person


@pytest.fixture
def subscriber(db: None) -> Subscriber:
    """Said yes twice."""
    return SubscriberFactory(email="margaret@example.com", name="Margaret")


@pytest.fixture
def home(db: None) -> Any:
    """The page tree of a new installation."""
    return make_site()


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """A real SMTP server on loopback to which all mail of the test goes."""
    with Sink() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
        yield server


@pytest.fixture
def mailchimp(settings: Any) -> Iterator[FakeMailchimp]:
    """A Mailchimp account on loopback with one audience, and its key in the settings.

    At the end all that was sent and answered must have been as Mailchimp's description of its API says.
    """
    with FakeMailchimp() as fake:
        fake.add_audience()
        settings.MAILCHIMP_API_KEY, settings.MAILCHIMP_API_URL = fake.key, fake.url
        yield fake
    contract.violations += fake.violations
    assert not fake.violations, "\n".join(fake.violations)


@pytest.fixture
def start_worker(transactional_db: None, sink: Sink, settings: Any) -> Iterator[Callable[..., Worker]]:
    """Start real Celery worker processes on the test's database, broker and sink; all are ended afterwards."""
    from config.celery import app

    app.control.purge()  # what earlier tests rang for would be done first, for rows that are gone
    started: list[Worker] = []

    def start(**options: Any) -> Worker:
        started.append(Worker(sink, broker=settings.CELERY_BROKER_URL, **options))
        return started[-1]

    yield start
    for worker in started:
        worker.stop()


def pytest_configure() -> None:
    # The browser's driver runs an event loop in the test's thread; Django would refuse the database there.
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A process of several tells the first what it held to Mailchimp's description."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["mailchimp"] = [contract.checked, contract.violations]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what such a process told."""
    checked, violations = getattr(node, "workeroutput", {}).get("mailchimp", ({}, []))
    contract.checked.update({name: contract.checked[name] + number for name, number in checked.items()})
    contract.violations += violations


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say on what the suite ran, and what would let it run on something else."""
    for name, own, other in (
        ("TEST_DATABASE_URL", "SQLite", "PostgreSQL"),
        ("TEST_REDIS_URL", "the embedded broker", "Redis"),
    ):
        given = os.environ.get(name)
        words = f"ran on {other}." if given else f"ran on {own}; skipped on {other}: {name} is not set."
        terminalreporter.write_line(f"Tests {words}")
    terminalreporter.write_line(contract.sum_up())


def pytest_unconfigure() -> None:
    # The settings made a folder for this run; a named one is the caller's.
    if not os.environ.get("WELLPRESS_TEST_VAR") and settings.configured:
        shutil.rmtree(settings.VAR, ignore_errors=True)
