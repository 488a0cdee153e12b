"""Providers of mail on loopback: Mailgun's and Postmark's APIs as django-anymail calls them, and their faults.

Each reader of an accepted call gets a mail in `accepted`, with the words of that reader filled in as the provider does.
"""

import base64
import contextlib
import json
import re
import socket
import struct
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs

from tests.fakes.loopback import Loopback

KEY = "key-for-tests"


@dataclass(frozen=True)
class Mail:
    """One mail as its reader gets it."""

    to: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    told: dict[str, str]


@dataclass(frozen=True)
class Call:
    """One request: who it is for, how large it is, and what else it says."""

    path: str
    to: list[str]
    size: int
    asked: dict[str, Any]


Fault = Callable[["_Handler"], None]


@dataclass
class FakeEsp(Loopback):
    """`script` says what goes wrong with a call: a name of FAULTS, or nothing. Who is in `unknown` is refused."""

    script: Callable[[Call], str | None] = lambda _call: None
    unknown: set[str] = field(default_factory=set)
    accepted: list[Mail] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def copies(self) -> Counter[str]:
        """How many mails each address was accepted for."""
        return Counter(mail.to for mail in self.accepted)

    def use(self, settings: Any, name: str) -> None:
        """Let the site send by it."""
        settings.ESP, settings.ESP_STREAM = name, "broadcast"
        settings.NEWSLETTER_SENDER = f"newsletter.senders.esp.{name.title()}Sender"
        settings.ANYMAIL = {
            "MAILGUN_API_KEY": KEY,
            "MAILGUN_API_URL": f"{self.url}/v3",
            "POSTMARK_SERVER_TOKEN": KEY,
            "POSTMARK_API_URL": self.url,
            "REQUESTS_TIMEOUT": (2, 2),
        }


class _Handler(BaseHTTPRequestHandler):
    server_of: FakeEsp

    def do_POST(self) -> None:
        fake, body = self.server_of, self.rfile.read(int(self.headers.get("Content-Length") or 0))
        api = _Mailgun(self, body) if self.path.startswith("/v3/") else _Postmark(self, body)
        with fake.lock:
            fake.calls.append(api.call)
            fault = fake.script(api.call)
        with contextlib.suppress(OSError):
            if not api.is_known:
                self.say(401, {"ErrorCode": 10, "Message": "Forbidden"})
            elif fault in BEFORE:
                BEFORE[fault](self)
            elif refused := [address for address in api.call.to if address in fake.unknown]:
                self.say(*api.refuse(refused))
            else:
                with fake.lock:
                    fake.accepted += api.mails()
                AFTER[fault](self) if fault else self.say(*api.accept())

    def say(self, status: int, words: Any) -> None:
        body = words if isinstance(words, bytes) else json.dumps(words).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def cut(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def hang(self) -> None:
        self.server_of.over.wait(60)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


FakeEsp.handler = _Handler

# Before anything was accepted, and after it was.
BEFORE: dict[str | None, Fault] = {
    "too many calls": lambda at: at.say(429, {"message": "slow down"}),
    "unpaid": lambda at: at.say(402, {"message": "no credit"}),
    "cut": _Handler.cut,
}
AFTER: dict[str, Fault] = {
    "accepted, line cut": _Handler.cut,
    "accepted, no answer": _Handler.hang,
    "accepted, 500": lambda at: at.say(500, b"<html>Oops</html>"),
    "accepted, 503": lambda at: at.say(503, {"message": "try again"}),
    "accepted, not JSON": lambda at: at.say(200, b"<html>Log in to this wireless network</html>"),
    "accepted, other JSON": lambda at: at.say(200, {"fine": True}),
}


class _Mailgun:
    def __init__(self, handler: _Handler, body: bytes) -> None:
        self.fields = parse_qs(body.decode(), keep_blank_values=True)
        self.own = json.loads(self.one("recipient-variables") or "{}")
        self.is_known = handler.headers["Authorization"] == f"Basic {base64.b64encode(f'api:{KEY}'.encode()).decode()}"
        self.call = Call(handler.path, self.fields.get("to", []), len(body), {n: v[0] for n, v in self.fields.items()})

    def one(self, name: str) -> str:
        return self.fields.get(name, [""])[0]

    def mails(self) -> list[Mail]:
        return [self._mail(to) for to in self.call.to]

    def _mail(self, to: str) -> Mail:
        own = self.own.get(to, {})

        def fill(words: str) -> str:
            return re.sub(r"%recipient\.([\w:-]+)%", lambda found: own.get(found[1], ""), words)

        headers = {name[2:]: fill(values[0]) for name, values in self.fields.items() if name.startswith("h:")}
        told = {name[2:]: fill(values[0]) for name, values in self.fields.items() if name.startswith("v:")}
        return Mail(to, fill(self.one("subject")), fill(self.one("text")), fill(self.one("html")), headers, told)

    def accept(self) -> tuple[int, Any]:
        return 200, {"id": "<20261201.1@mailgun.example>", "message": "Queued. Thank you."}

    def refuse(self, _refused: list[str]) -> tuple[int, Any]:
        return 400, {"message": "'to' parameter is not a valid address. please check documentation"}


class _Postmark:
    def __init__(self, handler: _Handler, body: bytes) -> None:
        self.data = json.loads(body)
        self.messages = self.data.get("Messages", [self.data])
        self.is_known = handler.headers["X-Postmark-Server-Token"] == KEY
        self.call = Call(handler.path, [message["To"] for message in self.messages], len(body), self.data)

    def mails(self) -> list[Mail]:
        return [self._mail(message) for message in self.messages]

    def _mail(self, message: dict[str, Any]) -> Mail:
        own = message.get("TemplateModel")

        def fill(words: str) -> str:
            if own is None:
                return words
            return re.sub(r"\{\{\{(\w+)\}\}\}", lambda found: str(own.get(found[1], "")), words)

        headers = {one["Name"]: one["Value"] for one in message.get("Headers", self.data.get("Headers", []))}
        parts = [fill(self.data.get(name, "")) for name in ("Subject", "TextBody", "HtmlBody")]
        return Mail(message["To"], *parts, headers, message.get("Metadata", {}))

    def accept(self) -> tuple[int, Any]:
        if self.call.path == "/email/bulk":
            return 200, {"ID": "f24af63c", "Status": "Accepted", "PercentageCompleted": 0, "Subject": "x"}
        to = self.call.to[0]
        return 200, {"ErrorCode": 0, "Message": "OK", "MessageID": "b7bc2f4a", "To": to, "SubmittedAt": "2026-12-01"}

    def refuse(self, refused: list[str]) -> tuple[int, Any]:
        return 422, {"ErrorCode": 300, "Message": f"Invalid 'To' address: '{refused[0]}'."}
