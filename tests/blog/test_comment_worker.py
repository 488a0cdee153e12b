"""From the reader's form through a real worker to the queue."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from blog.models import Comment
from guard.forms import make_token
from tests.factories import ArticlePageFactory

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
    assert client.post(address, {**words, "text": "Good site.", "website": "https://x.example"}).status_code == 303
    assert set(Comment.objects.values_list("state", flat=True)) == {"pending"}
    start_worker()
    assert wait_for(lambda: not Comment.objects.pending().exists())
    states = dict(Comment.objects.values_list("text", "state"))
    assert states == {"A diary helped me.": "held", "Good site.": "spam"}
    assert "A diary helped me." not in client.get(article.url).text
