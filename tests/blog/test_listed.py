"""Public lists hold what any reader may see, and nothing else."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from blog.listed import list_articles
from blog.models import ArticleIndexPage, ArticlePage
from tests.factories import ArticlePageFactory, TopicFactory

pytestmark = pytest.mark.django_db


def published() -> list[ArticlePage]:
    return list(ArticlePage.objects.published())


def close(page: Page) -> PageViewRestriction:
    return PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)


def test_a_live_article_is_published_since_its_day_of_first_publishing() -> None:
    day = timezone.now() - timedelta(days=40)
    article = ArticlePageFactory(first_published_at=day)
    assert published() == [article]
    assert ArticlePage.objects.get().listed_at == day


def test_a_draft_is_not_published_until_it_is() -> None:
    article = ArticlePageFactory(live=False)
    assert published() == []
    article.save_revision().publish()
    assert published() == [article]


@pytest.mark.parametrize("fetch", [lambda pk: ArticlePage.objects.get(pk=pk), lambda pk: Page.objects.get(pk=pk)])
def test_a_withdrawn_article_is_not_published_whichever_class_saved_it(fetch: Callable[[int], Any]) -> None:
    fetch(ArticlePageFactory().pk).unpublish()
    assert published() == []


def test_a_closed_article_is_not_published_until_it_is_opened() -> None:
    article = ArticlePageFactory()
    restriction = close(article)
    assert published() == []
    restriction.delete()
    assert published() == [article]


def test_a_restriction_of_the_section_closes_all_articles_in_it() -> None:
    article = ArticlePageFactory()
    restriction = close(ArticleIndexPage.objects.get())
    article.save()
    assert published() == []
    restriction.delete()
    assert published() == [article]


def test_an_article_that_moves_under_a_closed_page_is_not_published(home: Any) -> None:
    article = ArticlePageFactory()
    closed = home.add_child(instance=ArticleIndexPage(title="Archive", slug="archive"))
    close(closed)
    article.move(closed, pos="last-child")
    assert published() == []


def test_one_statement_lists_every_article(django_assert_num_queries: Any) -> None:
    articles = [ArticlePageFactory(live=n % 2 == 0) for n in range(4)]
    ArticlePage.objects.update(listed_at=None)
    with django_assert_num_queries(1):
        list_articles()
    assert sorted(page.pk for page in published()) == [articles[0].pk, articles[2].pk]


def test_an_old_revision_does_not_bring_its_listing_back() -> None:
    article = ArticlePageFactory()
    revision = article.save_revision()
    close(article)
    revision.publish()
    assert published() == []


def test_closed_articles_stand_in_no_list(client: Client, home: Any) -> None:
    topic = TopicFactory(slug="pain")
    shown = ArticlePageFactory(title="Open to all", topic=topic)
    secret = ArticlePageFactory(title="Secret words", topic=topic)
    secret.tags.add("hush")
    secret.save()
    close(secret)
    author = secret.contributions.get().author
    for path in ("/", "/articles/", "/topics/", "/topics/pain/", "/search/?q=secret", "/feed/", shown.url, author.url):
        html = client.get(path).content.decode()
        assert "Secret words" not in html, path
        assert "hush" not in html.lower(), path


def test_the_words_of_the_body_are_counted_when_it_is_saved(django_assert_num_queries: Any) -> None:
    ArticlePageFactory(body=[("text", f"<p>{'word ' * 361}</p>")])
    card = ArticlePage.objects.published().for_cards().get()
    with django_assert_num_queries(0):
        assert card.reading_minutes == 3
