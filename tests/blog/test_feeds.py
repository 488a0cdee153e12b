"""A feed reader asks for the new articles, in full."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from blog.feeds.articles import LENGTH
from blog.feeds.entries import clean_text
from blog.models import Contribution, Correction, Reference
from tests.blog.feed_rules import CONTENT, CREATOR, read_json, read_rss
from tests.factories import ArticlePageFactory, AuthorPageFactory, ReviewFactory, TopicFactory

pytestmark = pytest.mark.django_db


def items(client: Client, path: str = "/feed/") -> list[Any]:
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/rss+xml; charset=utf-8"
    return read_rss(response.content).findall("item")


def json_items(client: Client, path: str = "/feed.json") -> list[dict[str, Any]]:
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/feed+json; charset=utf-8"
    return read_json(response.json())


def test_the_feed_holds_what_a_reader_needs_of_each_article(client: Client) -> None:
    topic, author = TopicFactory(name="Sleep"), AuthorPageFactory(title="Ann Lark")
    article = ArticlePageFactory(title="Cold mornings", topic=topic, by=author)
    Contribution.objects.create(article=article, author=AuthorPageFactory(title="Ben"), sort_order=1)
    article.tags.add("winter")
    article.save()
    (item,) = items(client)
    assert item.findtext("title") == "Cold mornings"
    assert item.findtext("link") == f"http://testserver/articles/{article.slug}/"
    assert item.findtext("description") == "What it is about."
    assert [label.text for label in item.findall("category")] == ["Sleep", "winter"]
    assert [name.text for name in item.findall(CREATOR)] == ["Ann Lark", "Ben"]
    assert "<p>First words.</p>" in item.findtext(CONTENT)
    assert "<h2>A heading</h2>" in item.findtext(CONTENT)
    (same,) = json_items(client)
    assert (same["id"], same["title"]) == (item.findtext("guid"), "Cold mornings")
    assert same["content_html"] == item.findtext(CONTENT)
    assert same["authors"][0] == {"name": "Ann Lark", "url": f"http://testserver/authors/{author.slug}/"}


def test_a_new_address_or_title_does_not_make_it_a_new_entry(client: Client) -> None:
    article = ArticlePageFactory()
    before = items(client)[0].findtext("guid")
    article.slug, article.title = "elsewhere", "Another title"
    article.save()
    assert items(client)[0].findtext("guid") == before


def test_sources_are_listed_and_their_marks_lead_to_the_page(client: Client) -> None:
    article = ArticlePageFactory(body=[("text", "<p>It helps [1].</p>")])
    Reference.objects.create(article=article, text="A trial", doi="10.1000/182")
    html = items(client)[0].findtext(CONTENT)
    assert f'<a href="http://testserver/articles/{article.slug}/#ref-1">1</a>' in html
    assert "<li>A trial" in html
    assert 'href="https://doi.org/10.1000/182"' in html


def test_the_review_is_told_as_on_the_page(client: Client) -> None:
    article = ArticlePageFactory()
    assert "Not medically reviewed." in items(client)[0].findtext(CONTENT)
    ReviewFactory(article=article)
    assert "Medically reviewed by Dr Ada Moss (GP, MB BS) on" in items(client)[0].findtext(CONTENT)
    article.deck = "Other words."
    article.save_revision().publish()
    html = items(client)[0].findtext(CONTENT)
    assert "An earlier version was medically reviewed by Dr Ada Moss" in html
    assert "The text has changed since." in html


def test_the_kind_the_sponsor_corrections_and_the_disclaimer_stand_in_words(client: Client) -> None:
    article = ArticlePageFactory(kind="sponsored", sponsor="Acme Baths", interests="Acme pays us.")
    Correction.objects.create(article=article, text="The dose was wrong.", grade="safety")
    (item,) = items(client)
    html = item.findtext(CONTENT)
    assert "Sponsored: paid for by Acme Baths" in html
    assert "The dose was wrong." in html
    assert "Acme pays us." in html
    assert "General information only." in html
    assert item.find("category").text == "Sponsored"


def test_links_of_the_text_are_absolute_and_boxes_keep_their_words(client: Client) -> None:
    box = {"style": "caution", "title": "Take care", "text": '<p>See <a href="/topics/">topics</a>.</p>'}
    ArticlePageFactory(body=[("callout", box)])
    html = items(client)[0].findtext(CONTENT)
    assert '<a href="http://testserver/topics/">topics</a>' in html
    assert "<blockquote>" in html
    assert "Take care" in html
    assert "class=" not in html


def test_the_newest_come_first_and_only_so_many(client: Client) -> None:
    now = timezone.now()
    for age in range(LENGTH + 2):
        ArticlePageFactory(title=f"Aged {age}", first_published_at=now - timedelta(days=age))
    titles = [f"Aged {age}" for age in range(LENGTH)]
    assert [item.findtext("title") for item in items(client)] == titles
    assert [item["title"] for item in json_items(client)] == titles


def test_an_author_and_a_topic_have_feeds_of_their_own(client: Client) -> None:
    ann, pain = AuthorPageFactory(title="Ann", slug="ann"), TopicFactory(name="Pain", slug="pain")
    ArticlePageFactory(title="Hers", by=ann)
    ArticlePageFactory(title="On pain", topic=pain)
    checked = ArticlePageFactory(title="Only checked")
    Contribution.objects.create(article=checked, author=ann, role="checked", sort_order=1)
    for stem, title in (("/authors/ann/", "Hers"), ("/topics/pain/", "On pain")):
        assert [item.findtext("title") for item in items(client, f"{stem}feed/")] == [title]
        assert [item["title"] for item in json_items(client, f"{stem}feed.json")] == [title]
        channel = read_rss(client.get(f"{stem}feed/").content)
        assert channel.findtext("link") == f"http://testserver{stem}"
    assert client.get("/authors/nobody/feed/").status_code == 404
    assert client.get("/topics/nothing/feed.json").status_code == 404


def test_pages_name_the_feeds_that_follow_them(client: Client) -> None:
    ann, pain = AuthorPageFactory(title="Ann", slug="ann"), TopicFactory(name="Pain", slug="pain")
    ArticlePageFactory(by=ann, topic=pain)
    for page, feeds in (
        ("/", ["/feed/", "/feed.json"]),
        ("/authors/ann/", ["/authors/ann/feed/", "/authors/ann/feed.json", "/feed/"]),
        ("/topics/pain/", ["/topics/pain/feed/", "/topics/pain/feed.json", "/feed/"]),
        ("/newsletter/", ["/newsletter/feed/", "/newsletter/feed.json"]),
    ):
        html = client.get(page).content.decode()
        assert [feed for feed in feeds if f'href="{feed}"' not in html] == [], page


def test_drafts_and_what_only_some_may_read_stay_out(client: Client) -> None:
    ArticlePageFactory(live=False)
    closed = ArticlePageFactory()
    closed.view_restrictions.create(restriction_type="login")
    assert items(client) == []
    assert json_items(client) == []


def test_a_feed_may_be_empty_and_is_the_same_bytes_twice(client: Client, home: Any) -> None:
    assert client.get("/feed/").content == client.get("/feed/").content
    assert items(client) == []


def test_the_number_of_queries_does_not_grow_with_the_articles(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(3):
        ReviewFactory(article=ArticlePageFactory(title=f"Old {number}"))
    with django_assert_max_num_queries(100) as few:
        items(client)
    for number in range(LENGTH):
        article = ArticlePageFactory(title=f"New {number}")
        article.tags.add("winter", "sleep")
        article.save()
        ReviewFactory(article=article)
        Reference.objects.create(article=article, text="A trial")
    with django_assert_max_num_queries(len(few) + 1):
        items(client)


def test_words_that_xml_cannot_hold_do_not_break_the_feed(client: Client) -> None:
    ArticlePageFactory(
        title="Bell\x07 & <b>tag</b>", deck="]]>\x0b", body=[("quote", {"text": "a\x08b", "source": ""})]
    )
    (item,) = items(client)
    assert item.findtext("title") == "Bell & <b>tag</b>"
    assert item.findtext("description") == "]]>"
    assert "ab" in item.findtext(CONTENT)
    assert json_items(client)[0]["title"] == "Bell & <b>tag</b>"


@limits(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=60))
def test_no_words_break_a_feed_or_run_in_it(client: Client, words: str) -> None:
    words = f"<script>{words}"
    ArticlePageFactory(title=words, deck=words, body=[("heading", words), ("quote", {"text": words, "source": words})])
    for content in (items(client)[0].findtext(CONTENT), json_items(client)[0]["content_html"]):
        assert "&lt;script&gt;" in content
        assert "<script" not in content


def test_a_feed_can_only_be_read(client: Client, home: Any) -> None:
    assert client.post("/feed/").status_code == 405


def test_clean_text_keeps_letters_of_every_language() -> None:
    assert clean_text("näive 心 🌿\t\n") == "näive 心 🌿\t\n"
