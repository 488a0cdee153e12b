"""The exchanges of `blog.spam.akismet`, over the package `akismet`; that module alone loads this one.

The package fixes the address, the time-out and what it hands out; all three are ours here. Its exceptions may hold the
key, the sent values or a stranger's page: none of their words leaves this file, and none is chained to ours.
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from ssl import SSLContext
from typing import Any

import akismet
import httpx
from django.conf import settings

from blog.errors import AkismetKeyError, AkismetSilentError
from blog.spam.akismet import Answer, Remarks, Usage, Values, without_key

TIMEOUT = 5.0  # seconds for connecting, and for each wait for a piece of the answer
DEADLINE = 12.0  # seconds in all: a server that drips holds no worker for longer
MOST_BYTES = 16 * 1024  # of an answer; the longest honest one is a short JSON
RECHECK_AT_MOST = 12 * 3600
RETRY_AFTER_AT_MOST = 3600
TOO_MANY = 429


def check_values(values: Values) -> Answer:
    """Ask about one comment. `values` as `blog.spam.akismet_values` makes them, `blog` and `user_ip` among them.

    https://akismet.com/developers/comment-check/. Raises AkismetKeyError, AkismetSilentError.
    """
    with _client(values["blog"]) as (client, seen):
        word = client.comment_check(**_arguments(values))
    words = {
        akismet.CheckResponse.HAM: "ham",
        akismet.CheckResponse.SPAM: "spam",
        akismet.CheckResponse.DISCARD: "discard",
    }
    return Answer(words[word], seen.remarks())


def submit_values(values: Values, *, is_spam: bool) -> Remarks:
    """Tell of a mistake, with the values exactly as checked. Raises AkismetKeyError, AkismetSilentError."""
    with _client(values["blog"]) as (client, seen):
        submit = client.submit_spam if is_spam else client.submit_ham
        submit(**_arguments(values))
    return seen.remarks()


def verify_key() -> tuple[bool, Remarks]:
    """Whether Akismet takes the key for this site. Raises AkismetSilentError."""
    with _client(settings.SITE_URL) as (client, seen):
        is_valid = client.verify_key()
    return is_valid, seen.remarks()


def read_usage() -> Usage:
    """How much of the plan is used. Raises AkismetSilentError, AkismetKeyError.

    Not through the package: it puts the key into the address, and addresses end in logs.
    https://akismet.com/developers/usage-limit/
    """
    with _client(settings.SITE_URL) as (_, seen):
        sent = seen.http.post(f"{_ORIGIN}/1.2/usage-limit", data={"api_key": settings.AKISMET_API_KEY})
        if sent.text.strip() == "invalid":
            raise akismet.APIKeyError
        sent.raise_for_status()
        found = sent.json()
        return Usage(float(found.get("percentage") or 0), found.get("throttled") in {True, "1", "true"})


_ORIGIN = "https://rest.akismet.com"  # what the package calls; the transport leads it to AKISMET_API_URL


@dataclass(slots=True)
class _Seen:
    """What one exchange showed besides the words that the package reads."""

    http: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 0

    def remarks(self) -> Remarks:
        """The headers as lines that may be kept and shown."""
        return Remarks(
            guid=self._line("x-akismet-guid", 100),
            recheck_after=_whole(self.headers.get("x-akismet-recheck-after", ""), RECHECK_AT_MOST),
            alert_code=self._line("x-akismet-alert-code", 10),
            alert=self._line("x-akismet-alert-msg", 250),
        )

    def _line(self, name: str, most: int) -> str:
        return without_key(" ".join(self.headers.get(name, "").split()))[:most]

    def debug_help(self) -> str:
        """Why it answered so."""
        return self._line("x-akismet-debug-help", 150)


@contextlib.contextmanager
def _client(blog: str) -> Iterator[tuple[akismet.SyncClient, _Seen]]:
    """A client for one request, and what that request showed. Faults leave as ours, in words without secrets."""
    seen = _Seen()
    transport = _Transport(settings.AKISMET_API_URL, seen)
    headers = {"User-Agent": f"Wellpress | {akismet.USER_AGENT}", "Accept-Encoding": "identity"}
    with httpx.Client(transport=transport, timeout=TIMEOUT, headers=headers, trust_env=False) as http:
        seen.http = http
        fault: AkismetSilentError | AkismetKeyError
        try:
            yield akismet.SyncClient(config=akismet.Config(settings.AKISMET_API_KEY, blog), http_client=http), seen
        except akismet.APIKeyError:
            fault = AkismetKeyError(seen.debug_help() or "The key was refused.")
        except akismet.ProtocolError:
            help_words = seen.debug_help()
            words = f"It finds fault with what was sent: {help_words}" if help_words else "Its answer made no sense."
            fault = AkismetSilentError(words, is_down=not help_words)
        except (akismet.AkismetError, httpx.HTTPError, ValueError, TypeError, AttributeError) as error:
            fault = _silence(error, seen)
        else:
            return
        remarks = seen.remarks()
        fault.alert_code, fault.alert = remarks.alert_code, remarks.alert
        raise fault from None  # its own text, and that of its causes, may show the key


def _silence(error: Exception, seen: _Seen) -> AkismetSilentError:
    cause = error.__cause__ or error
    if isinstance(cause, httpx.TimeoutException):
        return AkismetSilentError("It took too long to answer.")
    if seen.status == TOO_MANY:
        after = _whole(seen.headers.get("retry-after", ""), RETRY_AFTER_AT_MOST)
        return AkismetSilentError("It says that we ask too often (429).", retry_after=after)
    if isinstance(cause, httpx.HTTPStatusError):
        return AkismetSilentError(f"It answered with the status {seen.status}.")
    if isinstance(cause, httpx.ConnectError):
        return AkismetSilentError("It takes no connection.")
    if isinstance(cause, httpx.HTTPError):
        return AkismetSilentError("The connection broke off.")
    return AkismetSilentError("Its answer made no sense.")


def _arguments(values: Values) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "blog"}


def _whole(value: str, most: int) -> int:
    value = value.strip()
    return min(int(value), most) if value.isascii() and value.isdigit() and len(value) < 9 else 0  # noqa: PLR2004


class _Transport(httpx.BaseTransport):
    """Leads the package's fixed address to ours, ends in time, reads so many bytes, and keeps the headers."""

    def __init__(self, base: str, seen: _Seen) -> None:
        self._base = httpx.URL(base)
        self._seen = seen
        self._wire = httpx.HTTPTransport(verify=_tls(), trust_env=False, limits=httpx.Limits(max_connections=1))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One exchange. Raises httpx's errors."""
        path = self._base.raw_path.rstrip(b"/") + request.url.raw_path
        url = self._base.copy_with(raw_path=path)
        request.url = url
        request.headers["Host"] = url.netloc.decode("ascii")
        with _ends_in_time() as note_socket:
            request.extensions["trace"] = note_socket
            answer = self._wire.handle_request(request)
            try:
                body = _first_bytes(answer)
            finally:
                answer.close()
        self._seen.status, self._seen.headers = answer.status_code, dict(answer.headers)
        kept = {name: value for name, value in answer.headers.items() if name.startswith("x-akismet-")}
        return httpx.Response(answer.status_code, headers=kept, content=body)

    def close(self) -> None:
        """Let go of the connection."""
        self._wire.close()


def _first_bytes(answer: httpx.Response) -> bytes:
    body = b""
    for chunk in answer.iter_raw():
        body += chunk
        if len(body) > MOST_BYTES:
            raise httpx.DecodingError("Too much.")
    return body


@contextlib.contextmanager
def _ends_in_time() -> Iterator[Callable[[str, dict[str, Any]], None]]:
    """Cut the line at the deadline, whatever it does: each single wait has a time-out, but drops of bytes renew it."""
    line: list[socket.socket] = []
    is_over = threading.Event()

    def note_socket(event: str, info: dict[str, Any]) -> None:
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            line[:] = [info["return_value"].get_extra_info("socket")]

    def cut() -> None:
        is_over.set()
        for open_socket in line:
            with contextlib.suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(DEADLINE, cut)
    timer.daemon = True
    timer.start()
    try:
        yield note_socket
    except httpx.HTTPError as error:
        if is_over.is_set():
            raise httpx.ReadTimeout("Over.") from error
        raise
    finally:
        timer.cancel()


@lru_cache(maxsize=1)
def _tls() -> SSLContext:
    return httpx.create_ssl_context(trust_env=False)
