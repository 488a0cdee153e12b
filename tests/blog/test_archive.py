"""A reader goes through the archive: by year, by month, by tag."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from tests.factories import ArticlePageFactory, TopicFactory

pytestmark = pytest.mark.django_db


def page_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def published(year: int, month: int, day: int = 10, *, hour: int = 9, **fields: Any) -> Any:
    return ArticlePageFactory(first_published_at=datetime(year, month, day, hour, tzinfo=UTC), **fields)


def test_a_month_holds_what_was_first_published_in_it(client: Client) -> None:
    published(2026, 3, title="In March")
    published(2026, 3, title="A draft of March", live=False)
    published(2026, 4, title="In April")
    html = page_of(client, "/articles/2026/03/")
    assert "In March" in html
    assert "1 article first appeared" in html
    assert "A draft of March" not in html
    assert "In April" not in html


def test_months_begin_at_midnight_by_the_clock_of_the_site(client: Client) -> None:
    published(2026, 6, 30, hour=23, title="Half past midnight in London")
    assert "Half past midnight" in page_of(client, "/articles/2026/07/")
    assert client.get("/articles/2026/06/").status_code == 404


def test_a_month_leads_to_its_neighbours_that_hold_articles(client: Client) -> None:
    for year, month in ((2025, 12), (2026, 3), (2026, 8)):
        published(year, month)
    html = page_of(client, "/articles/2026/03/")
    assert 'href="/articles/2025/12/"' in html
    assert 'href="/articles/2026/08/"' in html
    assert 'href="/articles/2026/"' in html
    assert "/articles/2026/09/" not in page_of(client, "/articles/2026/08/")


def test_a_year_counts_its_months_and_the_list_of_articles_leads_to_it(client: Client) -> None:
    for month in (3, 3, 8):
        published(2026, month)
    published(2025, 1)
    html = page_of(client, "/articles/2026/")
    assert "3 articles, by the month" in html
    assert html.index("August") < html.index("March")
    assert 'href="/articles/2025/"' in html
    assert 'href="/articles/2026/"' in page_of(client, "/articles/")


@pytest.mark.parametrize("path", ["2024/", "2026/13/", "2026/00/", "2026/3/", "1066/", "2026/02/"])
def test_a_year_or_month_without_articles_is_not_found(client: Client, path: str) -> None:
    published(2026, 3)
    assert client.get(f"/articles/{path}").status_code == 404


def test_an_article_whose_address_looks_like_a_year_is_still_read_there(client: Client) -> None:
    published(2026, 3, slug="2026", title="The year 2026")
    assert "The year 2026 |" in page_of(client, "/articles/2026/")


def test_the_archive_is_kept_out_of_search_engines_and_names_its_own_address(client: Client) -> None:
    published(2026, 3)
    for path in ("/articles/2026/", "/articles/2026/03/"):
        html = page_of(client, path)
        assert '<meta name="robots" content="noindex, follow">' in html
        assert f'<link rel="canonical" href="http://testserver{path}">' in " ".join(html.split())


def test_a_tag_gathers_articles_of_all_topics(client: Client) -> None:
    for name in ("Pain", "Sleep"):
        article = ArticlePageFactory(title=f"{name} at night", topic=TopicFactory(name=name, slug=name.lower()))
        article.tags.add("night")
        article.save()
    ArticlePageFactory(title="By day")
    html = page_of(client, "/tags/night/")
    assert "2 articles from two topics" in html
    assert "Pain at night" in html
    assert "Sleep at night" in html
    assert "By day" not in html


def test_a_tag_that_no_published_article_carries_is_not_found(client: Client) -> None:
    article = ArticlePageFactory(live=False)
    article.tags.add("night")
    article.save()
    assert client.get("/tags/night/").status_code == 404
    for nonsense in ("nonsense", "%00", "n%00ght", "%ff"):
        assert client.get(f"/tags/{nonsense}/").status_code == 404


def test_later_pages_say_so_in_their_title_and_canonical_address(client: Client) -> None:
    for day in range(1, 15):
        published(2026, 3, day, topic=TopicFactory(slug="pain", name="Pain"))
    for path, title in (
        ("/articles/", "Articles"),
        ("/articles/2026/03/", "Articles of March 2026"),
        ("/topics/pain/", "Pain"),
    ):
        for number in ("2", "99"):
            html = page_of(client, f"{path}?page={number}")
            assert f"<title>{title}, page 2 |" in html
            assert f'href="http://testserver{path}?page=2"' in html
