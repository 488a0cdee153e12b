"""Comments by the page: fifty threads each, in the order in which they began."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from blog.commenting.thread import PAGE_SIZE, read_threads
from blog.models import ArticlePage, Comment
from tests.factories import ArticlePageFactory, CommentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def article() -> Any:
    return ArticlePageFactory(slug="it")


def add_threads(article: ArticlePage, number: int) -> list[Comment]:
    begun = timezone.now() - timedelta(days=30)
    rows = [
        Comment(
            article=article,
            author_name=f"Reader {n}",
            email="r@example.com",
            text=f"Words {n}",
            state=Comment.State.PUBLISHED,
            created_at=begun + timedelta(minutes=n),
        )
        for n in range(number)
    ]
    return Comment.objects.bulk_create(rows)


def words(html: str) -> list[int]:
    return [int(number) for number in re.findall(r"<p>Words (\d+)</p>", html)]


def read(client: Client, query: str = "") -> str:
    return client.get(f"/articles/it/{query}").content.decode()


def test_the_oldest_fifty_threads_come_first_and_the_count_is_of_all(client: Client, article: Any) -> None:
    add_threads(article, PAGE_SIZE + 3)
    first, second = read(client), read(client, "?comments=2")
    assert words(first) == list(range(PAGE_SIZE))
    assert words(second) == [PAGE_SIZE, PAGE_SIZE + 1, PAGE_SIZE + 2]
    for html in (first, second):
        assert f'<span class="num">({PAGE_SIZE + 3})</span>' in html
    assert 'href="/articles/it/?comments=2#comments"' in first
    assert 'href="/articles/it/#comments"' in second
    assert "Later comments" not in second


def test_a_short_thread_speaks_of_no_pages(client: Client, article: Any) -> None:
    add_threads(article, PAGE_SIZE)
    assert "Pages of comments" not in read(client)


def test_all_pages_are_one_page_to_search_engines(client: Client, article: Any) -> None:
    add_threads(article, PAGE_SIZE + 1)
    assert re.search(r'rel="canonical"\s+href="[^"?]+/articles/it/"', read(client, "?comments=2"))


@pytest.mark.parametrize("asked", ["0", "-1", "99", "two", "", "9" * 40, "²"])
def test_a_page_that_is_not_there_gives_the_nearest(client: Client, article: Any, asked: str) -> None:
    add_threads(article, PAGE_SIZE + 1)
    assert words(read(client, f"?comments={asked}")) == ([PAGE_SIZE] if asked == "99" else list(range(PAGE_SIZE)))


def test_a_comment_is_found_wherever_it_stands_and_a_reply_beside_its_thread(client: Client, article: Any) -> None:
    threads = add_threads(article, PAGE_SIZE + 1)
    reply = CommentFactory(article=article, parent=threads[0])
    for comment, query in ((threads[0], ""), (threads[-1], "?comments=2"), (reply, "")):
        answer = client.get(f"/comments/go/{comment.pk}/")
        assert answer["Location"] == f"/articles/it/{query}#comment-{comment.pk}"
        assert f'id="comment-{comment.pk}"' in client.get(answer["Location"]).content.decode()


def test_a_comment_that_nobody_sees_is_not_found(client: Client, article: Any) -> None:
    held = CommentFactory(article=article, state=Comment.State.HELD)
    assert client.get(f"/comments/go/{held.pk}/").status_code == 404
    seen = CommentFactory(article=article)
    article.unpublish()
    assert client.get(f"/comments/go/{seen.pk}/").status_code == 404


def test_who_answers_stays_on_the_page_of_the_thread(client: Client, article: Any) -> None:
    last = add_threads(article, PAGE_SIZE + 1)[-1]
    link = f"/articles/it/?comments=2&reply={last.pk}#comment-form"
    assert link.replace("&", "&amp;") in read(client, "?comments=2")
    html = client.get(link).content.decode()
    assert words(html) == [PAGE_SIZE]
    assert f'name="parent" value="{last.pk}"' in html


def test_a_thread_keeps_its_place_when_its_first_comment_is_taken_away(client: Client, article: Any) -> None:
    first, _ = add_threads(article, 2)
    CommentFactory(article=article, parent=first, text="Words 7")
    first.state = Comment.State.WITHDRAWN
    first.save()
    html = read(client)
    assert words(html) == [1, 7]  # the thread now begins with its reply
    assert html.count("A comment was taken away here.") == 1


def test_hostile_names_and_words_are_shown_as_they_are_written(client: Client, article: Any) -> None:
    CommentFactory(article=article, author_name="<b>{level}", text="<script>x</script> {key} %s {{ page }}")
    html = read(client)
    assert '<h3 class="comment__name">&lt;b&gt;{level}</h3>' in html
    assert "<p>&lt;script&gt;x&lt;/script&gt; {key} %s {{ page }}</p>" in html


def test_reading_costs_the_same_number_of_queries_for_one_comment_and_for_a_thousand(
    client: Client, article: Any
) -> None:
    taken = []
    for more in (1, 49, 950):
        add_threads(article, more)
        client.get("/articles/it/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/articles/it/")
        taken.append(len(queries))
    assert len(set(taken)) == 1
    assert read_threads(article).count == 1000
