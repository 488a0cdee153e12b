"""A site of any size for benchmarks."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from wagtail.models import Page

from blog.models import ArticleIndexPage, ArticlePage, Comment
from newsletter.models import Subscriber
from tests.factories import ArticlePageFactory

pytestmark = pytest.mark.django_db


def load(**numbers: int) -> str:
    out = StringIO()
    call_command("load_sample", *(f"--{what}={number}" for what, number in numbers.items()), stdout=out)
    return out.getvalue()


def sizes() -> tuple[int, int, int]:
    return ArticlePage.objects.count(), Comment.objects.count(), Subscriber.objects.count()


def test_the_sample_has_the_numbers_asked_for() -> None:
    load(articles=12, comments=40, subscribers=100)
    assert sizes() == (12, 40, 100)


def test_a_second_run_makes_only_what_is_missing() -> None:
    load(articles=3, comments=5, subscribers=7)
    load(articles=3, comments=5, subscribers=7)
    assert sizes() == (3, 5, 7)
    load(articles=5, comments=9, subscribers=8)
    assert sizes() == (5, 9, 8)


def test_the_page_tree_is_sound_and_takes_ordinary_pages_afterwards() -> None:
    load(articles=3)
    ArticlePageFactory(slug="an-ordinary-one")
    load(articles=5)
    assert [problem for problems in Page.find_problems() for problem in problems] == []
    assert ArticleIndexPage.objects.get().numchild == ArticleIndexPage.objects.get().get_children().count() == 6


def test_its_articles_are_read_listed_and_found(client: Client) -> None:
    load(articles=3, comments=40)
    article = ArticlePage.objects.get(slug="sample-article-1")
    page = client.get(article.url).content.decode()
    assert article.title in page
    assert "Reader 40" in client.get(ArticlePage.objects.get(slug="sample-article-2").url).content.decode()
    assert article.title in client.get("/articles/").content.decode()
    assert ArticlePage.objects.search("notes").count() == 3


def test_editors_can_change_its_articles() -> None:
    load(articles=1)
    article = ArticlePage.objects.get()
    article.title = "Changed"
    article.save_revision().publish()
    assert ArticlePage.objects.get().title == "Changed"


def test_an_answer_stands_under_the_same_article_as_its_comment() -> None:
    load(articles=3, comments=60)
    answers = Comment.objects.exclude(parent=None).select_related("parent")
    assert answers
    assert all(answer.article_id == answer.parent.article_id for answer in answers)


def test_its_comments_and_subscribers_are_in_all_usual_states() -> None:
    load(articles=1, comments=20, subscribers=50)
    comments = {state: Comment.objects.filter(state=state).count() for state in Comment.State}
    assert (comments["published"], comments["held"], comments["refused"], comments["spam"]) == (17, 1, 1, 1)
    assert Subscriber.objects.confirmed().count() == 48


@pytest.mark.parametrize("number", ["-1", "many", "1e6", "2000000"])
def test_what_is_no_number_is_refused(number: str) -> None:
    with pytest.raises(CommandError, match="no number"):
        load(articles=number)  # type: ignore[arg-type]


def test_comments_without_articles_are_told(home: Any) -> None:
    assert "--articles" in load(comments=5)
    assert sizes() == (0, 0, 0)


def test_most_of_its_articles_are_reviewed_as_they_stand_and_all_are_measured() -> None:
    load(articles=45)
    assert not ArticlePage.objects.filter(reading_age=None).exists()
    article = ArticlePage.objects.get(slug="sample-article-45")
    assert article.text_digest == article.digest_text()
    assert (article.standing.state, article.standing.review.reviewer.title) == ("current", "Sample Reviewer")
    assert ArticlePage.objects.get(slug="sample-article-20").standing.state == "changed"
    assert ArticlePage.objects.get(slug="sample-article-19").standing.state == "none"
