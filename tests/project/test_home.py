"""A reader comes to the front page."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from home.models import HomePage, SiteSettings
from tests.factories import ArticlePageFactory, IssuePageFactory, ReviewFactory, TopicFactory

pytestmark = pytest.mark.django_db


def front(client: Client) -> str:
    response = client.get("/")
    assert response.status_code == 200
    return response.content.decode()


def test_an_empty_magazine_has_a_front_page(client: Client, home: HomePage) -> None:
    html = front(client)
    assert home.headline in html
    assert "How an article reaches you" in html
    assert "Checked again" not in html


def test_the_newest_article_leads_unless_the_editor_chose_another(client: Client, home: HomePage) -> None:
    now = timezone.now()
    articles = [
        ArticlePageFactory(title=f"Aged {age}", first_published_at=now - timedelta(days=age)) for age in range(9)
    ]
    lead = 'class="card card--lead"'
    assert front(client).split(lead)[1].index("Aged 0") < front(client).split(lead)[1].index("Aged 1")
    home.lead_article = articles[8]
    home.save()
    html = front(client)
    assert html.split(lead)[1].index("Aged 8") < html.split(lead)[1].index("Aged 0")
    assert html.count("Aged 8") == 1


def test_a_lead_that_was_withdrawn_gives_way_to_the_newest(client: Client, home: HomePage) -> None:
    home.lead_article = ArticlePageFactory(title="Withdrawn", live=False)
    home.save()
    ArticlePageFactory(title="Here")
    html = front(client)
    assert "Withdrawn" not in html
    assert "Here" in html


def test_what_was_checked_again_is_listed_with_what_changed(client: Client) -> None:
    review = ReviewFactory(note="two paragraphs updated")
    assert "Checked again" not in front(client)  # it was read once
    ReviewFactory(article=review.article, reviewed_on=review.reviewed_on - timedelta(days=300))
    html = front(client)
    assert "Checked again" in html
    assert f"{review.reviewed_on.day} {review.reviewed_on:%B %Y}, two paragraphs updated" in html


def test_topics_words_to_try_and_the_latest_issue_lead_on(client: Client, home: HomePage) -> None:
    TopicFactory(name="Sleep", slug="sleep")
    article = ArticlePageFactory()
    article.tags.add("back pain")
    article.save()
    IssuePageFactory(number=7, title="Winter", slug="winter")
    html = front(client)
    assert 'href="/topics/sleep/"' in html
    assert "/search/?q=back%20pain" in html
    assert 'href="/newsletter/winter/"' in html


def test_hostile_settings_are_shown_as_words(client: Client, home: HomePage) -> None:
    settings = SiteSettings.for_site(home.get_site())
    settings.site_name = settings.tagline = "<script>alert(1)</script>"
    settings.save()
    home.headline = home.intro = "<script>alert(1)</script>"
    home.save()
    html = front(client)
    assert "<script>alert(1)" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_a_fuller_front_page_asks_no_more_queries(client: Client, django_assert_max_num_queries: Any) -> None:
    for _ in range(9):
        review = ReviewFactory(article=ArticlePageFactory())
        ReviewFactory(article=review.article, reviewed_on=review.reviewed_on - timedelta(days=300))
    assert "Checked again" in front(client)
    with django_assert_max_num_queries(20):
        front(client)
