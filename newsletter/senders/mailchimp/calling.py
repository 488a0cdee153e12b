"""The one place that calls Mailchimp: time-outs, lines, pauses, and every kind of failure as an error of ours.

What mailchimp-marketing 3.0.80 does otherwise, each found by trying: errors are text, for it does not parse
problem+json; an error without a body is returned as if it were an answer, and so is every 204; its exceptions cannot
be unpickled and may hold a whole page; it replaces each "server" in an address; it waits 120 seconds, without limit.
"""

import json
import logging
import random
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any, TypeVar

import mailchimp_marketing
import requests
from django.conf import settings
from mailchimp_marketing.api_client import ApiClient, ApiClientError

from newsletter.bounce_rules import without_addresses
from newsletter.errors import (
    MailchimpAway,
    MailchimpError,
    MailchimpKeyRefused,
    MailchimpRefused,
    MailchimpThrottled,
    MailchimpUncertain,
    MailchimpUnreachable,
)
from newsletter.senders.mailchimp import health, lines

log = logging.getLogger(__name__)

TRIES = 6
CONNECT = 5.0  # seconds
LONGEST_PAUSE = 20.0  # seconds
MOST_BYTES = 32 * 1024 * 1024  # of an answer; a page of a thousand members is two or three
AGENT = "Wellpress"
_NO_BODY = 204
Found = TypeVar("Found")


class Caller:
    """One account, by MAILCHIMP_API_KEY. `tries` 1: no second try, for whoever cannot wait.

    Not for use inside a transaction, nor while a reader waits.
    """

    def __init__(self, *, tries: int = TRIES) -> None:
        self._tries = tries
        api = _Client({"api_key": settings.MAILCHIMP_API_KEY, "server": ""})
        base = settings.MAILCHIMP_API_URL.rstrip("/")
        api.host = base if base.endswith("/3.0") else f"{base}/3.0"
        self.lists, self.campaigns = mailchimp_marketing.ListsApi(api), mailchimp_marketing.CampaignsApi(api)
        self.reports, self.root = mailchimp_marketing.ReportsApi(api), mailchimp_marketing.RootApi(api)
        self.pings = mailchimp_marketing.PingApi(api)

    def call(
        self,
        method: Callable[..., Any],
        *args: Any,
        is_repeatable: bool,
        read: Callable[[Any], Found] = lambda answer: answer,
        **query: Any,
    ) -> Found:
        """One call and what `read` makes of its JSON ({} where there is none).

        Raises MailchimpRefused (for good), MailchimpUncertain (it may have been done), MailchimpAway (it was not done).
        What was surely not done is tried again by itself; what may have been done only where it `is_repeatable`.
        """
        if not settings.MAILCHIMP_API_KEY:
            raise MailchimpKeyRefused("MAILCHIMP_API_KEY is not set.", 401, "API Key Missing")
        for attempt in range(1, self._tries + 1):
            try:
                return self._call_once(method, *args, read=read, **query)
            except (MailchimpAway, MailchimpUncertain) as error:
                may_repeat = is_repeatable or isinstance(error, MailchimpAway)
                if attempt == self._tries or not may_repeat:
                    raise
                time.sleep(_pause(attempt))
        raise AssertionError  # the last try returns or raises

    def _call_once(self, method: Callable[..., Any], *args: Any, read: Callable[[Any], Found], **query: Any) -> Found:
        health.ensure_awake()
        try:
            with lines.one_line() as line:
                try:
                    answer = _read_answer(method, *args, **query)
                except _GaveUpWaiting as error:
                    line.is_open_there = True
                    raise MailchimpUncertain(str(error)) from None
            found = _make_sense(read, answer)
        except MailchimpRefused as error:
            if isinstance(error, MailchimpKeyRefused):
                health.note_fault(error)
            else:
                health.note_answer()
            raise
        except MailchimpError as error:
            health.note_fault(error)
            log.warning("Mailchimp, %s: %s", method.__name__, error)
            raise
        health.note_answer()
        return found


class _GaveUpWaiting(MailchimpUncertain):
    """No answer in time."""


class _Client(ApiClient):
    """The package's client with our way of asking: no redirect, no proxy of the shell, answers of a bounded size."""

    def request(self, method: str, url: str, query_params: Any = None, headers: Any = None, body: Any = None) -> Any:
        """One exchange, on a connection of its own. Raises the errors of requests."""
        until = time.monotonic() + settings.MAILCHIMP_HOLDS_CALLS
        content = None if method == "GET" else json.dumps(body)
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(
                method,
                url,
                params=query_params,
                data=content,
                headers={**(headers or {}), "User-Agent": AGENT, "Connection": "close"},
                auth=("wellpress", self.api_key),
                timeout=(CONNECT, settings.MAILCHIMP_TIMEOUT),
                allow_redirects=False,
                stream=True,
            )
            kept = requests.Response()
            kept.status_code, kept.headers = answer.status_code, answer.headers
            kept.raw, kept.encoding = BytesIO(_first_bytes(answer, until=until)), "utf-8"
            return kept


def _first_bytes(answer: requests.Response, *, until: float) -> bytes:
    found = bytearray()
    while piece := answer.raw.read1(65_536, decode_content=True):
        found += piece
        if len(found) > MOST_BYTES:
            raise requests.exceptions.ContentDecodingError("more than an answer can be")
        if time.monotonic() > until:
            raise requests.exceptions.ReadTimeout("drop by drop")
    return bytes(found)


def _read_answer(method: Callable[..., Any], *args: Any, **query: Any) -> Any:
    """What came back: a dict or a list, {} for none. Raises our errors only."""
    try:
        answer = method(*args, **query)
    except ApiClientError as error:
        status, text = error.status_code, error.text
        if status is None:
            raise _fault(text) from None
        raise _refusal(int(status), text) from None
    if isinstance(answer, dict | list):
        return answer
    if isinstance(answer, requests.Response):
        if not answer.ok or answer.status_code >= 300:  # noqa: PLR2004
            raise _refusal(answer.status_code, answer.text)
        if answer.status_code == _NO_BODY or answer.text.strip() in {"", "{}", "[]"}:
            return {}
    raise MailchimpUncertain("Its answer made no sense.")


def _make_sense(read: Callable[[Any], Found], answer: Any) -> Found:
    try:
        return read(answer)
    except (LookupError, TypeError, ValueError, AttributeError):
        raise MailchimpUncertain("Its answer made no sense.") from None


def _refusal(status: int, body: Any) -> MailchimpError:
    """What a status other than 2xx means. `body`: problem+json as text, a page of a gateway, or nothing."""
    problem = _problem(body)
    title = _clean(problem.get("title")) or str(status)
    words = f"Mailchimp says: {title}. {_clean(problem.get('detail'))}".strip()
    if status == 401:  # noqa: PLR2004
        return MailchimpKeyRefused(words, status, title)
    if status == 429 or (status == 403 and not problem):  # noqa: PLR2004 - at high volume it says no more than that
        return MailchimpThrottled(f"Mailchimp says that these are too many calls ({status}).")
    if status >= 500 or status == 408:  # noqa: PLR2004
        return MailchimpUncertain(f"Mailchimp answered with the status {status}.")
    if status < 400:  # noqa: PLR2004
        return MailchimpUncertain(f"Mailchimp answered with the status {status}: is MAILCHIMP_API_URL right?")
    return MailchimpRefused(words, status, title, tuple(_fields(problem)))


def _problem(body: Any) -> dict[str, Any]:
    try:
        found = body if isinstance(body, dict) else json.loads(body or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) and found.get("title") else {}


def _fields(problem: dict[str, Any]) -> Iterator[str]:
    told = problem.get("errors")
    for one in told if isinstance(told, list) else ():
        if isinstance(one, dict):
            yield f"{_clean(one.get('field'))}: {_clean(one.get('message'))}"


def _fault(cause: Any) -> MailchimpError:
    """What it means that no answer came: `cause` is what the package caught."""
    names = {type(one).__name__ for one in _causes(cause)}
    never_left = {"ConnectTimeout", "SSLError", "NewConnectionError", "NameResolutionError", "ProxyError"}
    if names & never_left:
        return MailchimpUnreachable("It takes no connection.")
    if names & {"ReadTimeout", "ReadTimeoutError"}:
        return _GaveUpWaiting("It took too long to answer.")
    if isinstance(cause, requests.RequestException | OSError) or names & {"ProtocolError", "HTTPError"}:
        return MailchimpUncertain("The connection broke off.")
    return MailchimpUncertain(f"The call failed: {type(cause).__name__}.")


def _causes(error: Any) -> Iterator[BaseException]:
    """The error, what it was raised from, and what it carries."""
    seen, todo = set(), [error]
    while todo:
        one = todo.pop()
        if isinstance(one, BaseException) and id(one) not in seen:
            seen.add(id(one))
            yield one
            todo += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]


def _clean(words: Any) -> str:
    """Words from outside for the record: no addresses, no key, one line."""
    found = without_addresses(str(words or ""))
    key = settings.MAILCHIMP_API_KEY
    return found.replace(key, "[key]") if key else found


def _pause(attempt: int) -> float:
    """Seconds: twice as long each time, half of it by chance, so that many callers do not come back together."""
    whole = min(LONGEST_PAUSE, settings.MAILCHIMP_FIRST_PAUSE * 2 ** (attempt - 1))
    return float(whole * random.uniform(0.5, 1.0))  # noqa: S311 - no secret
