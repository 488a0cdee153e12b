"""A feed reader asks for the new articles."""

from datetime import timedelta

import pytest
from defusedxml.ElementTree import fromstring
from django.test import Client
from django.utils import timezone

from blog.feeds import LENGTH, clean_text
from tests.factories import ArticlePageFactory, AuthorPageFactory, TopicFactory

pytestmark = pytest.mark.django_db
CREATOR = "{http://purl.org/dc/elements/1.1/}creator"


def items(client: Client) -> list:
    response = client.get("/feed/")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/rss+xml")
    return fromstring(response.content).findall("./channel/item")


def test_the_feed_holds_what_a_reader_needs_of_each_article(client: Client) -> None:
    topic, author = TopicFactory(name="Sleep"), AuthorPageFactory(title="Ann Lark")
    article = ArticlePageFactory(title="Cold mornings", topic=topic, by=author)
    (item,) = items(client)
    assert item.findtext("title") == "Cold mornings"
    assert item.findtext("link") == f"http://testserver/articles/{article.slug}/"
    assert item.findtext("description") == "What it is about."
    assert item.findtext("category") == "Sleep"
    assert item.findtext(CREATOR) == "Ann Lark"
    assert item.findtext("pubDate")


def test_the_newest_come_first_and_only_so_many(client: Client) -> None:
    now = timezone.now()
    for age in range(LENGTH + 2):
        ArticlePageFactory(title=f"Aged {age}", first_published_at=now - timedelta(days=age))
    titles = [item.findtext("title") for item in items(client)]
    assert titles == [f"Aged {age}" for age in range(LENGTH)]


def test_drafts_stay_out(client: Client) -> None:
    ArticlePageFactory(live=False)
    assert items(client) == []


def test_words_that_xml_cannot_hold_do_not_break_the_feed(client: Client) -> None:
    ArticlePageFactory(title="Bell\x07 & <b>tag</b>\x00"[:-1], deck="]]>\x0b")
    (item,) = items(client)
    assert item.findtext("title") == "Bell & <b>tag</b>"
    assert item.findtext("description") == "]]>"


def test_clean_text_keeps_letters_of_every_language() -> None:
    assert clean_text("näive 心 🌿\t\n") == "näive 心 🌿\t\n"
