"""What can go wrong with a call to Mailchimp, on command or at random with a seed."""

import contextlib
import random
import select
import socket
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

HTML = b"<!doctype html><title>502 Bad Gateway</title><h1>Bad Gateway</h1>"


def _hang(at: Any) -> None:
    """Say nothing until the caller hangs up, and work on for a while: the connection counts as long."""
    fake = at.server_of
    fake.enter(at.connection, stays=fake.faults.hold_seconds > 0)
    while not fake.over.wait(0.02):
        if is_closed(at.connection):
            fake.over.wait(fake.faults.hold_seconds)
            return


def _reset(at: Any) -> None:
    at.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    at.connection.close()


def _half(at: Any) -> None:
    at.send_response(200)
    at.send_header("Content-Type", "application/json; charset=utf-8")
    at.send_header("Content-Length", "4000")
    at.end_headers()
    at.wfile.write(b'{"id": "ab')


def _garbage(at: Any) -> None:
    at.wfile.write(b"\x16\x03\x01 220 mail.example ESMTP\r\n\r\n")


def _slow(at: Any) -> None:
    """The work and the answer, after a while that takes the connection."""
    at.server_of.over.wait(at.server_of.faults.slow_seconds)
    at.work()


def is_closed(connection: socket.socket) -> bool:
    """Whether the other side hung up."""
    with contextlib.suppress(OSError, ValueError):
        if not select.select([connection], [], [], 0)[0]:
            return False
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    return True


# Instead of the work, and after it was done. JSON of a problem is "429" and "500"; the rest is as gateways do it.
BEFORE: dict[str, Callable[[Any], None]] = {
    "429": lambda at: at.refuse(429, "Too Many Requests", "You have exceeded the limit of simultaneous connections."),
    "429 bare": lambda at: at.say(429),
    "403": lambda at: at.refuse(403, "Forbidden", "The user has been disabled."),
    "403 bare": lambda at: at.say(403),
    "500": lambda at: at.refuse(500, "Internal Server Error", "An unexpected internal error has occurred."),
    "500 bare": lambda at: at.say(500),
    "500 html": lambda at: at.say(500, HTML, "text/html"),
    "502 html": lambda at: at.say(502, HTML, "text/html"),
    "503": lambda at: at.say(503, HTML, "text/html"),
    "no answer": _hang,
    "reset": _reset,
    "garbage": _garbage,
    "log-in page": lambda at: at.say(200, b"<html>Log in to this wireless network</html>", "text/html"),
    "slow": _slow,
}
AFTER: dict[str, Callable[[Any], None]] = {
    "accepted, no answer": _hang,
    "accepted, reset": _reset,
    "accepted, 500 html": lambda at: at.say(500, HTML, "text/html"),
    "accepted, 500 bare": lambda at: at.say(500),
    "accepted, garbage": _garbage,
    "accepted, half": _half,
}
ALL = [*BEFORE, *AFTER]
# What a retry may meet on any day: nothing that stands for a decision of the service.
PASSING = [name for name in ALL if name not in {"403", "log-in page", "slow"}]


@dataclass
class _Rule:
    fault: str
    method: str
    path: str
    times: int
    after: int

    def fits(self, method: str, template: str) -> bool:
        return self.method in {"", method} and self.path in template


class Faults:
    """Which fault the next call meets. `script` is asked first, then what was ordered, then chance.

    `slow_seconds`: how long "slow" takes. `hold_seconds`: how long the service works on after the caller of a call that
    is never answered has hung up; its connection counts so long.
    """

    def __init__(self) -> None:
        self.script: Callable[[Any], str | None] = lambda _call: None
        self.slow_seconds = 1.0
        self.hold_seconds = 0.0
        self.met: list[str] = []
        self._rules: list[_Rule] = []
        self.rate, self._chance, self._kinds = 0.0, random.Random(0), list(PASSING)

    def order(self, *faults: str, method: str = "", path: str = "", times: int = 1, after: int = 0) -> None:
        """Let the next calls meet these, one each, in order: of a method and of a path ("/actions/send", if given).

        `times` repeats each of them; `after` lets so many such calls pass first.
        """
        self._rules += [_Rule(_known(fault), method, path, times, after) for fault in faults]

    def at_random(self, rate: float, *, seed: int = 0, kinds: Sequence[str] = PASSING) -> None:
        """Let each call meet one of `kinds` with this probability: the same for the same seed and order of calls."""
        self.rate, self._chance, self._kinds = rate, random.Random(seed), [_known(kind) for kind in kinds]

    def stop(self) -> None:
        """From here on nothing goes wrong."""
        self.__init__()  # type: ignore[misc]

    def next_for(self, call: Any) -> str | None:
        """The fault of a call; to be asked once for each."""
        fault = self.script(call) or self._ordered(call) or self._by_chance()
        if fault:
            self.met.append(_known(fault))
        return fault

    def _ordered(self, call: Any) -> str | None:
        for rule in self._rules:
            if not rule.fits(call.method, call.template):
                continue
            if rule.after:
                rule.after -= 1
                return None
            rule.times -= 1
            if not rule.times:
                self._rules.remove(rule)
            return rule.fault
        return None

    def _by_chance(self) -> str | None:
        if not self.rate or self._chance.random() >= self.rate:
            return None
        return self._chance.choice(self._kinds)


def _known(fault: str) -> str:
    if fault not in ALL:
        raise ValueError(f"No such fault: {fault}. There are: {', '.join(ALL)}")
    return fault
