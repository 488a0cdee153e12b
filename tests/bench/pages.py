"""What one page costs: SQL queries here, CPU on a real server, beside a bare WSGI answer of the same bytes.

“warm”: the parts of pages that are kept for a generation (docs/cacheable-pages.md) are there; only they, no page.
“cold”: the first request of a generation, when every part is drawn anew.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from blog.models import Comment
from home.sample.articles import add_articles
from pagecache.changes import mark_changed
from pagecache.models import Generation
from tests.bench.articles import furnish
from tests.bench.server import Server, run_server

WARM, COLD, BARE = 100, 15, 1500  # requests
# ms of CPU; times the article with 50 comments; times the small site; ms for a search that sorts 2,000 articles
ARTICLE_LIMIT, LONG_THREAD, LONG_LIST, SEARCH_LIMIT = 8.0, 1.5, 1.2, 100.0


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    queries: int
    cold_queries: int
    wall: float
    warm: float
    cold: float
    bare: float
    size: int

    def show(self, limit: float | None) -> str:
        """`limit` in ms of CPU, warm."""
        verdict = "" if limit is None else f"{limit:>8.1f} {'ok' if self.warm <= limit else 'OVER'}"
        return (
            f"{self.name:<36}{self.queries:>5}{self.cold_queries:>6}{self.size / 1000:>7.0f}{self.wall:>8.1f}"
            f"{self.warm:>8.1f}{self.cold:>8.1f}{self.bare:>8.3f}{self.warm / self.bare:>8.0f}{verdict}"
        )


def measure_pages(folder: str, *, few: int, many: int) -> None:
    """Print one line for each kind of page, with few and with many articles in the site."""
    add_articles(few)
    articles = {number: furnish(place, number) for place, number in enumerate((0, 50, 1000), start=1)}
    settings = {"DJANGO_SETTINGS_MODULE": "config.settings.dev", "WELLPRESS_VAR": folder}
    print("CPU: utime + stime of granian, 1 worker, client on loopback, nothing compressed; bare: the same bytes, no")
    print("framework, same server, same run. warm: parts kept for the generation; cold: all drawn anew.")
    print(f"{'page':<36}{'SQL':>5}{'cold':>6}{'KB':>7}{'ms':>8}{'warm':>8}{'cold':>8}{'bare':>8}{'ratio':>8}   limit")
    with tempfile.TemporaryDirectory() as pages, run_server("config.wsgi:application", **settings) as site:
        bench = _Bench(site, Path(pages))
        middle = ARTICLE_LIMIT
        for number, path in articles.items():
            row = bench.row(f"article, {number} comments", path)
            print(row.show(middle * LONG_THREAD if number > 50 else ARTICLE_LIMIT))
            middle = row.warm if number == 50 else middle
        for name, path in _ways_through(articles[1000]).items():
            print(bench.row(f"1000 comments, {name}", path).show(middle * LONG_THREAD))
        before = {name: _print_list(bench, name, path, few) for name, path in LISTS.items()}
        held = site.memory()
        site.hang_up()
        add_articles(many)
        mark_changed()
        for name, path in LISTS.items():
            limit = SEARCH_LIMIT if name.startswith("search") else before[name] * LONG_LIST
            _print_list(bench, name, path, many, limit=limit)
        print(f"memory of the server: {held:.0f} MB after {few} articles, {site.memory():.0f} MB after {many}")


def _ways_through(path: str) -> dict[str, str]:
    """Other pages of the comments under an article."""
    thread = Comment.objects.filter(article__slug=path.strip("/").rpartition("/")[2], parent=None).order_by("pk")[0]
    return {
        "the last page": f"{path}?comments=15",
        "the newest first": f"{path}?order=newest",
        "the most helpful": f"{path}?order=helpful",
        "one conversation": f"{path}?thread={thread.pk}&comments=2",
    }


LISTS = {
    "listing": "/articles/",
    "home": "/",
    "topic": "/topics/sample-topic-1/",
    "feed": "/feed/",
    "search, a fifth found": "/search/?q=walking",
}


def _print_list(bench: "_Bench", name: str, path: str, number: int, limit: float | None = None) -> float:
    row = bench.row(f"{name}, {number} articles", path)
    print(row.show(limit))
    return row.warm


class _Bench:
    def __init__(self, site: Server, pages: Path) -> None:
        self.site, self.pages, self.handler = site, pages, WSGIHandler()

    def row(self, name: str, path: str) -> Row:
        """Everything about one address."""
        self.site.get(path)
        body = self.site.get(path)
        slow = self.site.measure(path, times=3).cpu > 50
        warm = self.site.measure(path, times=WARM // 10 if slow else WARM)
        return Row(
            name=name,
            cold_queries=self._queries(path, cold=True),
            queries=self._queries(path, cold=False),
            wall=warm.wall,
            warm=warm.cpu,
            cold=self._cold(path),
            bare=self._bare(body),
            size=len(body),
        )

    def _cold(self, path: str) -> float:
        burnt = self.site.burnt()
        for _ in range(COLD):
            Generation.bump()
            self.site.get(path)
        return (self.site.burnt() - burnt) / COLD * 1000

    def _bare(self, body: bytes) -> float:
        (self.pages / "page").write_bytes(body)
        with run_server("tests.bench.bare:application", BENCH_PAGES=str(self.pages)) as bare:
            bare.measure("/page", times=100)
            return bare.measure("/page", times=BARE).cpu

    def _queries(self, path: str, *, cold: bool) -> int:
        if cold:
            Generation.bump()
        else:
            self._ask(path)
        with CaptureQueriesContext(connection) as captured:
            self._ask(path)
            return len(captured)

    def _ask(self, path: str) -> None:
        answer = self.handler(RequestFactory().get(path).environ, lambda *_: None)
        for _ in answer:
            pass
        answer.close()
