"""Makes the first accounts of an installation and keeps their log-ins where only its owner reads them."""

import os
import secrets
from functools import partial
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction

from users.models import User

CONSONANTS = "bdfghklmnprstvwz"
VOWELS = "aeiou"


def login_file() -> Path:
    """Where the log-ins lie: one `name passphrase` a line, readable by the owner alone."""
    return Path(settings.VAR) / "admin-login"


def read_logins() -> dict[str, str]:
    """Passphrases by username, as they were made; a passphrase changed since then is not known here."""
    path = login_file()
    if not path.exists():
        return {}
    return dict(line.split(maxsplit=1) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())


def ensure_admin() -> User | None:
    """Make the account `admin` if nobody may do everything yet; its log-in goes to `login_file()`."""
    if User.objects.filter(is_superuser=True, is_active=True).exists():
        return None
    admin = _account("admin")
    admin.is_staff = admin.is_superuser = True
    admin.save()
    return admin


def ensure_colleague(username: str, *groups: str, first_name: str, last_name: str) -> User:
    """An account in these groups, made at the first call; its log-in goes to `login_file()`."""
    if known := User.objects.filter(username=username).first():
        return known
    colleague = _account(username)
    colleague.first_name, colleague.last_name = first_name, last_name
    colleague.save()
    colleague.groups.add(*(Group.objects.get(name=group) for group in groups))
    return colleague


def make_passphrase() -> str:
    """Four words that can be said aloud and typed, about 50 bits: `bado-kiru-mesa-tilo`."""
    return "-".join("".join(_syllable() for _ in range(2)) for _ in range(4))


def _syllable() -> str:
    return secrets.choice(CONSONANTS) + secrets.choice(VOWELS)


def _account(username: str) -> User:
    passphrase = make_passphrase()
    account, _ = User.objects.get_or_create(username=username, defaults={"email": f"{username}@meadowsweet.example"})
    account.set_password(passphrase)
    account.is_active = True
    transaction.on_commit(partial(_keep, username, passphrase))
    return account


def _keep(username: str, passphrase: str) -> None:
    logins = {**read_logins(), username: passphrase}
    path = login_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(f"{username:<12}{passphrase}\n" for username, passphrase in logins.items())
