"""A reader looks for something."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from home.search import MAX_QUERY, cut_snippet, mark_words, tidy_query
from tests.factories import ArticlePageFactory, AuthorPageFactory, TopicFactory

pytestmark = pytest.mark.django_db
HOSTILE = [
    *(
        "<script>alert(1)</script>",
        '"',
        "'",
        '"unclosed',
        "a AND",
        "NEAR(a b)",
        "title:x",
        "x*",
        "^x",
        "-x",
        "(((",
        "%",
    ),
    *(
        "\\",
        "\x00",
        "a\x00b",
        "; DROP TABLE blog_articlepage;--",
        "🌿",
        "x" * 5000,
        "a " * 3000,
        "\ud800",
        "OR OR",
        "+",
    ),
    *(" ".join(f"w{n}" for n in range(60)), "é" * 300),
]


def search(client: Client, **query: Any) -> str:
    response = client.get("/search/?" + urlencode(query, doseq=True, errors="surrogatepass"))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
def test_any_query_gets_an_answer_and_none_becomes_markup(client: Client, query: str) -> None:
    ArticlePageFactory()
    html = search(client, q=query)
    assert "<script>alert" not in html
    assert "<h1>Search</h1>" in html


def test_an_article_is_found_by_its_title_its_deck_and_its_text(client: Client) -> None:
    ArticlePageFactory(title="Zebrafish at dawn")
    ArticlePageFactory(title="Second", deck="About zebrafish.")
    ArticlePageFactory(title="Third", body=[("text", "<p>Nobody expects zebrafish.</p>")])
    ArticlePageFactory(title="Fourth")
    html = search(client, q="zebrafish")
    assert "3 articles on “zebrafish”" in html
    assert "<mark>Zebrafish</mark> at dawn" in html
    assert "Nobody expects <mark>zebrafish</mark>." in html
    assert "Fourth" not in html


def test_marks_do_not_let_hostile_titles_through(client: Client) -> None:
    ArticlePageFactory(title="zebra <img src=x onerror=alert(1)>", deck="<b>zebra</b>")
    html = search(client, q="zebra img b")
    assert "<img src=x" not in html
    assert "&lt;<mark>img</mark> src=x" in html
    assert "&lt;<mark>b</mark>&gt;<mark>zebra</mark>&lt;/<mark>b</mark>&gt;" in html


def test_a_person_is_found_by_name(client: Client) -> None:
    AuthorPageFactory(title="Anouk Sorrel", slug="anouk")
    assert 'href="/authors/anouk/">Anouk Sorrel' in search(client, q="sorrel")


def test_people_stand_under_their_own_heading_until_a_topic_narrows_the_search(client: Client) -> None:
    AuthorPageFactory(title="Zebra Sorrel")
    article = ArticlePageFactory(title="Zebra crossings", topic=TopicFactory(slug="streets"))
    both = search(client, q="zebra")
    assert both.index(">People</h3>") < both.index("Zebra Sorrel") < both.index(">Articles</h3>")
    narrowed = search(client, q="zebra", topic="streets")
    assert article.url in narrowed
    assert "People</h3>" not in narrowed
    assert "Zebra Sorrel" not in narrowed


def test_drafts_are_not_found(client: Client) -> None:
    ArticlePageFactory(title="Zebrafish", live=False)
    html = search(client, q="zebrafish")
    assert "Nothing found for “zebrafish”" in html


def test_some_of_the_words_are_enough_when_no_article_holds_all(client: Client) -> None:
    ArticlePageFactory(title="Zebrafish at dawn")
    html = search(client, q="zebrafish quantum")
    assert "No article holds all of these words" in html
    assert "<mark>Zebrafish</mark> at dawn" in html


def test_a_misspelt_word_gets_a_suggestion(client: Client) -> None:
    ArticlePageFactory(title="Neuropathy in plain words")
    assert 'Did you mean <a href="?q=neuropathy">neuropathy</a>?' in search(client, q="nueropathy")


def test_no_words_at_all_lead_to_the_topics(client: Client, home: Any) -> None:
    TopicFactory(name="Sleep")
    for query in ("", "   ", "?!"):
        assert "Sleep" in search(client, q=query)


def test_results_are_narrowed_by_topic_and_a_strange_topic_is_passed_over(client: Client) -> None:
    pain, sleep = TopicFactory(name="Pain", slug="pain"), TopicFactory(name="Sleep", slug="sleep")
    ArticlePageFactory(title="Zebra by day", topic=pain)
    ArticlePageFactory(title="Zebra by night", topic=sleep)
    html = search(client, q="zebra", topic=["sleep"])
    assert "by night" in html
    assert "by day" not in html
    assert "Pain (1)" in html
    assert "2 articles" in search(client, q="zebra", topic=["<script>"])


def test_the_newest_can_come_first_and_pages_keep_the_question(client: Client) -> None:
    now = timezone.now()
    for age in range(11):
        ArticlePageFactory(title=f"Zebra aged {age:02}", first_published_at=now - timedelta(days=age))
    html = search(client, q="zebra", order="newest")
    assert html.index("aged 00") < html.index("aged 01") < html.index("aged 09")
    assert "aged 10" not in html
    assert 'href="?q=zebra&amp;order=newest&amp;page=2" rel="next"' in html
    assert "aged 10" in search(client, q="zebra", order="newest", page=2)


def test_a_query_is_tidied_and_cut() -> None:
    assert tidy_query("  a\x00b\n\tc  ") == "a b c"
    assert len(tidy_query("x" * 5000)) == MAX_QUERY


def test_an_article_with_the_words_in_its_title_comes_first(client: Client) -> None:
    ArticlePageFactory(title="Stripes", body=[("text", "<p>" + "zebra fish " * 40 + "</p>")])
    ArticlePageFactory(title="The zebra and the fish")
    html = search(client, q="zebra fish")
    assert html.index("The <mark>zebra</mark>") < html.index("Stripes")


def test_a_snippet_holds_one_passage_without_source_marks(client: Client) -> None:
    body = [("heading", "About okapis"), ("text", "<p>The <b>zebra</b>, they say [3], runs.</p>")]
    ArticlePageFactory(body=body)
    assert "<p>The <mark>zebra</mark>, they say, runs.</p>" in search(client, q="zebra")


def test_only_whole_words_are_marked() -> None:
    assert mark_words("Pain, painful PAIN", ["pain"]) == "<mark>Pain</mark>, painful <mark>PAIN</mark>"


def test_a_snippet_is_cut_between_words_round_the_first_match() -> None:
    text = "start " * 60 + "needle " + "end " * 80
    snippet = cut_snippet(text, ["needle"])
    assert snippet.startswith("…start")
    assert "needle" in snippet
    assert snippet.endswith("end…")
    assert len(snippet) < 260
