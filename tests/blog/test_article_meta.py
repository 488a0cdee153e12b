"""What social sites and feed readers find in the head of a page."""

import re
from datetime import datetime

import pytest
from django.test import Client

from tests.factories import ArticlePageFactory, AuthorPageFactory, TopicFactory

pytestmark = pytest.mark.django_db
_META = re.compile(r'<meta (?:property|name)="([^"]+)"\s+content="([^"]*)">')


def head(client: Client, path: str) -> list[tuple[str, str]]:
    return _META.findall(client.get(path).content.decode())


def test_an_article_tells_its_dates_people_shelf_and_tags(client: Client) -> None:
    page = ArticlePageFactory(topic=TopicFactory(name="Sleep"), by=AuthorPageFactory(title='Ann "Lark"', slug="ann"))
    page.tags.add("winter")
    page.save()
    found = head(client, page.url)
    assert ("og:type", "article") in found
    assert ("author", "Ann &quot;Lark&quot;") in found
    assert ("article:author", "http://testserver/authors/ann/") in found
    assert ("article:section", "Sleep") in found
    assert ("article:tag", "winter") in found
    dates = dict(found)
    assert datetime.fromisoformat(dates["article:published_time"]) == page.first_published_at
    assert dates["article:modified_time"] == page.first_published_at.isoformat()


def test_a_list_names_the_pages_before_and_after(client: Client) -> None:
    pain = TopicFactory(slug="pain")
    for _ in range(30):
        ArticlePageFactory(topic=pain)
    html = client.get("/topics/pain/?page=2").content.decode().split("</head>")[0]
    assert re.search(r'<link rel="prev"\s+href="http://testserver/topics/pain/">', html)
    assert re.search(r'<link rel="next"\s+href="http://testserver/topics/pain/\?page=3">', html)
    first = client.get("/topics/pain/").content.decode().split("</head>")[0]
    assert 'rel="prev"' not in first
    assert 'rel="next"' in first
