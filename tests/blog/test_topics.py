"""A reader looks along a shelf."""

import re
from typing import Any

import pytest
from django.test import Client

from blog.models import ArticlePage, Topic, TopicPick
from tests.factories import ArticlePageFactory, ReviewFactory, TopicFactory

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"
NO_PICKS = {"picks-TOTAL_FORMS": "0", "picks-INITIAL_FORMS": "0"}


def page_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def tagged(tag: str, **fields: Any) -> ArticlePage:
    article = ArticlePageFactory(**fields)
    article.tags.add(tag)
    article.save()
    return article


def test_a_topic_shows_its_own_live_articles_only(client: Client) -> None:
    topic = TopicFactory(name="Sleep", slug="sleep", intro="Nights.")
    ArticlePageFactory(title="Awake at three", topic=topic)
    ArticlePageFactory(title="Not yet", topic=topic, live=False)
    ArticlePageFactory(title="Elsewhere")
    html = page_of(client, "/topics/sleep/")
    assert "Awake at three" in html
    assert "Nights." in html
    assert "1 article" in html
    assert "Not yet" not in html
    assert "Elsewhere" not in html


def test_an_unknown_topic_is_not_found(client: Client, home: Any) -> None:
    assert client.get("/topics/nowhere/").status_code == 404


def test_an_empty_topic_says_so(client: Client, home: Any) -> None:
    TopicFactory(name="Heart", slug="heart")
    assert "Nothing here yet" in page_of(client, "/topics/heart/")


def test_the_list_of_topics_counts_live_articles(client: Client) -> None:
    topic = TopicFactory(name="Sleep", slug="sleep", summary="Nights")
    ArticlePageFactory(topic=topic)
    ArticlePageFactory(topic=topic)
    ArticlePageFactory(topic=topic, live=False)
    assert "Nights. 2 articles" in page_of(client, "/topics/")
    assert Topic.objects.with_articles().get() == topic


def test_a_tag_narrows_a_topic_and_an_unknown_one_is_passed_over(client: Client) -> None:
    topic = TopicFactory(slug="pain")
    tagged("back", title="About backs", topic=topic)
    tagged("joints", title="About joints", topic=topic)
    narrowed = page_of(client, "/topics/pain/?tag=back")
    assert "About backs" in narrowed
    assert "About joints" not in narrowed
    assert "All 2" in narrowed
    assert "About joints" in page_of(client, "/topics/pain/?tag=nonsense")


def test_a_tag_used_elsewhere_only_is_not_offered(client: Client) -> None:
    topic = TopicFactory(slug="pain")
    for tag in ("back", "joints"):
        tagged(tag, topic=topic)
    tagged("naps")
    assert "tag=naps" not in page_of(client, "/topics/pain/")


@pytest.mark.parametrize("number", ["0", "-1", "99999", "x", "%00", "1e9"])
def test_a_bad_page_number_gives_a_page(client: Client, number: str) -> None:
    ArticlePageFactory(topic=TopicFactory(slug="pain"), title="Here")
    assert "Here" in page_of(client, f"/topics/pain/?page={number}")


def test_long_topics_are_cut_into_pages_and_keep_the_tag(client: Client) -> None:
    topic = TopicFactory(slug="pain")
    for _ in range(13):
        tagged("back", topic=topic)
    tagged("joints", topic=topic)
    html = page_of(client, "/topics/pain/?tag=back")
    assert 'href="?tag=back&amp;page=2" rel="next"' in html
    assert page_of(client, "/topics/pain/?tag=back&page=2").count('class="card__title"') == 1


def test_hostile_words_of_a_topic_are_shown_as_words(client: Client) -> None:
    topic = TopicFactory(name=HOSTILE, slug="bad", intro=HOSTILE, summary=HOSTILE)
    tagged(HOSTILE, topic=topic)
    tagged("fine", topic=topic)
    for path in ("/topics/", "/topics/bad/"):
        html = page_of(client, path)
        assert "&lt;script&gt;" in html
        assert HOSTILE not in html


def test_a_longer_topic_asks_no_more_queries(client: Client, django_assert_max_num_queries: Any) -> None:
    topic = TopicFactory(slug="pain")
    for _ in range(8):
        ReviewFactory(article=ArticlePageFactory(topic=topic))
    page_of(client, "/topics/pain/")
    with django_assert_max_num_queries(12):
        page_of(client, "/topics/pain/")


def test_an_editor_keeps_topics_in_the_admin(client: Client, editor: Any, home: Any) -> None:
    client.force_login(editor)
    form = {"name": "Food", "slug": "food", "summary": "", "intro": "", "icon": "food", "sort_order": "3", **NO_PICKS}
    assert client.post("/admin/snippets/blog/topic/add/", form).status_code == 302
    assert Topic.objects.get(slug="food").sort_order == 3
    assert "Food" in client.get("/admin/snippets/blog/topic/").content.decode()


def test_the_sitemap_names_articles_and_topics_that_hold_some(client: Client) -> None:
    article = ArticlePageFactory(topic=TopicFactory(slug="pain"))
    TopicFactory(slug="empty")
    xml = page_of(client, "/sitemap.xml")
    assert f"<loc>http://testserver/articles/{article.slug}/</loc>" in xml
    assert "<loc>http://testserver/topics/pain/</loc>" in xml
    assert "/topics/empty/" not in xml


def test_a_topic_begins_with_the_articles_that_editors_picked(client: Client) -> None:
    topic = TopicFactory(slug="pain")
    articles = [ArticlePageFactory(title=f"Piece {n}", topic=topic) for n in range(4)]
    hidden = ArticlePageFactory(title="Withdrawn", live=False)
    for place, article in enumerate([articles[2], hidden, articles[0]]):
        TopicPick.objects.create(topic=topic, article=article, sort_order=place)
    html = page_of(client, "/topics/pain/")
    start = html[html.index("Start here") : html.index("Everything on")]
    assert "Two articles that most readers" in start
    assert start.index("Piece 2") < start.index("Piece 0")
    assert "Piece 1" not in start
    assert "Withdrawn" not in html


def test_a_topic_without_picks_has_no_place_to_start(client: Client) -> None:
    ArticlePageFactory(topic=TopicFactory(slug="pain"))
    assert "Start here" not in page_of(client, "/topics/pain/")


def test_a_narrowed_topic_is_no_page_of_its_own_for_search_engines(client: Client) -> None:
    topic = TopicFactory(slug="pain")
    for tag in ("back", "joints"):
        tagged(tag, topic=topic)
    html = page_of(client, "/topics/pain/?tag=back")
    assert '<meta name="robots" content="noindex, follow">' in html
    assert 'rel="canonical"' not in html
    assert 'href="/tags/back/"' in html
    assert '<meta name="robots"' not in page_of(client, "/topics/pain/")


def test_cards_say_what_kind_of_piece_it_is(client: Client) -> None:
    topic = TopicFactory(slug="pain")
    ArticlePageFactory(topic=topic, kind="opinion")
    ArticlePageFactory(topic=topic)
    assert page_of(client, "/topics/pain/").count('<span class="tag">Opinion</span>') == 1


def test_an_editor_sees_a_topic_before_saving_it(client: Client, editor: Any) -> None:
    topic = TopicFactory(slug="pain", name="Pain")
    article = ArticlePageFactory(topic=topic, title="A good start")
    client.force_login(editor)
    form = {"name": "Pain and rest", "slug": "pain", "summary": "", "intro": "", "icon": "pain", "sort_order": "0"}
    pick = {"picks-0-article": str(article.pk), "picks-0-ORDER": "1", "picks-0-id": ""}
    form |= {**NO_PICKS, "picks-TOTAL_FORMS": "1", **pick}
    path = f"/admin/snippets/blog/topic/preview/{topic.pk}/"
    assert client.post(path, form).json()["is_valid"]
    html = page_of(client, path)
    assert "Pain and rest" in html
    assert "A good start" in html[html.index("Start here") : html.index("Everything on")]


def test_a_topic_offers_its_feed_in_sight_of_readers(client: Client) -> None:
    ArticlePageFactory(topic=TopicFactory(name="Sleep", slug="sleep"))
    html = page_of(client, "/topics/sleep/")
    assert re.search(r'<a href="/topics/sleep/feed/">(Follow )?by feed', html)


def test_an_article_leads_to_all_that_carries_its_tags(client: Client) -> None:
    html = page_of(client, tagged("waking at night").url)
    assert '<a href="/tags/waking-at-night/">Waking at night</a>' in html
    assert page_of(client, "/tags/waking-at-night/")
    assert "Filed under" not in page_of(client, ArticlePageFactory().url)
