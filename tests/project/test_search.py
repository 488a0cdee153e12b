"""A reader looks for something."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blog.models import AuthorPage
from home.search.query import MAX_QUERY, tidy_query
from home.search.showing import cut_snippet, mark_words
from home.search.upkeep import index_articles
from home.search.vocabulary import learn_words
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


def test_a_misspelt_word_is_put_right_and_the_reader_is_told(client: Client) -> None:
    ArticlePageFactory(title="Neuropathy in plain words")
    html = search(client, q="nueropathy")
    assert "1 article on “neuropathy”" in html
    assert "Nothing here holds “nueropathy”" in html
    assert "<mark>Neuropathy</mark> in plain words" in html
    assert 'href="?q=nueropathy&amp;spelling=as-typed">Search only for “nueropathy”' in html


def test_a_reader_may_insist_on_the_words_as_typed(client: Client) -> None:
    ArticlePageFactory(title="Neuropathy in plain words")
    html = search(client, q="nueropathy", spelling="as-typed")
    assert "Nothing found for “nueropathy”" in html
    assert 'href="?q=nueropathy">Forgive slips' in html


def test_one_word_is_put_right_and_the_others_stay(client: Client) -> None:
    ArticlePageFactory(title="Arthritis in winter")
    ArticlePageFactory(title="Arthritis in summer")
    html = search(client, q="winter arthitis")
    assert "1 article on “winter arthritis”" in html
    assert "<mark>Arthritis</mark> in <mark>winter</mark>" in html


def test_singular_and_plural_find_each_other(client: Client) -> None:
    ArticlePageFactory(title="A zebra alone")
    ArticlePageFactory(title="Two zebras")
    for query in ("zebra", "zebras"):
        html = search(client, q=query)
        assert "2 articles" in html
        assert "A <mark>zebra</mark> alone" in html
        assert "Two <mark>zebras</mark>" in html


def test_accents_are_not_needed(client: Client) -> None:
    ArticlePageFactory(title="Ménière’s disease")
    assert "<mark>Ménière</mark>" in search(client, q="meniere")


def test_the_last_word_may_be_a_beginning(client: Client) -> None:
    ArticlePageFactory(title="Arthritis in winter")
    ArticlePageFactory(title="Arthroscopy in winter")
    assert "2 articles" in search(client, q="winter arthr")
    assert "Nothing found" in search(client, q="arthr winterly", spelling="as-typed")


def test_whole_words_stand_before_words_that_only_begin_so(client: Client) -> None:
    ArticlePageFactory(title="Zebrafish", first_published_at=timezone.now())
    ArticlePageFactory(title="Zebra", first_published_at=timezone.now() - timedelta(days=9))
    html = search(client, q="zebra")
    assert html.index("<mark>Zebra</mark>") < html.index("<mark>Zebrafish</mark>")


def test_an_article_is_found_by_its_tag_its_topic_and_its_author(client: Client) -> None:
    article = ArticlePageFactory(
        title="Untitled", by=AuthorPageFactory(title="Ines Linnet"), topic=TopicFactory(name="Circulation", slug="c")
    )
    article.tags.add("stripes")
    article.save()
    article.save_revision().publish()
    for query in ("stripes", "circulation", "linnet", "linnet stripes"):
        assert article.url in search(client, q=query), query


def test_articles_are_found_by_the_new_name_of_their_author(client: Client) -> None:
    author = AuthorPageFactory(title="Ines Linnet")
    article = ArticlePageFactory(title="Untitled", by=author)
    AuthorPage.objects.filter(pk=author.pk).update(title="Ines Heron")
    index_articles(author=author.pk)
    learn_words(["Heron"])
    assert article.url in search(client, q="heron")


def test_a_topic_is_a_result_of_its_own(client: Client) -> None:
    ArticlePageFactory(topic=TopicFactory(name="Food", slug="food"))
    TopicFactory(name="Food to come", slug="empty")
    html = search(client, q="food")
    assert 'href="/topics/food/">Food</a>' in html.partition(">Topics</h3>")[2]
    assert 'href="/topics/empty/">' not in html


def test_results_are_narrowed_by_author_and_kind_and_each_limit_can_be_removed(client: Client) -> None:
    tarn, vetch = AuthorPageFactory(title="Ada Tarn", slug="tarn"), AuthorPageFactory(title="Bo Vetch", slug="vetch")
    ArticlePageFactory(title="Zebra one", by=tarn, kind="opinion")
    ArticlePageFactory(title="Zebra two", by=tarn)
    ArticlePageFactory(title="Zebra three", by=vetch, kind="opinion")
    html = search(client, q="zebra", author="tarn", kind="opinion")
    assert "1 article on" in html
    assert "</mark> one" in html
    assert "Ada Tarn (2)" not in html  # of what the kind leaves, not of all
    assert "Ada Tarn (1)" in html
    assert "Guide (1)" in html
    assert 'href="?q=zebra&amp;kind=opinion"><span class="vh">Remove </span>Ada Tarn' in html
    assert 'href="?q=zebra">Remove all' in html


def test_limits_that_leave_nothing_can_be_removed(client: Client) -> None:
    topic = TopicFactory(name="Pain", slug="pain")
    ArticlePageFactory(title="Zebra one", topic=topic, kind="story")
    ArticlePageFactory(title="Zebra two")
    html = search(client, q="zebra", topic="pain", kind="guide")
    assert "With fewer limits there may be something" in html
    assert 'href="?q=zebra">Remove the limits' in html


@given(
    query=st.text(max_size=60),
    limits=st.dictionaries(
        st.sampled_from(["topic", "author", "kind", "order", "page", "spelling"]), st.text(max_size=8)
    ),
)
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_no_query_is_an_error(client: Client, home: Any, query: str, limits: dict[str, str]) -> None:
    assert "<h1>Search</h1>" in search(client, q=query, **limits)


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


def test_title_then_topic_and_tag_then_deck_then_text(client: Client) -> None:
    shelf = TopicFactory(name="Zebras", slug="zebras")
    ArticlePageFactory(title="In the title: zebraing", body=[("text", "<p>A zebra.</p>")])
    ArticlePageFactory(title="On the shelf", topic=shelf)
    tagged = ArticlePageFactory(title="By the tag", deck="No animal")
    tagged.tags.add("zebra")
    tagged.save_revision().publish()
    ArticlePageFactory(title="Under the title", deck="A zebra")
    ArticlePageFactory(title="Deep within", body=[("text", "<p>A zebra.</p>")])
    html = search(client, q="zebra")
    places = [html.index(name) for name in ("In the title", "On the shelf", "Under the title", "Deep within")]
    assert places == sorted(places)
    assert places[0] < html.index("By the tag") < places[2]


def test_a_word_put_right_finds_what_the_right_word_finds(client: Client) -> None:
    ArticlePageFactory(title="Zebrafish at dawn")
    ArticlePageFactory(title="Zebrafishing at dusk")
    for query in ("zebrafish", "zebrafihs"):
        html = search(client, q=query)
        assert "at dawn" in html
        assert "at dusk" in html


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
