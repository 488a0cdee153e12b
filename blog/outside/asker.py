"""A polite visitor: waits between two requests to one host, and keeps to each host's robots.txt."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from .addresses import check_link, host_of, normalise_link
from .asking import ROBOT, Answer, Resolve, ask
from .errors import NoAnswerError, NotAskedError

PAUSE = 1.0  # seconds between two requests to one host
LONGEST_PAUSE = 10.0  # more than this is not granted to a robots.txt in one run
ROBOTS_SECONDS = 5.0
REDIRECTS = 5
REDIRECTING = {301, 302, 303, 307, 308}
PERMANENT = {301, 308}


@dataclass
class Allowance:
    """The seconds that may be spent waiting for other servers on behalf of one link; our own pauses do not count."""

    seconds: float

    @contextmanager
    def spend(self, most: float) -> Iterator[float]:
        """Take at most so many of what is left. Raises NoAnswerError when nothing is left."""
        if self.seconds <= 0:
            raise NoAnswerError("The server took too long to answer.")
        started = time.monotonic()
        try:
            yield min(most, self.seconds)
        finally:
            self.seconds -= time.monotonic() - started


@dataclass(frozen=True)
class Walk:
    """Where an address led: the last answer, the last address, and how far the first redirects were for good."""

    answer: Answer
    url: str
    moved_to: str = ""


@dataclass
class Asker:
    """Keeps the pace and the robots.txt of every host for the time of one run; not shared between threads."""

    pause: float = PAUSE
    resolve: Resolve | None = None
    sleep: Callable[[float], None] = time.sleep
    _asked_at: dict[str, float] = field(default_factory=dict)
    _robots: dict[str, RobotFileParser | NoAnswerError | NotAskedError | None] = field(default_factory=dict)
    _pauses: dict[str, float] = field(default_factory=dict)

    def walk(self, url: str, *, method: str, allowance: Allowance, most: float) -> Walk:
        """Ask, and follow up to REDIRECTS redirects, each checked like the first address.

        Raises NotAskedError and NoAnswerError.
        """
        moved_to, is_for_good = "", True
        for _ in range(REDIRECTS + 1):
            self._ask_robots(url)
            answer = self._ask(url, method=method, allowance=allowance, most=most)
            if answer.status not in REDIRECTING or not answer.location:
                return Walk(answer, url, moved_to)
            url = _led_on(url, answer.location)
            if not url:
                raise NoAnswerError("It leads on to something that is no web address.")
            is_for_good = is_for_good and answer.status in PERMANENT
            moved_to = url if is_for_good else moved_to
        raise NoAnswerError(f"It leads on more than {REDIRECTS} times, perhaps in a circle.")

    def _ask(self, url: str, *, method: str, allowance: Allowance, most: float) -> Answer:
        check_link(url)
        host = host_of(url)
        wait = self._asked_at.get(host, 0.0) + max(self.pause, self._pauses.get(host, 0.0)) - time.monotonic()
        if host in self._asked_at and wait > 0:
            self.sleep(wait)
        try:
            with allowance.spend(most) as seconds:
                return ask(url, method=method, seconds=seconds, resolve=self.resolve)
        finally:
            self._asked_at[host] = time.monotonic()

    def _ask_robots(self, url: str) -> None:
        """Raise NotAskedError where the host asks machines to stay away, NoAnswerError where it cannot be asked."""
        check_link(url)
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._robots:
            try:
                self._robots[origin] = self._read_robots(f"{origin}/robots.txt")
            except (NoAnswerError, NotAskedError) as error:
                self._robots[origin] = error
        rules = self._robots[origin]
        if isinstance(rules, NoAnswerError | NotAskedError):
            raise rules
        if rules is None:
            return
        if not rules.can_fetch(ROBOT, url):
            raise NotAskedError("That site asks machines to stay away (robots.txt). Look yourself.")
        self._pauses[parts.hostname or ""] = float(min(int(rules.crawl_delay(ROBOT) or 0), LONGEST_PAUSE))

    def _read_robots(self, url: str) -> RobotFileParser | None:
        """The rules of a host, or None where there are none (RFC 9309: any 4xx). A 5xx is no answer."""
        allowance = Allowance(ROBOTS_SECONDS)
        for _ in range(REDIRECTS + 1):
            answer = self._ask(url, method="GET", allowance=allowance, most=ROBOTS_SECONDS)
            if answer.status not in REDIRECTING:
                break
            url = _led_on(url, answer.location)
            if not url:
                return None
        if answer.status >= 500:  # noqa: PLR2004 - server errors
            raise NoAnswerError(f"The server says that it is in trouble ({answer.status}).")
        if answer.status != 200:  # noqa: PLR2004 - OK
            return None
        rules = RobotFileParser()
        try:
            rules.parse(answer.body.decode("utf-8", "replace").lstrip("\ufeff").splitlines())
        except ValueError as error:  # Python's reader stumbles over “Crawl-delay: ²” and “Disallow: //[”
            raise NotAskedError("That site's robots.txt cannot be understood. Look yourself.") from error
        return rules


def _led_on(url: str, location: str) -> str:
    """Where a redirect leads, whatever the server wrote; empty if that is no web address."""
    try:
        return normalise_link(urljoin(url, location))
    except ValueError:
        return ""
