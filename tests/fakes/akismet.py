"""An Akismet on loopback: real HTTP, the answers and headers of its API, and every fault that a test asks for."""

import contextlib
import json
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.fakes.loopback import Loopback

KEY = "0123456789ab"
THANKS = "Thanks for making the web a better place."
NEEDED = {
    "/1.1/verify-key": ("key", "blog"),
    "/1.1/comment-check": ("api_key", "blog", "user_ip"),
    "/1.1/submit-spam": ("api_key", "blog", "user_ip"),
    "/1.1/submit-ham": ("api_key", "blog", "user_ip"),
    "/1.2/usage-limit": ("api_key",),
}


@dataclass(frozen=True)
class Call:
    """One request: which call, and its fields."""

    path: str
    fields: dict[str, str]
    agent: str

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def sent(self) -> dict[str, str]:
        """What was said about the comment: all but the key."""
        return {name: value for name, value in self.fields.items() if name != "api_key"}


@dataclass(frozen=True)
class Reply:
    """An answer; 200 with plain text if not said otherwise."""

    text: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200
    kind: str = "text/plain; charset=utf-8"


Fault = Callable[["_Handler"], None]
Script = Callable[[Call], "Reply | Fault | None"]


class FakeAkismet(Loopback):
    """`script` answers a call in another way than the service would; None: as the service does.

    As the service: whose author is “akismet-guaranteed-spam” is spam, whose role is administrator is ham and wins,
    blatant words are to be discarded, all else is ham.
    """

    def __init__(self, script: Script = lambda _call: None, *, key: str = KEY) -> None:
        self.script = script
        self.key = key
        self.calls: list[Call] = []
        self.usage: dict[str, Any] = {"limit": 350000, "usage": 7463, "percentage": "2.13", "throttled": False}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def named(self, name: str) -> list[Call]:
        """The calls of one kind, in order: "comment-check"."""
        return [call for call in self.calls if call.name == name]

    def take(self, call: Call) -> "Reply | Fault":
        """Note it, and find its answer."""
        with self.lock:
            self.calls.append(call)
        return self.script(call) or self.answer(call)

    def answer(self, call: Call) -> Reply:
        """What the service says."""
        for name in NEEDED.get(call.path, ()):
            if not call.fields.get(name):
                return Reply("invalid", {"X-akismet-debug-help": f"Missing required field: {name}."})
        if call.path not in NEEDED:
            return Reply("Not found", status=404)
        if call.fields.get("api_key", call.fields.get("key")) != self.key:
            return Reply("invalid", {"X-akismet-debug-help": "We were unable to parse your blog URI"})
        if call.name == "usage-limit":
            return Reply(json.dumps(self.usage), kind="application/json")
        if call.name == "comment-check":
            return self._judge(call.fields)
        return Reply("valid" if call.name == "verify-key" else THANKS)

    def _judge(self, fields: dict[str, str]) -> Reply:
        guid = {"X-akismet-guid": f"guid-{len(self.calls)}"}
        if fields.get("user_role") == "administrator":
            return Reply("false", guid)
        if "blatant" in fields.get("comment_content", ""):
            return Reply("true", {**guid, "X-akismet-pro-tip": "discard"})
        return Reply("true" if fields.get("comment_author") == "akismet-guaranteed-spam" else "false", guid)


class _Handler(BaseHTTPRequestHandler):
    server_of: FakeAkismet

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self._take(body)

    def do_GET(self) -> None:
        self._take(urlsplit(self.path).query)

    def _take(self, form: str) -> None:
        fields = dict(parse_qsl(form, keep_blank_values=True))
        reply = self.server_of.take(Call(urlsplit(self.path).path, fields, self.headers["User-Agent"]))
        with contextlib.suppress(OSError):
            if isinstance(reply, Reply):
                self.plain(reply)
            else:
                reply(self)

    def plain(self, reply: Reply) -> None:
        body = reply.text.encode()
        self.send_response(reply.status)
        for name, value in {**reply.headers, "Content-Type": reply.kind, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


FakeAkismet.handler = _Handler


def hang(handler: _Handler) -> None:
    """Take the request and never answer."""
    handler.server_of.over.wait(60)


def reset(handler: _Handler) -> None:
    """Cut the line."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def drip(handler: _Handler) -> None:
    """One byte of an endless header at a time: no single wait is ever long."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not handler.server_of.over.wait(0.05):
        handler.wfile.write(b".")


def pour(handler: _Handler) -> None:
    """A body without end."""
    handler.send_response(200)
    handler.end_headers()
    while not handler.server_of.over.is_set():
        handler.wfile.write(b"x" * 16384)


def garble(handler: _Handler) -> None:
    """Something that is not HTTP."""
    handler.wfile.write(b"\x16\x03\x01 220 mail.example ESMTP\r\n\r\n")


FAULTS: dict[str, Reply | Fault] = {
    "429": Reply("Too many", {"Retry-After": "120"}, status=429),
    "500": Reply("Oops", status=500),
    "503": Reply("<html>maintenance</html>", status=503),
    "redirect": Reply("", {"Location": "https://elsewhere.example/"}, status=302),
    "hang": hang,
    "reset": reset,
    "drip": drip,
    "pour": pour,
    "not HTTP": garble,
    "empty": Reply(""),
    "html": Reply("<!doctype html><title>Log in to this wireless network</title>"),
    "wrong word": Reply("maybe"),
    "missing field": Reply("invalid field", {"X-akismet-debug-help": "Missing required field: user_ip."}),
}
