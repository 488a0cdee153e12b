"""From the reader's form through a real worker to the queue."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from blog.models import Comment
from guard.forms import make_token
from tests.factories import ArticlePageFactory
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
