"""A search engine reads what a page is."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from blog.models import Contribution
from blog.structured_data import to_script
from tests.factories import ArticlePageFactory, AuthorPageFactory, ReviewFactory, TopicFactory

pytestmark = pytest.mark.django_db
HOSTILE = '</script><script>alert("x")</script><!-- \u2028 & \\'
_SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def data_of(client: Client, path: str) -> list[dict[str, Any]]:
    return [json.loads(script) for script in _SCRIPT.findall(client.get(path).content.decode())]


def test_a_reviewed_article_is_a_medical_page_with_its_reviewer(client: Client) -> None:
    review = ReviewFactory()
    article, path = data_of(client, f"/articles/{review.article.slug}/")
    assert article["@type"] == ["MedicalWebPage", "Article"]
    assert article["reviewedBy"]["name"] == "Dr Ada Moss"
    assert article["lastReviewed"] == review.reviewed_on.isoformat()
    assert article["url"] == f"http://testserver/articles/{review.article.slug}/"
    assert path["@type"] == "BreadcrumbList"


def test_an_article_that_nobody_reviewed_claims_no_review(client: Client) -> None:
    article = data_of(client, f"/articles/{ArticlePageFactory().slug}/")[0]
    assert article["@type"] == "Article"
    assert not {"reviewedBy", "lastReviewed"} & set(article)


def test_all_authors_are_named_and_helpers_are_not(client: Client) -> None:
    page = ArticlePageFactory(by=AuthorPageFactory(title="Ann", orcid="0000-0002-1825-0097"))
    Contribution.objects.create(article=page, author=AuthorPageFactory(title="Ben"), sort_order=1)
    Contribution.objects.create(article=page, author=AuthorPageFactory(title="Cy"), role="checked", sort_order=2)
    authors = data_of(client, f"/articles/{page.slug}/")[0]["author"]
    assert [author["name"] for author in authors] == ["Ann", "Ben"]
    assert authors[0]["sameAs"] == "https://orcid.org/0000-0002-1825-0097"
    assert all(author["@type"] == "Person" for author in authors)


def test_the_path_leads_from_the_front_page_over_the_topic(client: Client) -> None:
    page = ArticlePageFactory(title="It", topic=TopicFactory(name="Pain", slug="pain"))
    steps = data_of(client, f"/articles/{page.slug}/")[1]["itemListElement"]
    assert [(step["position"], step["name"], step["item"]) for step in steps] == [
        (1, "Home", "http://testserver/"),
        (2, "Pain", "http://testserver/topics/pain/"),
        (3, "It", f"http://testserver/articles/{page.slug}/"),
    ]


def test_the_dates_are_those_of_publishing_and_of_the_last_change(client: Client) -> None:
    page = ArticlePageFactory()
    data = data_of(client, f"/articles/{page.slug}/")[0]
    assert data["datePublished"] == data["dateModified"] == page.first_published_at.isoformat()


def test_an_authors_page_describes_the_person(client: Client) -> None:
    person = AuthorPageFactory(title="Ann Lark", role="Nurse")
    (data,) = data_of(client, f"/authors/{person.slug}/")
    assert data["mainEntity"]["name"] == "Ann Lark"
    assert data["mainEntity"]["jobTitle"] == "Nurse"


def test_hostile_words_cannot_leave_the_script_element(client: Client) -> None:
    author = AuthorPageFactory(title=HOSTILE, role=HOSTILE)
    page = ArticlePageFactory(title=HOSTILE, deck=HOSTILE, by=author, topic=TopicFactory(name=HOSTILE, slug="bad"))
    html = client.get(f"/articles/{page.slug}/").content.decode()
    assert "<script>alert" not in html
    first = json.loads(_SCRIPT.findall(html)[0])
    assert first["headline"] == HOSTILE
    assert first["author"][0]["name"] == HOSTILE


def test_what_a_script_holds_reads_back_the_same() -> None:
    script = to_script({"words": HOSTILE})
    assert script.count("<") == 2
    assert json.loads(_SCRIPT.findall(script)[0]) == {"words": HOSTILE}
