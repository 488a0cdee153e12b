"""The local mailbox keeps every mail and shows it safely."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.test import Client

from inbox.mailbox import find_mail, list_mails
from inbox.server import start_server
from tests.fakes.smtp import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailbox(tmp_path: Path, settings: Any) -> Iterator[Controller]:
    settings.INBOX_FOLDER = tmp_path / "mail"
    server = start_server(settings.INBOX_FOLDER, host="127.0.0.1", port=free_port())
    yield server
    server.stop()


def _send(server: Controller, *, html: str = "", **headers: str) -> None:
    mail = EmailMessage()
    for name, value in {"From": "a@example.com", "To": "b@example.com", "Subject": "Good day", **headers}.items():
        mail[name] = value
    mail.set_content("Plain words: naïve café")
    if html:
        mail.add_alternative(html, subtype="html")
    with smtplib.SMTP(server.hostname, server.port) as client:
        client.send_message(mail)


def test_a_mail_is_shown_as_html_text_and_source(mailbox: Controller, client: Client, settings: Any) -> None:
    _send(mailbox, html="<p>Rich words</p>")
    (mail,) = list_mails(settings.INBOX_FOLDER)
    assert "Good day" in client.get("/mail/").content.decode()
    page = client.get(f"/mail/{mail.name}/").content.decode()
    assert "Plain words: naïve café" in page
    assert "X-Envelope-To" not in page
    assert "MIME-Version" in page
    assert client.get(f"/mail/{mail.name}/html/").content.decode().strip() == "<p>Rich words</p>"


def test_a_mails_html_cannot_run_scripts(mailbox: Controller, client: Client, settings: Any) -> None:
    _send(mailbox, html="<script>alert(1)</script>", Subject="<script>alert(2)</script>")
    (mail,) = list_mails(settings.INBOX_FOLDER)
    policy = client.get(f"/mail/{mail.name}/html/")["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "<script>alert(2)" not in client.get(f"/mail/{mail.name}/").content.decode()


def test_the_newest_mail_comes_first_and_the_mailbox_can_be_emptied(
    mailbox: Controller, client: Client, settings: Any
) -> None:
    _send(mailbox, Subject="First")
    _send(mailbox, Subject="Second")
    assert [mail.subject for mail in list_mails(settings.INBOX_FOLDER)] == ["Second", "First"]
    assert client.post("/mail/empty/").status_code == 302
    assert "No mail yet" in client.get("/mail/").content.decode()


def test_another_site_cannot_empty_the_mailbox(mailbox: Controller, client: Client, settings: Any) -> None:
    _send(mailbox)
    assert client.post("/mail/empty/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert len(list_mails(settings.INBOX_FOLDER)) == 1


@pytest.mark.parametrize("name", ["../../etc/passwd", "1764020000000000000-deadbeef", "x", "..", "%2e%2e"])
def test_an_unknown_or_hostile_name_is_not_found(mailbox: Controller, client: Client, settings: Any, name: str) -> None:
    assert find_mail(settings.INBOX_FOLDER, name) is None
    assert client.get(f"/mail/{name}/").status_code == 404


def test_a_message_that_is_no_mail_at_all_is_kept_and_shown(mailbox: Controller, client: Client, settings: Any) -> None:
    with smtplib.SMTP(mailbox.hostname, mailbox.port) as server:
        server.sendmail("a@example.com", ["b@example.com"], b"\x00\xff\xfe no header here\r\n\r\n\x80")
    (mail,) = list_mails(settings.INBOX_FOLDER)
    assert client.get(f"/mail/{mail.name}/").status_code == 200


def test_a_link_in_a_framed_mail_opens_a_page_of_its_own(mailbox: Controller, client: Client, settings: Any) -> None:
    _send(mailbox, html="<html><head><title>T</title></head><body><a href='http://testserver/x'>Go</a></body></html>")
    (mail,) = list_mails(settings.INBOX_FOLDER)
    assert '<head><base target="_blank">' in client.get(f"/mail/{mail.name}/html/").content.decode()


def test_many_mails_come_in_pages_and_can_be_searched(client: Client, tmp_path: Path, settings: Any) -> None:
    settings.INBOX_FOLDER = tmp_path
    for number in range(60):
        name = f"{1_764_020_000_000_000_000 + number}-deadbeef"
        (tmp_path / f"{name}.eml").write_text(
            f"X-Envelope-To: r{number}@example.com\r\nSubject: Issue {number}\r\n\r\nx"
        )
    first, second = (client.get(f"/mail/?page={page}").content.decode() for page in (1, 2))
    assert "60 mails" in first
    assert "Issue 59" in first
    assert "Issue 9<" not in first
    assert "Issue 9<" in second
    found = client.get("/mail/?q=r7@example.com").content.decode()
    assert "1 mail" in found
    assert "Issue 7<" in found
    assert "Issue 8<" not in found
