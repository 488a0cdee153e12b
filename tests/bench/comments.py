"""A flood of comments over a real server: what is kept of it, how fast the rest is told to wait, how the page does."""

import http.client
import statistics
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from urllib.parse import urlencode, urlsplit

from blog.models import Comment
from guard.models import Turn
from tests.bench.server import Server, run_server
from tests.factories import ArticlePageFactory
from tests.fakes.reader import form_with

POSTS, MINUTE = 1000, 60.0
SENDERS = 8
LOOKS_EVERY = 0.5  # seconds between two looks at the article
ANSWER_LIMIT, CPU_LIMIT, PAGE_LIMIT = 1000.0, 40.0, 2.0  # ms at p99; ms of CPU a post; times the page's p95 before
LEAST_PAGE = 50.0  # ms; a page that is faster before may become so slow
HEADERS = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Flood:
    """What came of one."""

    waits: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    looks: list[float] = field(default_factory=list)


def measure_flood(folder: str) -> None:
    """Print a line for a flood from one network and for one from a hundred, each of 1,000 posts in a minute."""
    environment = {"DJANGO_SETTINGS_MODULE": "config.settings.dev", "WELLPRESS_VAR": folder, "TRUSTED_PROXIES": "1"}
    print(
        f"\n{f'{POSTS} comments in {MINUTE:.0f} s':<32}{'kept':>6}{'303':>6}{'429':>6}{'other':>7}"
        f"{'p50':>7}{'p99 ms':>8}{'CPU ms':>8}"
    )
    for name, network in (
        ("one network, 100 addresses", lambda _: "8.8.4.4"),
        ("100 networks, 100 addresses", lambda n: f"8.8.{n % 100}.4"),
    ):
        with run_server("config.wsgi:application", **environment) as server:
            _print_flood(server, name, network)
        Comment.objects.all().delete()
        Turn.objects.all().delete()


def _print_flood(server: Server, name: str, network: Callable[[int], str]) -> None:
    article = ArticlePageFactory()
    path = urlsplit(article.full_url).path
    form = form_with(server.get(path).decode(), "textarea")
    idle = [_look(server.connection.port, path) for _ in range(20)]
    burnt = server.burnt()
    found = _flood(server, path, urlsplit(form.action).path, form.fields, network)
    cpu = (server.burnt() - burnt) / POSTS * 1000
    kept = Comment.objects.count()
    answers = Counter(found.statuses)
    other = sum(count for status, count in answers.items() if status not in {303, 429})
    p99 = statistics.quantiles(found.waits, n=100)[98]
    verdict = "ok" if p99 < ANSWER_LIMIT and cpu < CPU_LIMIT and not other else "OVER"
    print(
        f"{name:<32}{kept:>6}{answers[303]:>6}{answers[429]:>6}{other:>7}"
        f"{statistics.median(found.waits):>7.0f}{p99:>8.0f}{cpu:>8.1f} {verdict}"
    )
    before, meanwhile = statistics.quantiles(idle, n=20)[18], statistics.quantiles(found.looks, n=20)[18]
    verdict = "ok" if meanwhile < PAGE_LIMIT * max(before, LEAST_PAGE) else "OVER"
    print(
        f"  the article: p95 {before:.0f} ms before, {meanwhile:.0f} ms meanwhile, {len(found.looks)} looks {verdict}"
    )


def _flood(server: Server, page: str, address: str, token: dict[str, str], network: Callable[[int], str]) -> Flood:
    """Send at the pace of the minute, and look at the article all the while."""
    found, over = Flood(), Event()
    begun = time.perf_counter()

    def send(number: int) -> None:
        time.sleep(max(0, begun + number * MINUTE / POSTS - time.perf_counter()))
        fields = {
            **token,
            "name": f"Reader {number % 100}",
            "email": f"reader{number % 100}@example.com",
            "text": f"What I wanted to say, number {number}.",
        }
        headers = {**HEADERS, "X-Forwarded-For": network(number)}
        at = time.perf_counter()
        found.statuses.append(_ask(server.connection.port, "POST", address, urlencode(fields), headers))
        found.waits.append((time.perf_counter() - at) * 1000)

    def look() -> None:
        while not over.wait(LOOKS_EVERY):
            found.looks.append(_look(server.connection.port, page))

    with ThreadPoolExecutor(SENDERS + 1) as pool:
        looking = pool.submit(look)
        list(pool.map(send, range(POSTS)))
        over.set()
        looking.result()
    return found


def _look(port: int, path: str) -> float:
    """Milliseconds for the page, which must be there."""
    begun = time.perf_counter()
    status = _ask(port, "GET", path)
    if status != 200:
        raise SystemExit(f"{path} answered {status}")
    return (time.perf_counter() - begun) * 1000


def _ask(port: int, method: str, path: str, body: str = "", headers: dict[str, str] | None = None) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body or None, headers or {})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()
