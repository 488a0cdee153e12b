"""Mail to a named server goes only to that server, encrypted."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone

from newsletter.senders import Message, Outcome, Result
from newsletter.senders.mail import MailSender
from newsletter.senders.smtp_line import Line
from tests.fakes.smtp import Sink, free_port

MESSAGE = Message("letters@meadowsweet.example", "joan@example.com", b"Subject: x\r\n\r\nhello\r\n")
HOST = "127.0.0.1"
Key = ec.EllipticCurvePrivateKey


class Office:
    """Makes certificates; what it signs is trusted where its own certificate is."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Office")])
        is_office = x509.BasicConstraints(ca=True, path_length=0)
        own = self._build(self._name, self._key, days=1).add_extension(is_office, critical=True)
        self.root = folder / "root.pem"
        self.root.write_bytes(own.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def context(self, *, names: x509.GeneralName, days: int = 1, is_signed: bool = True) -> ssl.SSLContext:
        """A server's TLS with a certificate for that name, which is over when `days` is negative."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server")])
        wanted = self._build(subject, key, days=days, is_own=not is_signed)
        made = wanted.add_extension(x509.SubjectAlternativeName([names]), False)
        path = self._folder / "server.pem"
        path.write_bytes(
            made.sign(self._key if is_signed else key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(path)
        return context

    def _build(self, subject: x509.Name, key: Key, *, days: int, is_own: bool = False) -> x509.CertificateBuilder:
        end = timezone.now() + timedelta(days=days)
        return x509.CertificateBuilder(
            issuer_name=subject if is_own else self._name,
            subject_name=subject,
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=end - timedelta(days=5),
            not_valid_after=end,
        )


class Kept:
    """What a server does with a message."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.raw.append(bytes(envelope.content or b""))
        return "250 OK"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: Any, settings: Any) -> Office:
    made = Office(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.root))
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = HOST, 5
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    return made


RIGHT, WRONG = x509.IPAddress(ip_address(HOST)), x509.DNSName("mail.elsewhere.example")


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ({"names": RIGHT}, ""),
        ({"names": RIGHT, "days": -1}, "expired"),
        ({"names": WRONG}, "mismatch"),
        ({"names": RIGHT, "is_signed": False}, "self-signed"),
    ],
    ids=["good", "expired", "another's name", "self-signed"],
)
def test_only_a_server_that_can_show_who_it_is_gets_a_message(
    office: Office, settings: Any, made: dict[str, Any], words: str
) -> None:
    kept = Kept()
    settings.EMAIL_USE_SSL, settings.EMAIL_PORT = True, free_port()
    server = Controller(kept, hostname=HOST, port=settings.EMAIL_PORT, ssl_context=office.context(**made))
    with running(server):
        outcome = send()
    if words:
        assert outcome.is_ours
        assert words in outcome.reply.lower()
    else:
        assert outcome.result is Result.HANDED_OVER
    assert len(kept.raw) == (0 if words else 1)


def test_a_server_that_no_longer_offers_tls_gets_nothing(sink: Sink, settings: Any) -> None:
    settings.EMAIL_USE_TLS = True
    outcome = send()
    assert outcome.is_ours
    assert "STARTTLS" in outcome.reply
    assert not sink.raw


@contextmanager
def running(server: Controller) -> Iterator[None]:
    server.start()
    yield
    server.stop()


def send() -> Outcome:
    sender = MailSender()
    try:
        return sender.send(MESSAGE)
    finally:
        sender.close()


def test_what_follows_a_message_does_not_keep_it_here(office: Office) -> None:
    # The server reads the message and no more: all of that has left, whatever was to follow it.
    mine, theirs = socket.socketpair()
    for end in (mine, theirs):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
    said, read = b"x" * 32_768, bytearray()

    def serve() -> None:
        with office.context(names=RIGHT).wrap_socket(theirs, server_side=True) as server:
            read.extend(server.recv(1))
            while len(read) < len(said):
                read.extend(server.recv(len(said) - len(read)))
            over.wait(10)

    over, thread = threading.Event(), threading.Thread(target=serve)
    thread.start()
    line = Line(ssl.create_default_context().wrap_socket(mine, server_hostname=HOST), ())
    try:
        line.write(said, ahead=b"y" * 1_000_000)
        until = time.monotonic() + 5
        while (line.owes or len(read) < len(said)) and time.monotonic() < until:
            line.flush()
        assert bytes(read) == said
        assert not line.owes
    finally:
        over.set()
        line.close()
        thread.join()
