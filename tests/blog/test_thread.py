"""Comments by the page: fifty threads each, in the order in which they began."""

import re
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from blog.commenting.thread import FOLDED, PAGE_SIZE, read_threads
from blog.models import ArticlePage, Comment
from tests.factories import ArticlePageFactory, AuthorPageFactory, CommentFactory

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


def add_replies(first: Comment, number: int, *, begin: int = 0) -> list[Comment]:
    rows = [
        Comment(
            article=first.article,
            parent=first,
            answers=first,
            author_name=f"Answering {n}",
            email="r@example.com",
            text=f"Words {n}",
            state=Comment.State.PUBLISHED,
            created_at=first.created_at + timedelta(seconds=n),
        )
        for n in range(begin, begin + number)
    ]
    return Comment.objects.bulk_create(rows)


def shown(html: str) -> list[int]:
    return [int(key) for key in re.findall(r'id="comment-(\d+)"', html)]


def test_a_long_thread_shows_its_first_replies_and_leads_to_the_others(client: Client, article: Any) -> None:
    first, second = add_threads(article, 2)
    replies = add_replies(first, FOLDED + 130, begin=100)
    few = add_replies(second, FOLDED, begin=900)
    html = read(client)
    keys = [first.pk, *(reply.pk for reply in replies[:FOLDED]), second.pk, *(reply.pk for reply in few)]
    assert shown(html) == keys
    assert html.count("Show the other") == 1
    last = replies[FOLDED - 1].pk
    assert f'href="/articles/it/?thread={first.pk}#comment-{last}"' in html
    assert "Show the other 130 replies" in html
    alone = read(client, f"?thread={first.pk}")
    assert shown(alone) == [first.pk, *(reply.pk for reply in replies[:PAGE_SIZE])]
    assert "You are reading one conversation." in alone
    assert "Show the other" not in alone
    assert f'href="/articles/it/?thread={first.pk}&amp;comments=2#comments"' in alone


def test_one_hidden_reply_is_spoken_of_as_one(client: Client, article: Any) -> None:
    add_replies(add_threads(article, 1)[0], FOLDED + 1)
    assert "Show the other reply" in read(client)


def test_a_thread_stands_alone_also_when_its_first_comment_was_taken_away(client: Client, article: Any) -> None:
    first = add_threads(article, 1)[0]
    replies = add_replies(first, FOLDED + 3)
    Comment.objects.filter(pk=first.pk).update(state=Comment.State.WITHDRAWN)
    answer = client.get(f"/comments/go/{replies[-1].pk}/")
    assert answer["Location"] == f"/articles/it/?thread={first.pk}#comment-{replies[-1].pk}"
    alone = client.get(answer["Location"]).content.decode()
    assert shown(alone) == [reply.pk for reply in replies]
    assert "A comment was taken away here." in alone


@pytest.mark.parametrize("asked", ["0", "-1", "nonsense", "9" * 18, "9" * 40, "²", ""])
def test_a_thread_that_is_not_there_gives_all_comments(client: Client, article: Any, asked: str) -> None:
    add_threads(article, 2)
    assert words(read(client, f"?thread={asked}")) == [0, 1]


def test_a_thread_of_another_article_or_one_that_nobody_sees_does_not_stand_alone(client: Client, article: Any) -> None:
    add_threads(article, 2)
    other = CommentFactory()
    held = CommentFactory(article=article, state=Comment.State.HELD)
    for key in (other.pk, held.pk):
        assert words(read(client, f"?thread={key}")) == [0, 1]


def test_who_answers_a_thread_that_stands_alone_stays_with_it(client: Client, article: Any) -> None:
    first = add_threads(article, 1)[0]
    reply = add_replies(first, PAGE_SIZE + 1)[-1]
    link = f"/articles/it/?thread={first.pk}&comments=2&reply={reply.pk}#comment-form"
    assert link.replace("&", "&amp;") in read(client, f"?thread={first.pk}&comments=2")
    html = client.get(link).content.decode()
    assert shown(html) == [first.pk, reply.pk]
    assert f'name="parent" value="{reply.pk}"' in html


def test_the_newest_or_the_most_helpful_come_first_for_who_asks(client: Client, article: Any) -> None:
    threads = add_threads(article, PAGE_SIZE + 2)
    Comment.objects.filter(pk=threads[30].pk).update(helpful_count=9)
    Comment.objects.filter(pk=threads[51].pk).update(helpful_count=3)
    newest = words(read(client, "?order=newest"))
    assert newest == list(range(PAGE_SIZE + 1, 1, -1))
    assert words(read(client, "?order=newest&comments=2")) == [1, 0]
    assert words(read(client, "?order=helpful"))[:4] == [30, 51, 0, 1]
    assert words(read(client, "?order=upside-down")) == list(range(PAGE_SIZE))
    html = read(client, "?order=newest")
    assert re.search(r'href="/articles/it/\?order=newest#comments"\s+rel="nofollow" aria-current="true"', html)
    assert 'href="/articles/it/?order=newest&amp;comments=2#comments"' in html
    assert re.search(r'rel="canonical"\s+href="[^"?]+/articles/it/"', html)


def test_replies_stay_as_they_came_whatever_the_order_of_threads(client: Client, article: Any) -> None:
    first, _ = add_threads(article, 2)
    add_replies(first, 2, begin=100)
    assert words(read(client, "?order=newest")) == [1, 0, 100, 101]


def test_one_thread_has_no_order_to_choose(client: Client, article: Any) -> None:
    add_replies(add_threads(article, 1)[0], 3)
    assert "Order of the comments" not in read(client)


def test_a_reply_to_a_reply_says_to_whom_and_leads_there(client: Client, article: Any) -> None:
    first = add_threads(article, 1)[0]
    replies = add_replies(first, FOLDED + 60, begin=100)
    Comment.objects.filter(pk=replies[1].pk).update(answers=replies[0], author_name="Second")
    Comment.objects.filter(pk=replies[0].pk).update(author_name="<Joan>")
    html = read(client)
    assert f'In answer to <a href="#comment-{replies[0].pk}">&lt;Joan&gt;</a>' in html
    assert html.count("In answer to") == 1  # what answers the first comment of its thread stands below it
    Comment.objects.filter(pk=replies[-1].pk).update(answers=replies[0])
    later = read(client, f"?thread={first.pk}&comments=2")
    assert f'In answer to <a href="/comments/go/{replies[0].pk}/">' in later
    Comment.objects.filter(pk=replies[0].pk).update(state=Comment.State.REFUSED)
    assert "In answer to" not in read(client, f"?thread={first.pk}&comments=2")


def test_a_comment_that_its_writer_changed_says_so(client: Client, article: Any) -> None:
    edited = CommentFactory(article=article, edited_at=timezone.now())
    CommentFactory(article=article)
    html = read(client)
    assert html.count('<span class="meta">edited</span>') == 1
    assert html.index(f'id="comment-{edited.pk}"') < html.index('<span class="meta">edited</span>')


def test_what_our_own_people_write_carries_their_part(client: Client) -> None:
    author, reviewer = AuthorPageFactory(title="Ann"), AuthorPageFactory(title="Dr Moss", is_reviewer=True)
    page = ArticlePageFactory(slug="it", by=author)
    for person in (author, reviewer, AuthorPageFactory(title="Ed")):
        CommentFactory(article=page, staff=person, author_name=person.title)
    html = read(client)
    assert re.findall(r'<span class="tag tag--heather">(\w+)</span>', html) == ["Author", "Reviewer", "Editor"]


def add_a_thousand(article: ArticlePage) -> list[Comment]:
    """60 threads: two long ones, the others with 0 to 20 replies; some answer replies, one thread lost its head."""
    threads = add_threads(article, 60)
    comments = list(threads)
    for number, first in enumerate(threads):
        comments += add_replies(first, 300 if number == 3 else number % 21)
    comments += add_replies(threads[5], 1001 - len(comments), begin=50)
    replies = [comment for comment in comments if comment.parent_id == threads[3].pk]
    for before, after in pairwise(replies):
        after.answers = before
    Comment.objects.bulk_update(replies, ["answers"])
    Comment.objects.filter(pk=threads[7].pk).update(state=Comment.State.WITHDRAWN)
    return [comment for comment in comments if comment != threads[7]]


def test_each_of_a_thousand_comments_is_found_by_its_address(client: Client, article: Any) -> None:
    comments = add_a_thousand(article)
    assert len(comments) == 1000
    pages: dict[str, set[int]] = {}
    for comment in comments:
        address, _, place = client.get(f"/comments/go/{comment.pk}/")["Location"].partition("#")
        if address not in pages:
            pages[address] = set(shown(client.get(address).content.decode()))
        assert place == f"comment-{comment.pk}"
        assert comment.pk in pages[address], f"{comment} is not on {address}"
    assert all(len(keys) <= PAGE_SIZE * (FOLDED + 1) for keys in pages.values())


@pytest.mark.parametrize(
    "query", ["", "?comments=2", "?order=newest", "?order=helpful", "?thread={}", "?thread={}&comments=8"]
)
def test_a_thousand_comments_in_threads_cost_as_many_queries_as_ten(client: Client, query: str) -> None:
    taken = []
    for slug, fill in (("ten", lambda page: add_replies(add_threads(page, 4)[3], 6)), ("it", add_a_thousand)):
        page = ArticlePageFactory(slug=slug)
        fill(page)
        thread = Comment.objects.filter(article=page, parent=None).order_by("pk")[3].pk
        address = f"/articles/{slug}/{query.format(thread)}"
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        taken.append(len(queries))
    assert taken[0] == taken[1]


def test_going_to_a_comment_costs_few_queries_however_many_there_are(client: Client, article: Any) -> None:
    comments = add_a_thousand(article)
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/comments/go/{comments[-1].pk}/")
    assert len(queries) <= 8
