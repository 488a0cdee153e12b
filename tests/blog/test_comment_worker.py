"""From the reader's form through a real worker to the queue."""

import http.client
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from string import ascii_lowercase
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from blog.models import AkismetCheck, Comment
from guard.forms import make_token
from tests.factories import ArticlePageFactory
from tests.fakes.akismet import KEY, FakeAkismet
from tests.fakes.workers import ROOT, database_url

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def wait_for(fact: Callable[[], bool], *, seconds: float = 40) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if fact():
            return True
        time.sleep(0.2)
    return False


def test_a_worker_judges_what_readers_and_robots_post(client: Client, start_worker: Any) -> None:
    article = ArticlePageFactory()
    address = reverse("blog:post_comment", args=[article.pk])
    words = {"name": "Eileen", "email": "eileen@example.org", "form_token": make_token("comment")}
    assert client.post(address, {**words, "text": "A diary helped me.", "website": ""}).status_code == 303
    robot = {**words, "email": "robot@example.org", "text": "Good site.", "website": "https://x.example"}
    assert client.post(address, robot).status_code == 303
    assert set(Comment.objects.values_list("state", flat=True)) == {"pending"}
    start_worker()
    assert wait_for(lambda: not Comment.objects.pending().exists())
    states = dict(Comment.objects.values_list("text", "state"))
    assert states == {"A diary helped me.": "held", "Good site.": "spam"}
    assert "A diary helped me." not in client.get(article.url).text


def test_twenty_posts_at_once_are_twenty_rows_that_a_worker_judges_once_each(
    live_server: Any, settings: Any, akismet_fake: FakeAkismet, start_worker: Any
) -> None:
    """Akismet counts: a doubtful comment is asked about once for each time that it is judged."""
    settings.TRUSTED_PROXIES = 1
    article, host = ArticlePageFactory(), urlsplit(live_server.url).netloc
    gate = threading.Barrier(20)
    start_worker(concurrency=4, TEST_AKISMET_API_KEY=KEY, TEST_AKISMET_API_URL=akismet_fake.url)

    def post(number: int) -> int:
        words = {
            "name": "Reader",
            "email": f"r{number}@example.org",
            "website": "",
            "form_token": make_token("comment"),
        }
        body = urlencode({**words, "text": f"Look at plant {ascii_lowercase[number]}: https://plants.example/"})
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": f"8.8.{number}.4"}
        connection = http.client.HTTPConnection(host, timeout=60)
        gate.wait()
        try:
            connection.request("POST", reverse("blog:post_comment", args=[article.pk]), body, headers)
            return connection.getresponse().status
        finally:
            connection.close()

    with ThreadPoolExecutor(20) as pool:
        assert list(pool.map(post, range(20))) == [303] * 20
    assert Comment.objects.count() == 20
    answered = AkismetCheck.objects.filter(state="answered")
    assert wait_for(lambda: answered.count() == 20, seconds=120), list(AkismetCheck.objects.values("state", "fault"))
    assert Comment.objects.held().exclude(judged_at=None).count() == 20
    assert AkismetCheck.objects.values("comment").distinct().count() == AkismetCheck.objects.count() == 20
    assert len(akismet_fake.named("comment-check")) == 20


POST_ONE = """
import django
django.setup()
from django.test import Client
from guard.forms import make_token
words = {"text": "Written in a bad hour.", "name": "Eileen", "email": "e@example.org", "website": ""}
answer = Client().post("/comments/new/%d/", {**words, "form_token": make_token("comment")})
assert answer.status_code == 303, answer.status_code
"""


def test_a_broker_that_is_down_costs_the_reader_nothing() -> None:
    article = ArticlePageFactory()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "WELLPRESS_TEST_VAR": str(settings.VAR),
        "TEST_DATABASE_URL": database_url(),
        "TEST_BROKER_URL": "sqlite:////dev/null/broker.sqlite3",
    }
    subprocess.run([sys.executable, "-c", POST_ONE % article.pk], cwd=ROOT, env=environment, check=True)
    comment = Comment.objects.get()
    assert (comment.state, comment.text) == ("pending", "Written in a bad hour.")
