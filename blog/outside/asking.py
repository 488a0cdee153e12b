"""One HTTP request to a server that we do not trust: to a checked machine, for so many seconds, for so many bytes.

The name is resolved once, every address it has is checked, and the connection goes to exactly those addresses: a name
that means another machine a moment later (DNS rebinding) gains nothing. No redirect is followed here. Each wait on
the socket is cut by one deadline, so that a server that drips one byte at a time cannot hold a worker.
"""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import httpcore
from django.conf import settings

from .addresses import check_link, check_machine
from .errors import NoAnswerError, NoConnectionError, NotAskedError

MOST_BYTES = 64 * 1024
MOST_MACHINES = 3  # addresses of one name that are tried
ROBOT = "WellpressLinkCheck"
_TOO_SLOW = "The server took too long to answer."

Resolve = Callable[[str, int], list[str]]


@dataclass(frozen=True)
class Answer:
    """What the server said; `body` is cut at MOST_BYTES, `location` is as it was sent."""

    status: int
    location: str = ""
    body: bytes = b""


def ask(url: str, *, method: str, seconds: float, resolve: Resolve | None = None) -> Answer:
    """Send one request. Raises NotAskedError where none may be sent, NoAnswerError where nothing usable came back."""
    check_link(url)
    deadline = time.monotonic() + seconds
    backend = _CheckedNetwork(deadline, resolve or (lambda host, port: resolve_name(host, port, seconds=seconds)))
    headers = {
        "User-Agent": f"{ROBOT}/1.0 (+{settings.SITE_URL})",
        "Accept": "text/html,application/xhtml+xml,application/pdf,*/*;q=0.8",
        "Accept-Language": "en-GB,en;q=0.8,*;q=0.5",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    with (
        _in_words(),
        httpcore.ConnectionPool(
            ssl_context=_tls(), network_backend=backend, max_connections=1, max_keepalive_connections=0
        ) as pool,
        pool.stream(method, url, headers=list(headers.items())) as response,
    ):
        location = dict(response.headers).get(b"location") or dict(response.headers).get(b"Location", b"")
        return Answer(response.status, location.decode("latin-1"), _first_bytes(response.iter_stream()))


def resolve_name(host: str, port: int, *, seconds: float) -> list[str]:
    """The IP addresses of a host. The system's resolver knows no time-out, so it is asked in a thread of its own."""
    found: list[Any] = []

    def look_up() -> None:
        try:
            found.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            found.append(error)

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(seconds)
    if not found:
        raise NoConnectionError("The name was not resolved in time.", is_ours=True)
    if isinstance(found[0], Exception):
        is_ours = getattr(found[0], "errno", None) == socket.EAI_AGAIN
        raise NoConnectionError("Nobody knows the name of this server.", is_ours=is_ours)
    return list(dict.fromkeys(entry[4][0] for entry in found[0]))


class _CheckedNetwork(httpcore.NetworkBackend):
    """Connects to public machines only, and lets nothing take longer than the deadline."""

    def __init__(self, deadline: float, resolve: Resolve) -> None:
        self._deadline = deadline
        self._resolve = resolve
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first machine behind the name that takes one; every one of them is checked before."""
        machines = self._resolve(host, port)
        if not machines:
            raise NoConnectionError("Nobody knows the name of this server.")
        for machine in machines:
            check_machine(machine, port)
        for machine in machines[:MOST_MACHINES]:
            try:
                return _TimedStream(
                    self._sockets.connect_tcp(machine, port, timeout=_left(self._deadline)), self._deadline
                )
            except httpcore.ConnectError:
                continue
        raise NoConnectionError("The server takes no connection.")


class _TimedStream(httpcore.NetworkStream):
    """A stream whose every wait ends at the deadline, however often the other side sends a byte."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """As the stream does."""
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """As the stream does."""
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        """As the stream does."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same, encrypted."""
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline)), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """As the stream does."""
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise NoAnswerError(_TOO_SLOW)
    return left


def _first_bytes(chunks: Iterable[bytes]) -> bytes:
    body = b""
    for chunk in chunks:
        body += chunk
        if len(body) >= MOST_BYTES:
            break
    return body[:MOST_BYTES]


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return httpcore.default_ssl_context()


@contextlib.contextmanager
def _in_words() -> Iterator[None]:
    """Let every fault of the connection be a NoAnswerError with words for an editor."""
    try:
        yield
    except httpcore.ConnectTimeout as error:
        raise NoConnectionError(_TOO_SLOW) from error
    except httpcore.TimeoutException as error:
        raise NoAnswerError(_TOO_SLOW) from error
    except httpcore.ConnectError as error:
        raise NoConnectionError(_about_tls(error)) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise NoAnswerError("The server broke off, or answered with something that is not HTTP.") from error
    except (httpcore.UnsupportedProtocol, ValueError) as error:
        raise NotAskedError("This is no web address.") from error


def _about_tls(error: Exception) -> str:
    if "CERTIFICATE" in str(error).upper():
        return "Its certificate is not valid: browsers warn of it."
    return "The encrypted connection failed." if "SSL" in str(error) else "The server takes no connection."
