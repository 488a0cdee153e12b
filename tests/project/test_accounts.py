"""The first accounts of an installation: made once, their log-ins kept where only the owner reads them."""

import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate

from users.accounts import ensure_admin, ensure_colleague, login_file, make_passphrase, read_logins
from users.models import User


@pytest.fixture
def logins(settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Any) -> Callable[[], dict[str, str]]:
    """Make the admin as the launcher does; then the log-ins in its file."""
    settings.VAR = tmp_path

    def make() -> dict[str, str]:
        with django_capture_on_commit_callbacks(execute=True):
            ensure_admin()
        return read_logins()

    return make


@pytest.mark.django_db
def test_the_admin_can_log_in_with_what_the_file_says(db: None, logins: Callable[[], dict[str, str]]) -> None:
    assert authenticate(username="admin", password=logins()["admin"]) == User.objects.get(is_superuser=True)


def test_only_the_owner_reads_the_file(db: None, logins: Callable[[], dict[str, str]]) -> None:
    logins()
    assert stat.S_IMODE(login_file().stat().st_mode) == 0o600


def test_a_second_start_keeps_the_passphrase(db: None, logins: Callable[[], dict[str, str]]) -> None:
    first = logins()
    assert logins() == first


def test_no_admin_is_made_where_somebody_may_do_everything(editor: User, logins: Callable[[], dict[str, str]]) -> None:
    assert logins() == {}
    assert not User.objects.filter(username="admin").exists()


def test_an_admin_who_lost_all_rights_is_made_anew(db: None, logins: Callable[[], dict[str, str]]) -> None:
    logins()
    User.objects.update(is_superuser=False, is_active=False)
    assert authenticate(username="admin", password=logins()["admin"]) is not None


def test_a_colleague_gets_a_group_and_no_more(
    db: None, logins: Callable[[], dict[str, str]], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        colleague = ensure_colleague("tomas", "Editors", first_name="Tomas", last_name="Vetch")
    assert [group.name for group in colleague.groups.all()] == ["Editors"]
    assert not colleague.is_superuser
    assert authenticate(username="tomas", password=read_logins()["tomas"]) == colleague
    assert ensure_colleague("tomas", "Editors", first_name="T", last_name="V") == colleague


def test_a_passphrase_can_be_said_aloud_and_is_never_the_same() -> None:
    made = {make_passphrase() for _ in range(50)}
    assert len(made) == 50
    assert all(re.fullmatch(r"[a-z]{4}(-[a-z]{4}){3}", passphrase) for passphrase in made)
