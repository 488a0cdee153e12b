"""The stand-in itself: real HTTP on loopback, its state, its limit of ten connections, its faults."""

import base64
import contextlib
import json
import socket
import threading
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.fakes.loopback import Loopback
from tests.fakes.mailchimp import page, sending
from tests.fakes.mailchimp.acting import Contacts
from tests.fakes.mailchimp.audiences import make_audience
from tests.fakes.mailchimp.changing import STATUSES
from tests.fakes.mailchimp.faults import AFTER, BEFORE, Faults, is_closed
from tests.fakes.mailchimp.performing import hold_up, perform
from tests.fakes.mailchimp.problems import Problem, too_many
from tests.fakes.mailchimp.routes import find_route
from tests.fakes.mailchimp.selecting import choose
from tests.fakes.mailchimp.state import Audience, Campaign, Member
from tests.fakes.mailchimp.webhooks import Webhooks

KEY = "0123456789abcdef0123456789abcdef-us7"
SECRET = "OnlyForDevelopment0123456789"  # any will do: it is a part of the webhook's address
CONNECTIONS = 10
LOOKS_FAKE = {"mailinator.com", "example.invalid", "postmaster@", "abuse@", "noreply@", "spam@"}


@dataclass
class Call:
    """One request of the API. `template` is its path in the words of the description; `fault` what it met."""

    method: str
    path: str
    template: str
    query: dict[str, str]
    body: Any
    status: int = 0
    fault: str | None = None

    @property
    def name(self) -> str:
        return f"{self.method} {self.template}"


@dataclass
class FakeMailchimp(Loopback):
    """A Mailchimp account. `looks_fake` are domains, addresses and local parts (with @) that it does not believe.

    `sending_looks`: how many looks at a campaign find it sending before it is sent. `first_share`: what part of the
    mails goes out before one can look. `pro`: may cancel a sending. `checks`: whether the description is held up to
    requests and answers; `keeps`: whether `calls` is filled.
    """

    key: str = KEY
    at_port: int = 0
    account_name: str = "Meadowsweet"
    role: str = "owner"
    plan: str = "monthly"
    pro: bool = True
    looks_fake: set[str] = field(default_factory=lambda: set(LOOKS_FAKE))
    verified_domains: set[str] = field(default_factory=lambda: {"meadowsweet.example", "example.com"})
    sending_looks: int = 1
    first_share: float = 1.0
    most_allowed: int = CONNECTIONS
    checks: bool = True
    keeps: bool = True
    audiences: dict[str, Audience] = field(default_factory=dict)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    batches: dict[str, Any] = field(default_factory=dict)
    sent: list[tuple[str, str]] = field(default_factory=list)  # (campaign, address), each mail that went out
    tests_sent: list[tuple[str, str]] = field(default_factory=list)
    revived: list[str] = field(
        default_factory=list
    )  # whom a call made subscribed who had left, bounced or was archived
    calls: list[Call] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    most_connections: int = 0

    def __post_init__(self) -> None:
        self.faults, self.webhooks, self.contacts = Faults(), Webhooks(), Contacts(self)
        self.lock = threading.Lock()
        self._open: dict[socket.socket, bool] = {}
        self._count = threading.Lock()
        self._problems = 0

    @property
    def site(self) -> str:
        """The page for developers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """What MAILCHIMP_API_URL names."""
        return f"{self.site}/3.0"

    @property
    def variables(self) -> dict[str, str]:
        """What a site's environment needs to use this account."""
        audience = next(iter(self.audiences), "")
        return {
            "MAILCHIMP_API_KEY": self.key,
            "MAILCHIMP_API_URL": self.url,
            "MAILCHIMP_WEBHOOK_SECRET": SECRET,
            "MAILCHIMP_AUDIENCE_ID": audience,
        }

    def add_audience(self, name: str = "Meadowsweet readers", **more: Any) -> Audience:
        """A new audience; `double_optin`, `from_email` and others of Audience."""
        made = make_audience(name, **more)
        self.audiences[made.id] = made
        return made

    def add_member(
        self, address: str, status: str = "subscribed", audience: Audience | None = None, **more: Any
    ) -> Member:
        """A contact that is there from the start: no webhook tells of it. `barred`, `merges` and others of Member."""
        place = audience or next(iter(self.audiences.values()))
        member = Member(address, status, **more)
        place.members[member.hash] = member
        return member

    def members(self, status: str | None = None, audience: Audience | None = None) -> dict[str, Member]:
        """The contacts by address, of one status or of all, archived ones among them."""
        assert status is None or status in STATUSES | {"archived"}
        places = [audience] if audience else list(self.audiences.values())
        everybody = [one for place in places for one in place.members.values()]
        return {one.email: one for one in everybody if status in (None, one.status)}

    def copies(self) -> Counter[str]:
        """How many campaigns each address got."""
        return Counter(address for _, address in self.sent)

    def named(self, name: str) -> list[Call]:
        """The calls of one kind, in order: "PUT /lists/{list_id}/members/{subscriber_hash}"."""
        return [call for call in self.calls if call.name == name]

    def tick(self) -> None:
        """Do what is due by the clock: campaigns that were scheduled."""
        with self.lock:
            sending.tick(self)

    def finish(self) -> None:
        """End all sendings that are under way."""
        with self.lock:
            for campaign in self.campaigns.values():
                sending.finish(self, campaign)

    @contextlib.contextmanager
    def wrong_on_purpose(self) -> Iterator[None]:
        """What is sent here may be against the description."""
        before = len(self.violations)
        try:
            yield
        finally:
            del self.violations[before:]

    def enter(self, connection: socket.socket, *, stays: bool = False) -> bool:
        """Count a connection that asks; False if it is the eleventh. `stays`: even after the caller hung up."""
        with self._count:
            self._open = {one: kept for one, kept in self._open.items() if kept or not is_closed(one)}
            self._open[connection] = stays
            self.most_connections = max(self.most_connections, len(self._open))
            return len(self._open) <= self.most_allowed

    def leave(self, connection: socket.socket) -> None:
        """Count it no longer, at the latest when its answer goes out: the caller may open the next at once."""
        with self._count:
            self._open.pop(connection, None)

    def typed(self) -> bool:
        """Whether the next problem has a `type`: every other one has."""
        self._problems += 1
        return self._problems % 2 == 1

    def note(self, faults: list[str]) -> None:
        """Keep what was against the description."""
        self.violations += faults


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server_of: FakeMailchimp

    def do_GET(self) -> None:
        self._take()

    def do_POST(self) -> None:
        self._take()

    def do_PUT(self) -> None:
        self._take()

    def do_PATCH(self) -> None:
        self._take()

    def do_DELETE(self) -> None:
        self._take()

    def _take(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        url = urlsplit(self.path)
        if url.path != "/3.0" and not url.path.startswith("/3.0/"):
            self._show_page(url.path, url.query, raw)
            return
        fake = self.server_of
        is_free = fake.enter(self.connection)
        try:
            self._answer(unquote(url.path.removeprefix("/3.0")) or "/", url.query, raw, is_free=is_free)
        except OSError:
            pass  # the caller hung up
        except Exception:  # a mistake of this fake: the test has to know
            fake.note([traceback.format_exc()])
            raise
        finally:
            fake.leave(self.connection)

    def _answer(self, path: str, query: str, raw: bytes, *, is_free: bool) -> None:
        fake = self.server_of
        self.asked, self.query, self.raw = path, query, raw
        asked = dict(parse_qsl(query, keep_blank_values=True))
        self.call = Call(self.command, path, find_route(self.command, path)[0], asked, None)
        with fake.lock:
            if fake.keeps:
                fake.calls.append(self.call)
            fault = self.call.fault = fake.faults.next_for(self.call) if is_free else None
        if not is_free:
            self.refuse_with(too_many())
        elif fault in BEFORE:
            BEFORE[fault](self)
        elif fault:
            self.work(silent=True)
            fake.leave(self.connection)
            AFTER[fault](self)
        else:
            self.work()

    def work(self, *, silent: bool = False) -> None:
        """Do what is asked and answer; `silent`: do it only."""
        try:
            body = self._done()
        except Problem as problem:
            if not silent:
                self.refuse_with(problem)
            return
        if not silent:
            self.say_json(204 if body is None else 200, choose(self.call.query, body))

    def _done(self) -> Any:
        fake = self.server_of
        self._check_key()
        try:
            body = json.loads(self.raw or b"null")
        except ValueError:
            raise Problem(400, "JSON Parse Error", "We encountered an unspecified JSON parsing error.") from None
        self.call.body = body if fake.keeps else None
        return perform(fake, self.command, self.asked, self.query, body, lock=fake.lock)

    def _check_key(self) -> None:
        given = self.headers.get("Authorization", "")
        kind, _, value = given.partition(" ")
        if kind == "Basic":
            value = base64.b64decode(value + "==").decode(errors="replace").partition(":")[2]
        if not value:
            words = "Your request did not include an API key."
            raise Problem(401, "API Key Missing", words)
        if value != self.server_of.key:
            words = "Your API key may be invalid, or you've attempted to access the wrong datacenter."
            raise Problem(401, "API Key Invalid", words)

    def refuse(self, status: int, title: str, detail: str) -> None:
        """Answer with a problem."""
        self.refuse_with(Problem(status, title, detail))

    def refuse_with(self, problem: Problem) -> None:
        """Answer with this problem."""
        body = problem.body(typed=self.server_of.typed())
        hold_up(self.server_of, self.call.template, self.command, problem.status, body)
        self.say_json(problem.status, body, "application/problem+json; charset=utf-8")

    def say_json(self, status: int, body: Any, kind: str = "application/json; charset=utf-8") -> None:
        """Answer with JSON, or with nothing for None."""
        self.say(status, b"" if body is None else json.dumps(body).encode(), kind)

    def say(self, status: int, body: bytes = b"", kind: str = "") -> None:
        """Answer."""
        if hasattr(self, "call"):
            self.call.status = status
        self.server_of.leave(self.connection)
        self.send_response(status)
        if body:
            self.send_header("Content-Type", kind)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _show_page(self, path: str, query: str, raw: bytes) -> None:
        status, body, headers = page.answer(self.server_of, path, query, raw, self.headers.get("Origin", ""))
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


FakeMailchimp.handler = Handler


FakeMailchimp.handler = Handler
