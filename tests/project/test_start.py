"""Starting the site: what is wrong is said in one line, with what to do."""

import os
import socket
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from home import launch
from home.management.commands.run_site import Command
from tests.fakes.smtp import free_port
from tests.project.limits import ROOT


def _manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    own = {"DJANGO_SETTINGS_MODULE": "config.settings.dev", **environment}
    command = [sys.executable, "manage.py", *arguments]
    own = {**os.environ, **own}
    return subprocess.run(command, check=False, cwd=ROOT, env=own, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DATABASE_URL", "mysql://root@localhost/x", "must begin with sqlite:/// (a file) or postgres://"),
        ("DATABASE_URL", "nonsense", "must begin with sqlite:///"),
        ("DATABASE_URL", "postgres://user@localhost:notaport/x", "DATABASE_URL cannot be read"),
        ("DATABASE_URL", "postgres://localhost", "names no database"),
        ("SITE_URL", "example.org", "It must be an address such as https://www.example.org"),
        ("EMAIL_URL", "mailto:someone", "EMAIL_URL must be smtp://"),
        ("CELERY_BROKER_URL", "ftp://x", "CELERY_BROKER_URL must begin with"),
        ("CACHE_URL", "foo", "CACHE_URL is 'foo'"),
        ("TIME_ZONE", "Mars/Base", "TIME_ZONE is 'Mars/Base'"),
        ("NEWSLETTER_CONNECTIONS", "abc", "NEWSLETTER_CONNECTIONS is 'abc'. It must be a whole number, 1 or more"),
        ("NEWSLETTER_CONNECTIONS", "0", "NEWSLETTER_CONNECTIONS is '0'"),
        ("NEWSLETTER_UNKNOWN_POLICY", "maybe", "must be one of: resend, hold"),
        ("DEFAULT_FROM_EMAIL", "rubbish", "DEFAULT_FROM_EMAIL is 'rubbish'"),
        ("LOG_LEVEL", "loud", "LOG_LEVEL is 'loud'"),
        ("DEBUG", "perhaps", "DEBUG is 'perhaps'"),
        ("DKIM_KEY", "rubbish", "DKIM_DOMAIN and DKIM_SELECTOR: missing"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_its_name(tmp_path: Path, name: str, value: str, words: str) -> None:
    done = _manage("check", **{"WELLPRESS_VAR": str(tmp_path), name: value})
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_database_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    done = _manage(
        "run_site",
        WELLPRESS_VAR=str(tmp_path),
        DATABASE_URL=f"sqlite:///{tmp_path}/missing/site.sqlite3",
        PORT=str(free_port()),
    )
    assert done.returncode == 1
    assert f"DATABASE_URL: the database {tmp_path}/missing/site.sqlite3 cannot be opened" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_taken_port_is_named_with_a_way_out(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = _manage("run_site", WELLPRESS_VAR=str(tmp_path), PORT=port)
    assert done.returncode == 1
    assert f"Port {port} on 127.0.0.1 is taken" in done.stderr
    assert "make run PORT=" in done.stderr


@pytest.mark.parametrize(("port", "words"), [("http", "must be a number"), ("99999", "between 1 and 65535")])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str, words: str) -> None:
    done = _manage("run_site", WELLPRESS_VAR=str(tmp_path), PORT=port)
    assert done.returncode == 1
    assert words in done.stderr


def test_an_address_of_another_computer_is_named(tmp_path: Path) -> None:
    done = _manage("run_site", WELLPRESS_VAR=str(tmp_path), HOST="192.0.2.1", PORT=str(free_port()))
    assert done.returncode == 1
    assert "this computer has no such address" in done.stderr


def test_a_folder_is_run_once_at_a_time(tmp_path: Path) -> None:
    claim = launch.claim_folder(tmp_path)
    done = _manage("run_site", WELLPRESS_VAR=str(tmp_path), PORT=str(free_port()))
    assert done.returncode == 1
    assert "is running already" in done.stderr
    claim.close()
    launch.claim_folder(tmp_path).close()


def test_production_refuses_unsafe_settings(tmp_path: Path) -> None:
    safe = {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "WELLPRESS_VAR": str(tmp_path),
        "SECRET_KEY": "k" * 60,
        "ALLOWED_HOSTS": "www.example.org",
        "SITE_URL": "https://www.example.org",
    }
    assert _manage("check", **safe).returncode == 0
    for name, value in [("SECRET_KEY", "short"), ("ALLOWED_HOSTS", "*"), ("SITE_URL", "http://www.example.org")]:
        done = _manage("check", **{**safe, name: value})
        assert done.returncode == 1
        assert name in done.stderr


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "FREE_MEGABYTES", 10**12)
    with pytest.raises(launch.StartError, match="MB are free"):
        launch.check_disk(tmp_path)


def test_the_mailbox_moves_to_a_free_port_when_its_own_is_taken(settings: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings.EMAIL_PORT = taken.getsockname()[1]
        address = launch.find_address("127.0.0.1", free_port())
        assert address.mail_port != settings.EMAIL_PORT
        assert launch.environment(address)["EMAIL_URL"].endswith(str(address.mail_port))


def test_the_addresses_are_printed_also_where_no_log_in_was_made(tmp_path: Path, settings: Any) -> None:
    settings.VAR = tmp_path
    said = StringIO()
    Command(stdout=said).introduce()
    assert f"{settings.SITE_URL}/admin/" in said.getvalue()
    (tmp_path / "admin-login").write_text("admin       bado-kiru-mesa-tilo\n")
    Command(stdout=said).introduce()
    assert "bado-kiru-mesa-tilo" in said.getvalue()
