"""Web servers elsewhere, on loopback: those that answer, lead on, refuse, hang, drip and pour."""

import contextlib
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.fakes.loopback import Loopback


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    method: str
    path: str
    host: str
    agent: str
    at: float


@dataclass
class Elsewhere(Loopback):
    """A server whose paths answer as `pages` says: a status, (status, location), or a function of the handler."""

    pages: dict[str, Any] = field(default_factory=dict)
    robots: str | int | None = None
    tls: ssl.SSLContext | None = None
    asked: list[Asked] = field(default_factory=list)

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http{'s' if self.tls else ''}://{host}:{self.port}{path}"

    def paths(self, *, robots: bool = False) -> list[str]:
        """What was asked for, in order, as “HEAD /path”."""
        return [f"{one.method} {one.path}" for one in self.asked if robots or one.path != "/robots.txt"]


class _Handler(BaseHTTPRequestHandler):
    server_of: Elsewhere

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def _answer(self) -> None:
        headers = self.headers
        self.server_of.asked.append(
            Asked(self.command, self.path, headers["Host"], headers["User-Agent"], time.monotonic())
        )
        with contextlib.suppress(OSError):
            if self.path == "/robots.txt":
                self._send_robots(self.server_of.robots)
            else:
                self._send(self.server_of.pages.get(self.path, 404))

    def _send_robots(self, robots: str | int | None) -> None:
        if isinstance(robots, str):
            self.plain(200, robots.encode())
        else:
            self.plain(robots or 404)

    def _send(self, page: int | tuple[int, str] | dict[str, Any] | Callable[[Any], None]) -> None:
        if isinstance(page, dict):  # another answer for each method
            page = page[self.command]
        if isinstance(page, int):
            self.plain(page)
        elif isinstance(page, tuple):
            self.plain(page[0], location=page[1])
        else:
            page(self)

    def plain(self, status: int, body: bytes = b"", *, location: str = "") -> None:
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


Elsewhere.handler = _Handler


def hang(handler: Any) -> None:
    """Take the request and never answer."""
    handler.server_of.over.wait(30)


def drip(handler: Any) -> None:
    """One byte of an endless header every twentieth of a second: no single wait is ever long."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not handler.server_of.over.wait(0.05):
        handler.wfile.write(b".")


def pour(handler: Any) -> None:
    """A body without end; `poured` of the server counts its bytes."""
    handler.send_response(200)
    handler.end_headers()
    while not handler.server_of.over.is_set():
        handler.wfile.write(b"x" * 16384)
        handler.server_of.poured = getattr(handler.server_of, "poured", 0) + 16384


def garble(handler: Any) -> None:
    """Something that is not HTTP."""
    handler.wfile.write(b"\x16\x03\x01 220 mail.example ESMTP\r\n\r\n")
