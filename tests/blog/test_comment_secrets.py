"""No reader ever gets the address, the network address or the browser of somebody who wrote, reported or voted."""

import re
from collections import Counter
from typing import Any

import pytest
from django.test import Client

from blog.actions.votes import vote_helpful, voter_of
from blog.models import AkismetCheck, Ban, Comment, CommentReport
from home.models import HomePage
from tests.factories import ArticlePageFactory, AuthorPageFactory, CommentFactory, TopicFactory

pytestmark = pytest.mark.django_db
NUMBER, ALIKE = 100, 10
MARK = re.compile(
    r"marked-\d+|secret-browser|secret-report|198\.51\.100\.\d+|203\.0\.113\.\d+|secret-before|secret-why"
)


def marked(article: Any, number: int) -> Comment:
    state = list(Comment.State)[number % len(Comment.State)] if number >= 60 else Comment.State.PUBLISHED
    comment = CommentFactory(
        article=article,
        state=state,
        email=f"marked-{number}@example.com",
        ip=f"198.51.100.{number}",
        user_agent=f"secret-browser {number}",
        original_text="secret-before",
        refusal_reason="secret-why",
        reasons=[{"code": "x", "words": "secret-why"}],
        helpful_count=number % 3,
    )
    CommentReport.objects.create(comment=comment, reason="harm", words="secret-report", ip=f"203.0.113.{number}")
    AkismetCheck.objects.create(comment=comment, values={"user_ip": f"198.51.100.{number}"})
    vote_helpful(comment, voter=voter_of(comment, ip=f"203.0.113.{number}", user_agent="secret-browser"))
    return comment


def addresses_in(html: str) -> set[str]:
    found = re.findall(r'(?:href|action|formaction)="(/[^"#]*)', html)
    others = (address for address in found if not address.startswith(("/static/", "/media/")))
    return {
        address.replace("&amp;", "&") for address in others if "reply=" not in address
    }  # they are all alike: a few are named


def crawl(client: Client, *begin: str) -> dict[str, str]:
    """Every page of the site that links lead to, with its headers; of those that differ by a number, the first ten."""
    pages: dict[str, str] = {}
    kinds: Counter[str] = Counter()
    waiting = list(begin)
    while waiting:
        address = waiting.pop()
        kind = re.sub(r"\d+", "0", address)
        if address in pages or "/admin" in address or kinds[kind] == ALIKE:
            continue
        kinds[kind] += 1
        answer = client.get(address)
        text = answer.content.decode(errors="replace") if not answer.streaming else ""
        pages[address] = f"{answer.headers} {text}"
        waiting += addresses_in(text)
        if answer.get("Location", "").startswith("/"):
            waiting.append(answer["Location"].partition("#")[0])
    return pages


def test_a_hundred_marked_addresses_are_on_no_page_feed_or_map(client: Client, home: HomePage) -> None:
    article = ArticlePageFactory(slug="it", by=AuthorPageFactory(slug="ann"), topic=TopicFactory(slug="sleep"))
    comments = [marked(article, number) for number in range(NUMBER)]
    Ban.objects.create(kind="address", value="marked-1@example.com")
    for number, comment in enumerate(comments[:20]):
        Comment.objects.filter(pk=comments[number + 20].pk).update(parent=comment, answers=comment)
    more = [f"/articles/it/?reply={comment.pk}" for comment in comments[:3]]
    feeds = ("/feed/", "/feed.json", "/topics/sleep/feed/", "/authors/ann/feed.json", "/sitemap.xml")
    pages = crawl(client, "/", "/articles/it/", "/search/?q=marked", *feeds, *more)
    for kind in ("report", "helpful", "go"):
        assert sum(f"/comments/{kind}/" in address for address in pages) >= ALIKE
    assert pages["/articles/it/"].count("This helped me a good deal.") > 50
    assert not {address: MARK.findall(page) for address, page in pages.items() if MARK.search(page)}


def test_the_marks_would_be_found_where_they_stand(client: Client) -> None:
    comment = marked(ArticlePageFactory(slug="it"), 7)
    Comment.objects.filter(pk=comment.pk).update(text="Write to marked-7@example.com")
    assert MARK.findall(crawl(client, "/articles/it/")["/articles/it/"])
