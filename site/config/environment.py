"""Settings from the environment. A wrong value stops the start with the variable's name and what it should be."""

from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import EmailValidator

env = environ.Env()

SQLITE_OPTIONS = {
    # IMMEDIATE takes the write lock at BEGIN: without it two read-then-write transactions deadlock at once, and the
    # time-out does not help. FULL because the ledger of hand-overs must survive a power cut.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}


def database(default: str) -> dict[str, Any]:
    """DATABASE_URL as Django's DATABASES entry: `sqlite:////absolute/path` or `postgres://user:pass@host/name`.

    Raises ImproperlyConfigured for anything else, with the name of the variable.
    """
    url = env.str("DATABASE_URL", default=default)
    scheme = urlsplit(url).scheme
    if scheme not in {"sqlite", "postgres", "postgresql"}:
        raise ImproperlyConfigured(
            f"DATABASE_URL is {url!r}. It must begin with sqlite:/// (a file) or postgres:// (a server)."
        )
    try:
        settings = dict(env.db_url_config(url))
    except ValueError as error:  # a port that is no number, for example
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read: {error}.") from error
    if scheme == "sqlite":
        return {**settings, "OPTIONS": SQLITE_OPTIONS, "CONN_MAX_AGE": 60}  # opening it costs more than most queries
    if not settings.get("NAME"):
        raise ImproperlyConfigured("DATABASE_URL names no database: postgres://user:password@host:5432/NAME")
    return {**settings, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}


def web_address(name: str, default: str) -> str:
    """The variable `name` as an http(s) address without a slash at its end."""
    value = env.str(name, default=default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ImproperlyConfigured(f"{name} is {value!r}. It must be an address such as https://www.example.org")
    return value


def service_address(name: str, default: str) -> str:
    """The variable `name` as the address of a service that gets personal data: encrypted, or on this machine."""
    value = web_address(name, default)
    if not value.startswith("https://") and urlsplit(value).hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise ImproperlyConfigured(f"{name} is {value!r}. It must begin with https://: personal data goes there.")
    return value


def access_key(name: str) -> str:
    """The variable `name` as a key, empty where there is none. A wrong one is not repeated in the message."""
    value = env.str(name, default="").strip()
    if not value.isascii() or not value.isprintable() or " " in value:
        raise ImproperlyConfigured(f"{name} must be a key: letters and digits, without a blank inside.")
    return value


def mail(default: str) -> dict[str, Any]:
    """EMAIL_URL as Django's EMAIL_* settings: smtp://, smtp+tls:// (STARTTLS) or smtp+ssl://user:pass@host:port."""
    url = env.str("EMAIL_URL", default=default)
    if urlsplit(url).scheme not in {"smtp", "smtp+tls", "smtp+ssl", "smtps"}:
        raise ImproperlyConfigured(
            "EMAIL_URL must be smtp://host:port, smtp+tls://user:password@host:587 or smtp+ssl://user:password@host:465"
        )
    return dict(env.email_url_config(url))


def one_of(name: str, choices: tuple[str, ...]) -> str:
    """The variable `name`, which must be one of the choices; the first of them is the default."""
    value = env.str(name, default=choices[0])
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}. It must be one of: {', '.join(choices)}.")
    return value


def whole_number(name: str, default: int, *, least: int = 0) -> int:
    """The variable `name` as a whole number, not less than `least`."""
    value = env.str(name, default=str(default))
    if not value.strip().lstrip("-").isdecimal() or int(value) < least:
        raise ImproperlyConfigured(f"{name} is {value!r}. It must be a whole number, {least} or more.")
    return int(value)


def yes_or_no(name: str, *, default: bool) -> bool:
    """The variable `name` as a truth value."""
    if not env.str(name, default=""):
        return default
    return one_of(name, ("yes", "true", "on", "1", "no", "false", "off", "0")) in {"yes", "true", "on", "1"}


def time_zone(default: str) -> str:
    """TIME_ZONE, one that this machine knows."""
    value = env.str("TIME_ZONE", default=default)
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ImproperlyConfigured(f"TIME_ZONE is {value!r}. It must be a name such as Europe/London.") from error
    return value


def mail_address(name: str, default: str) -> str:
    """The variable `name` as a mail address, alone or as `Name <address>`."""
    value = env.str(name, default=default)
    try:
        EmailValidator(allowlist=["localhost"])(parseaddr(value)[1])
    except ValidationError as error:
        raise ImproperlyConfigured(f"{name} is {value!r}. It must be like: The editors <us@example.org>") from error
    return value


def cache(default: str) -> dict[str, Any]:
    """CACHE_URL as an entry of Django's CACHES: locmemcache://, rediscache://host:port/0, filecache:///folder, …."""
    try:
        return dict(env.cache("CACHE_URL", default=default))
    except (ImproperlyConfigured, KeyError, ValueError) as error:
        value = env.str("CACHE_URL", default=default)
        raise ImproperlyConfigured(f"CACHE_URL is {value!r}. It must be like rediscache://127.0.0.1:6379/0") from error


def celery_broker(default: str) -> str:
    """CELERY_BROKER_URL: sqlite:////path (embedded), redis://…, rediss://… or amqp://…."""
    url = env.str("CELERY_BROKER_URL", default=default)
    if urlsplit(url).scheme not in {"sqlite", "redis", "rediss", "amqp", "amqps", "memory"}:
        raise ImproperlyConfigured("CELERY_BROKER_URL must begin with sqlite://, redis:// or amqp://")
    # kombu warns at every connection of an address without a host.
    return url.replace("sqlite:///", "sqlite://localhost/", 1) if url.startswith("sqlite:///") else url


def folder(name: str, default: Path) -> Path:
    """The variable `name` as a folder, made if it is missing."""
    path = Path(env.str(name, default=str(default))).absolute()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"{name}: cannot make the folder {path}: {error.strerror}.") from error
    return path
