"""Webhooks: kept until a test lets them out, or sent at once; twice, late and in any order."""

import contextlib
import hashlib
import hmac
import queue
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from tests.fakes.mailchimp.audiences import find_audience
from tests.fakes.mailchimp.problems import invalid, not_found
from tests.fakes.mailchimp.routes import Ask, route
from tests.fakes.mailchimp.selecting import now
from tests.fakes.mailchimp.state import Audience, Hook, Member, make_id

EVENTS = ("subscribe", "unsubscribe", "profile", "cleaned", "upemail", "campaign")
SOURCES = ("user", "admin", "api")
KIND = "application/x-www-form-urlencoded"
PATIENCE, MOST_FAILURES = 10.0, 20
Via = Callable[[str, bytes, dict[str, str]], int]


@dataclass(eq=False)
class Event:
    """One delivery to one webhook. `answers` are the statuses it got, 0 where there was none."""

    type: str
    url: str
    fields: dict[str, str]
    secret: str = ""
    hook: Hook | None = None
    answers: list[int] = field(default_factory=list)

    @property
    def body(self) -> bytes:
        return urlencode(self.fields).encode()

    @property
    def headers(self) -> dict[str, str]:
        """Content type and, where the hook is signed, the signature of this moment."""
        if not self.secret:
            return {"Content-Type": KIND}
        at = str(int(time.time()))
        digest = hmac.new(self.secret.encode(), f"{at}.".encode() + self.body, hashlib.sha256).hexdigest()
        return {"Content-Type": KIND, "X-Mailchimp-Signature": f"t={at},v1={digest}"}


@dataclass
class Webhooks:
    """Deliveries of a fake. `waiting` are those not yet made, `made` those that were answered with 200, `tried` all.

    `automatic` makes each at once, and again after a failure, in a thread; else `deliver` makes them. `signs` gives new
    hooks a secret. `asks` is whether the address of a new hook is asked first. `via` takes the place of real HTTP.
    """

    waiting: list[Event] = field(default_factory=list)
    made: list[Event] = field(default_factory=list)
    tried: list[Event] = field(default_factory=list)
    signs: bool = False
    asks: bool = True
    via: Via | None = None

    def __post_init__(self) -> None:
        self._queue: queue.Queue[Event] | None = None

    @property
    def automatic(self) -> bool:
        return self._queue is not None

    def start(self) -> None:
        """Deliver each from now on as it comes."""
        self._queue = queue.Queue()
        threading.Thread(target=self._run, args=(self._queue,), daemon=True).start()

    def tell(self, audience: Audience, kind: str, member: Member, *, by: str, **more: str) -> None:
        """Note an event about a contact for each webhook that wants it."""
        fields = {
            "data[id]": member.unique_id,
            "data[email]": member.email,
            "data[email_type]": member.email_type,
            "data[ip_opt]": member.ip_opt,
            "data[ip_signup]": member.ip_signup,
            "data[web_id]": str(member.web_id),
            "data[merges][EMAIL]": member.email,
            "data[merges][INTERESTS]": "",
        }
        for one in audience.fields.values():
            value = member.merges.get(one.tag, "")
            parts = value.items() if isinstance(value, dict) else [("", value)]
            fields |= {f"data[merges][{one.tag}]" + (f"[{part}]" if part else ""): str(text) for part, text in parts}
        if kind == "cleaned":
            fields = {"data[email]": member.email}
        self._note(audience, kind, fields | {f"data[{name}]": value for name, value in more.items()}, by=by)

    def tell_of_move(self, audience: Audience, member: Member, old: str, *, by: str) -> None:
        """Note that a contact has another address."""
        names = {"data[new_id]": member.unique_id, "data[new_email]": member.email, "data[old_email]": old}
        self._note(audience, "upemail", names, by=by)

    def tell_of_campaign(self, audience: Audience, campaign: Any, status: str) -> None:
        """Note that a campaign was sent or canceled."""
        subject = campaign.settings.get("subject_line", "")
        fields = {"data[id]": campaign.id, "data[subject]": subject, "data[status]": status, "data[reason]": ""}
        self._note(audience, "campaign", fields, by="")

    def _note(self, audience: Audience, kind: str, fields: dict[str, str], *, by: str) -> None:
        fired_at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
        for hook in audience.hooks.values():
            if not hook.events.get(kind) or (by and not hook.sources.get(by)) or hook.failures >= MOST_FAILURES:
                continue
            told = {"type": kind, "fired_at": fired_at, **fields, "data[list_id]": audience.id}
            event = Event(kind, hook.url, told, hook.secret, hook)
            if self._queue:
                self._queue.put(event)
            else:
                self.waiting.append(event)

    def deliver(
        self,
        *kinds: str,
        times: int = 1,
        order: Callable[[Sequence[Event]], Sequence[Event]] = lambda events: events,
        via: Via | None = None,
    ) -> list[int]:
        """Make those that wait (of these kinds, or all), each so often; the statuses they were answered with.

        `order` puts them in another order: `reversed`, or a shuffle. What is not answered with 200 waits on.
        """
        chosen = [event for event in self.waiting if not kinds or event.type in kinds]
        for event in (ordered := list(order([*chosen] * times))):
            self.post(event, via or self.via)
        self.waiting = [event for event in self.waiting if 200 not in event.answers]
        return [event.answers[-1] for event in ordered]

    def again(self, *kinds: str) -> list[int]:
        """Make those once more that were made already."""
        return [self.post(event, self.via) for event in list(self.made) if not kinds or event.type in kinds]

    def drop(self) -> None:
        """Lose those that wait."""
        self.waiting.clear()

    def post(self, event: Event, via: Via | None = None) -> int:
        """One delivery; its status, 0 if there is no answer within ten seconds."""
        status = (via or _over_http)(event.url, event.body, event.headers)
        event.answers.append(status)
        if len(event.answers) == 1:
            self.tried.append(event)
        if event.hook:
            event.hook.failures = 0 if status == 200 else event.hook.failures + 1
        if status == 200 and event.answers.count(200) == 1:
            self.made.append(event)
        return status

    def _run(self, events: "queue.Queue[Event]") -> None:
        while True:
            event = events.get()
            if self.post(event, self.via) != 200 and len(event.answers) < 5:
                threading.Timer(2.0 ** len(event.answers), events.put, args=[event]).start()


def _over_http(url: str, body: bytes | None, headers: dict[str, str]) -> int:
    """POST a body, or GET without one: no redirect is followed."""
    request = urllib.request.Request(url, data=body, headers={"User-Agent": "Mailchimp.com", **headers})  # noqa: S310
    opener = urllib.request.build_opener(_Straight)
    with contextlib.suppress(OSError, ValueError):
        try:
            with opener.open(request, timeout=PATIENCE) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
    return 0


class _Straight(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


HOOKS, ONE = "/lists/{list_id}/webhooks", "/lists/{list_id}/webhooks/{webhook_id}"


def _draw(audience: Audience, hook: Hook) -> dict[str, Any]:
    events = {name: bool(hook.events.get(name)) for name in EVENTS}
    sources = {name: bool(hook.sources.get(name)) for name in SOURCES}
    return {"id": hook.id, "url": hook.url, "events": events, "sources": sources, "list_id": audience.id, "_links": []}


def _find(audience: Audience, ask: Ask) -> Hook:
    if hook := audience.hooks.get(ask.parts["webhook_id"]):
        return hook
    raise not_found()


@route("GET", HOOKS)
def list_hooks(fake: Any, ask: Ask) -> Any:
    audience = find_audience(fake, ask)
    shown = [_draw(audience, hook) for hook in audience.hooks.values()]
    return {"webhooks": shown, "list_id": audience.id, "total_items": len(shown), "_links": []}


def _check(fake: Any, audience: Audience, ask: Ask, own: Hook | None = None) -> None:
    url = ask.body.get("url", own.url if own else "")
    if not str(url).startswith(("http://", "https://")):
        raise invalid(("url", "Please enter a valid URL."))
    if any(hook.url == url and hook is not own for hook in audience.hooks.values()):
        raise invalid(("url", "Sorry, you can't set up multiple WebHooks for one URL"))
    if fake.webhooks.asks and (own is None or url != own.url) and _over_http(url, None, {}) != 200:
        raise invalid(("url", "We couldn't validate this callback URL: it has to answer a GET with 200."))


@route("POST", HOOKS, locked=False)
def add_hook(fake: Any, ask: Ask) -> Any:
    audience = find_audience(fake, ask)
    ask.need("url")
    _check(fake, audience, ask)
    events = ask.body.get("events") or dict.fromkeys(EVENTS[:5], True)
    sources = ask.body.get("sources") or dict.fromkeys(SOURCES[:2], True)
    hook = Hook(make_id(), ask.body["url"], dict(events), dict(sources), make_id(40) if fake.webhooks.signs else "")
    audience.hooks[hook.id] = hook
    shown = _draw(audience, hook)
    return shown | {"signing_enabled": True, "signing_secret": hook.secret} if hook.secret else shown


@route("GET", ONE)
def get_hook(fake: Any, ask: Ask) -> Any:
    audience = find_audience(fake, ask)
    return _draw(audience, _find(audience, ask))


@route("PATCH", ONE, locked=False)
def change_hook(fake: Any, ask: Ask) -> Any:
    audience = find_audience(fake, ask)
    hook = _find(audience, ask)
    ask.need()
    _check(fake, audience, ask, hook)
    hook.url = ask.body.get("url", hook.url)
    hook.events |= ask.body.get("events") or {}
    hook.sources |= ask.body.get("sources") or {}
    hook.failures = 0
    return _draw(audience, hook)


@route("DELETE", ONE)
def remove_hook(fake: Any, ask: Ask) -> None:
    audience = find_audience(fake, ask)
    del audience.hooks[_find(audience, ask).id]


def age(events: Sequence[Event], *, seconds: int) -> None:
    """Let events look as if they had happened so much earlier."""
    for event in events:
        before = now().timestamp() - seconds
        event.fields["fired_at"] = datetime.fromtimestamp(before, UTC).strftime("%Y-%m-%d %H:%M:%S")
