"""A feed reader follows the archive of issues."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from newsletter.feeds import LENGTH
from tests.blog.feed_rules import CONTENT, read_json, read_rss
from tests.factories import ArticlePageFactory, AuthorPageFactory, IssuePageFactory

pytestmark = pytest.mark.django_db


def items(client: Client) -> list[Any]:
    return read_rss(client.get("/newsletter/feed/").content).findall("item")


def issue(**fields: Any) -> Any:
    return IssuePageFactory(first_published_at=timezone.now(), **fields)


def test_each_issue_is_there_in_full_with_links_to_its_articles(client: Client) -> None:
    article = ArticlePageFactory(title="Cold mornings", deck="How to start.")
    ann = AuthorPageFactory(title="Ann Lark")
    body = [
        ("intro", {"text": "<p>Welcome all.</p>", "signed_by": ann}),
        ("article", {"article": article, "words": ""}),
        ("text", {"title": "To try", "text": "<p>Stand on one leg.</p>"}),
        ("question", {"question": "Is it safe?", "answer": "<p>Yes.</p>", "answered_by": ann}),
    ]
    made = issue(number=7, title="June", body=body)
    (item,) = items(client)
    assert item.findtext("title") == "Issue 7: June"
    assert item.findtext("link") == f"http://testserver/newsletter/{made.slug}/"
    html = item.findtext(CONTENT)
    for words in ("Dear reader,", "Welcome all.", "How to start.", "Stand on one leg.", "Is it safe?", "Ann Lark"):
        assert words in html
    assert f'href="http://testserver/articles/{article.slug}/"' in html
    (same,) = read_json(client.get("/newsletter/feed.json").json())
    assert (same["id"], same["content_html"]) == (item.findtext("guid"), html)


def test_the_newest_come_first_and_drafts_and_withdrawn_articles_stay_out(client: Client) -> None:
    hidden = ArticlePageFactory(title="Withdrawn", live=False)
    issue(number=1, body=[("article", {"article": hidden, "words": "Its words"})])
    issue(number=2)
    issue(number=3, live=False)
    numbers = [item.findtext("title").split(":")[0] for item in items(client)]
    assert numbers == ["Issue 2", "Issue 1"]
    assert b"Withdrawn" not in client.get("/newsletter/feed/").content


def test_the_number_of_queries_does_not_grow_with_the_issues(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    issue()
    with django_assert_max_num_queries(100) as few:
        items(client)
    for _ in range(LENGTH):
        issue()
    with django_assert_max_num_queries(len(few) + 1):
        items(client)
