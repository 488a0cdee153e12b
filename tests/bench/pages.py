"""SQL queries and CPU time of one request, past every cache in front of Django."""

import statistics
import time
from datetime import timedelta

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from blog.models import ArticlePage, Comment
from home.sample.articles import add_articles

REQUESTS, ENOUGH_SECONDS = 15, 10


def measure_pages(*, few: int, many: int) -> None:
    """Print one line for each kind of page, with few and with many articles in the site."""
    print(f"{'page':<44}{'queries':>9}{'CPU ms':>9}{'KB':>7}")
    add_articles(few)
    handler = WSGIHandler()
    for number, comments in enumerate((0, 50, 1000), start=1):
        article = ArticlePage.objects.get(slug=f"sample-article-{number}")
        _comment(article, comments)
        _measure(handler, f"article, {comments} comments", article.get_url() or "")
    for articles in (few, many):
        add_articles(articles)
        for name, path in (("listing", "/articles/"), ("home", "/"), ("topic", "/topics/sample-topic-1/")):
            _measure(handler, f"{name}, {articles} articles", path)
        _measure(handler, f"search that finds a fifth of {articles} articles", "/search/?q=walking")


def _comment(article: ArticlePage, number: int) -> None:
    begun = timezone.now() - timedelta(days=30)
    rows = [
        Comment(
            article=article,
            author_name=f"Reader {n}",
            email=f"reader{n}@bench.example",
            text="This helped me a good deal. " * (1 + n % 8),
            state=Comment.State.PUBLISHED,
            created_at=begun + timedelta(minutes=n),
        )
        for n in range(number)
    ]
    threads = Comment.objects.bulk_create([row for n, row in enumerate(rows) if n % 4])
    answers = [row for n, row in enumerate(rows) if not n % 4]
    for answer, thread in zip(answers, threads, strict=False):
        answer.parent = thread
    Comment.objects.bulk_create(answers)


def _measure(handler: WSGIHandler, name: str, path: str) -> None:
    size = _request(handler, path)  # compiles templates, fills the caches inside Django
    with CaptureQueriesContext(connection) as captured:
        _request(handler, path)
        queries = len(captured)  # the next request forgets them
    times: list[float] = []
    while len(times) < REQUESTS and sum(times) < ENOUGH_SECONDS:
        begun = time.process_time()
        _request(handler, path)
        times.append(time.process_time() - begun)
    print(f"{name:<44}{queries:>9}{statistics.median(times) * 1000:>9.1f}{size / 1000:>7.0f}")


def _request(handler: WSGIHandler, path: str) -> int:
    """The number of bytes of the page."""
    said: list[str] = []
    environ = RequestFactory().get(path).environ
    answer = handler(environ, lambda status, _headers: said.append(status))
    size = sum(len(piece) for piece in answer)
    answer.close()
    if not said[0].startswith("200"):
        raise SystemExit(f"{path} answered {said[0]}")
    return size
