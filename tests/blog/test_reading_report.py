"""Reports > Reading age: measured when saved, the hardest first."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from blog.models import ArticlePage
from blog.reading_level import measure_article
from tests.factories import ArticlePageFactory
from users.models import User

pytestmark = pytest.mark.django_db
LIST = "/admin/reports/reading-report/"
EASY = "The cat sat on the mat. The dog ran to the park. We all like the sun. " * 10
HARD = (
    "Notwithstanding considerable methodological heterogeneity, contemporaneous investigations unequivocally "
    "demonstrate pharmacological interventions necessitating individualised multidisciplinary evaluation. "
) * 10


def article(title: str, words: str, **fields: Any) -> ArticlePage:
    return ArticlePageFactory(title=title, body=[("text", f"<p>{words}</p>")], **fields)


def exported(client: Client, query: str = "") -> list[dict[str, str]]:
    response = client.get(f"{LIST}?export=csv{query}")
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode())))  # type: ignore[attr-defined]


@pytest.fixture
def shelf(client: Client, editor: User) -> None:
    article("Easy", EASY)
    article("Hard", HARD)
    article("Short", "A few words.")
    article("A draft", HARD, live=False)
    client.force_login(editor)


def test_saving_measures_the_words_that_are_saved() -> None:
    page = article("Easy", EASY)
    level = measure_article(page)
    assert level
    assert ArticlePage.objects.get(pk=page.pk).reading_age == level.age
    page.body = [("text", f"<p>{HARD}</p>")]
    page.save()
    assert (ArticlePage.objects.get(pk=page.pk).reading_age or 0) > level.age
    page.body = [("text", "<p>A few words.</p>")]
    page.save()
    assert ArticlePage.objects.get(pk=page.pk).reading_age is None


def test_the_hardest_live_article_comes_first_and_the_unmeasured_last(client: Client, shelf: None) -> None:
    assert [row["Article"] for row in exported(client)] == ["Hard", "Easy", "Short"]
    assert [row["Article"] for row in exported(client, "&ordering=reading_age")] == ["Easy", "Hard", "Short"]


@pytest.mark.parametrize(("level", "title"), [("hard", "Hard"), ("easy", "Easy"), ("short", "Short")])
def test_a_level_can_be_chosen(client: Client, shelf: None, level: str, title: str) -> None:
    assert [row["Article"] for row in exported(client, f"&level={level}")] == [title]


def test_the_page_says_the_age_and_the_target_in_words(client: Client, shelf: None) -> None:
    page = client.get(LIST).text
    assert "For people who have studied" in page
    assert "harder than our target" in page
    assert "Too short to say" in page
    assert "Our target is 13 years" in page


@pytest.mark.parametrize("who", ["moderator", "stranger"])
def test_who_does_not_work_on_articles_does_not_see_it(
    client: Client, who: str, request: pytest.FixtureRequest, home: Any
) -> None:
    client.force_login(request.getfixturevalue(who))
    assert client.get(LIST).status_code == 302


def test_it_asks_as_many_queries_for_twenty_articles_as_for_three(
    client: Client, shelf: None, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    client.get(LIST)
    with django_assert_max_num_queries(30) as first:
        client.get(LIST)
    for n in range(20):
        article(f"More {n}", "A few words.")
    with django_assert_num_queries(len(first.captured_queries)):
        client.get(LIST)
