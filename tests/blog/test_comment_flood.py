"""Many comments at once, over real HTTP: each kept once, each judged once, and a flood told to wait."""

import http.client
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.db import OperationalError, connections
from django.urls import reverse

from blog.actions.judging import judge_comment
from blog.actions.submitting import submit_comment
from blog.models import ArticlePage, Comment
from blog.spam import Outcome, Verdict
from guard.forms import make_token
from guard.limits import take_turn
from tests.factories import ArticlePageFactory, CommentFactory

MANY = ((timedelta(minutes=1), 1000),)
pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def post(live_server: Any, settings: Any) -> Callable[..., Any]:
    """Send a comment as a browser behind one proxy does; (status, headers, page)."""
    settings.TRUSTED_PROXIES = 1
    host = urlsplit(live_server.url).netloc

    def send(article: ArticlePage, number: int, *, network: str, text: str = "") -> tuple[int, Any, str]:
        fields = {
            "name": f"Reader {number}",
            "email": f"reader{number}@example.com",
            "text": text or f"Words of reader {number}, which nobody else wrote.",
            "website": "",
            "form_token": make_token("comment"),
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": network}
        connection = http.client.HTTPConnection(host, timeout=60)
        address = reverse("blog:post_comment", args=[article.pk])
        connection.request("POST", address, urlencode(fields), headers)
        answer = connection.getresponse()
        page = answer.read().decode()
        connection.close()
        return answer.status, answer.headers, page

    return send


def at_once(work: Callable[[int], Any], number: int) -> list[Any]:
    """So many threads that begin together; what each gave."""
    gate = threading.Barrier(number)

    def run(place: int) -> Any:
        gate.wait()
        try:
            return work(place)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


class Counting:
    """A checker that remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def check(self, comment: Comment) -> Verdict:
        self.asked.append(comment.pk)
        return Verdict(Outcome.CLEAR)


def test_twenty_posts_at_once_are_twenty_comments_and_twenty_judgements(post: Any) -> None:
    article = ArticlePageFactory()
    answers = at_once(lambda n: post(article, n, network=f"8.8.{n}.4"), 20)
    assert [status for status, _, _ in answers] == [303] * 20
    assert len({headers["Location"] for _, headers, _ in answers}) == 20
    keys = list(Comment.objects.order_by("pk").values_list("pk", flat=True))
    assert len(keys) == 20
    checker = Counting()
    for _ in range(2):  # every bell is rung twice
        for key in keys:
            judge_comment(key, checker=checker)
    assert checker.asked == keys
    assert Comment.objects.held().exclude(judged_at=None).count() == 20


def test_one_button_pressed_many_times_at_once_is_one_comment(post: Any) -> None:
    article = ArticlePageFactory()
    answers = at_once(lambda _: post(article, 1, network="8.8.4.4"), 8)
    assert Counter(status for status, _, _ in answers) == {303: 8}
    assert len({headers["Location"] for _, headers, _ in answers}) == 1
    assert Comment.objects.count() == 1


def test_of_many_that_come_at_once_from_one_network_one_is_taken(post: Any) -> None:
    article = ArticlePageFactory()
    answers = at_once(lambda n: post(article, n, network="8.8.4.4"), 8)
    assert Counter(status for status, _, _ in answers) == {303: 1, 429: 7}
    assert Comment.objects.count() == 1


def test_a_flood_from_one_network_is_told_to_wait_and_the_article_stays(post: Any, live_server: Any) -> None:
    article = ArticlePageFactory()
    answers = [post(article, n, network="8.8.4.4") for n in range(12)]
    assert [status for status, _, _ in answers] == [303] + [429] * 11
    _, headers, page = answers[-1]
    assert 0 < int(headers["Retry-After"]) <= 15
    assert "Please send yours again in" in page
    assert "Words of reader 11, which nobody else wrote." in page
    assert Comment.objects.count() == 1
    connection = http.client.HTTPConnection(urlsplit(live_server.url).netloc, timeout=60)
    connection.request("GET", urlsplit(article.url).path)
    assert connection.getresponse().status == 200
    connection.close()


def test_a_flood_of_one_text_from_many_networks_leaves_thirty_that_wait(post: Any) -> None:
    article = ArticlePageFactory()
    CommentFactory.create_batch(25, article=article, state="held")
    statuses = [post(article, n, network=f"8.8.{n}.4")[0] for n in range(8)]
    assert statuses == [303] * 5 + [429] * 3
    assert Comment.objects.undecided().count() == 30


def test_writers_at_once_never_find_the_database_locked() -> None:
    """Readers, the worker, and whoever asks for a letter, each in transactions of its own."""
    articles = ArticlePageFactory.create_batch(4)
    waiting = CommentFactory.create_batch(12, state="pending", article=articles[0])
    locked: list[str] = []

    def write(place: int) -> None:
        for turn in range(12):
            try:
                one = f"{place}.{turn}"
                words = {"text": f"Words {one}", "name": "Ruth", "email": f"ruth{one}@example.com"}
                submit_comment(articles[place], ip=f"8.{place}.{turn}.4", **words)
                judge_comment(waiting[turn].pk)
                take_turn("all the same", MANY)
            except OperationalError as error:  # pragma: no cover - the failure that must not come
                locked.append(str(error))

    at_once(write, 4)
    assert locked == []
    assert Comment.objects.count() == 12 + 4 * 12
    assert Comment.objects.filter(pk__in=[comment.pk for comment in waiting], judged_at=None).count() == 0
