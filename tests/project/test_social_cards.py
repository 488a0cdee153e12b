"""Every public page has a picture for those who share its address, at an address that never breaks."""

import re
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from wagtail.images.tests.utils import get_test_image_file

from blog.models import ArticlePage
from blog.social_cards import CardWords, draw_card
from home.models import HomePage, StandardPage
from home.social_cards import draw_page_card
from images.models import SiteImage
from tests.factories import ArticlePageFactory, AuthorPageFactory, IssuePageFactory, TopicFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def meta(client: Any, address: str, name: str) -> str:
    page = client.get(address).content.decode()
    found = re.search(rf'<meta (?:property|name)="{name}"\s+content="([^"]*)"', page)
    assert found, f"{address} has no {name}"
    return found[1]


def path_of(address: str) -> str:
    assert address.startswith("http://testserver/")
    return address.removeprefix("http://testserver")


def test_the_address_in_the_page_answers_before_any_worker_drew_the_card(client: Any) -> None:
    article = ArticlePageFactory(title="Nerve pain", by=AuthorPageFactory(title="Ines Linnet"))
    address = path_of(meta(client, article.url, "og:image"))
    answer = client.get(address)
    assert answer.status_code == 200
    assert Image.open(BytesIO(answer.content)).size == (1200, 630)
    assert "immutable" in answer["Cache-Control"]
    assert meta(client, article.url, "og:image:width") == "1200"
    assert meta(client, article.url, "og:image:alt") == "Nerve pain. By Ines Linnet. Meadowsweet"
    assert meta(client, article.url, "twitter:card") == "summary_large_image"


def test_the_worker_keeps_the_card_in_the_storage_and_the_view_gives_that_file(client: Any) -> None:
    article = ArticlePageFactory()
    draw_page_card(article.pk)
    folders, _ = default_storage.listdir("cards")
    (name,) = default_storage.listdir(f"cards/{folders[0]}")[1]
    address = path_of(meta(client, article.url, "og:image"))
    assert name == address.rpartition("/")[2]
    with default_storage.open(f"cards/page-{article.pk}/{name}") as kept:
        assert client.get(address).content == kept.read()


def test_another_title_makes_another_address_and_the_old_one_leads_to_it(client: Any) -> None:
    article = ArticlePageFactory(title="Old words")
    old = path_of(meta(client, article.url, "og:image"))
    client.get(old)
    article.title = "New words"
    article.save()
    new = path_of(meta(client, article.url, "og:image"))
    assert new != old
    assert client.get(old)["Location"] == new
    client.get(new)
    assert len(default_storage.listdir(f"cards/page-{article.pk}")[1]) == 1


def test_a_made_up_address_draws_nothing_and_a_hidden_page_has_no_card(client: Any) -> None:
    article = ArticlePageFactory()
    address = path_of(meta(client, article.url, "og:image"))
    assert client.get(re.sub(r"\w+\.png", "0000.png", address))["Location"] == address
    assert not default_storage.exists("cards")
    assert client.get("/cards/page-999999/00.png").status_code == 404
    assert client.get("/cards/something-1/00.png").status_code == 404
    client.get(address)
    ArticlePage.objects.get(pk=article.pk).unpublish()
    assert client.get(address).status_code == 404
    draw_page_card(article.pk)
    assert default_storage.listdir(f"cards/page-{article.pk}")[1] == []


def test_a_chosen_picture_wins(client: Any) -> None:
    image = SiteImage.objects.create(title="Fern", description="A fern", file=get_test_image_file(size=(1600, 900)))
    article = ArticlePageFactory(share_picture=image)
    assert "/media/images/" in meta(client, article.url, "og:image")
    assert meta(client, article.url, "og:image:alt") == "A fern"
    assert meta(client, article.url, "og:image:height") == "630"
    draw_page_card(article.pk)
    assert not default_storage.exists("cards")


def test_home_topics_authors_issues_and_standard_pages_have_a_card_too(client: Any, home: HomePage) -> None:
    page = home.add_child(instance=StandardPage(title="About us", slug="about-us"))
    topic = TopicFactory(name="Sleep", slug="sleep")
    issue, author = IssuePageFactory(), AuthorPageFactory()
    for address in ("/", page.url, topic.get_absolute_url(), author.url, issue.url, "/topics/"):
        card = path_of(meta(client, address, "og:image"))
        assert client.get(card)["Content-Type"] == "image/png", address
    assert meta(client, topic.get_absolute_url(), "og:image:alt").startswith("Sleep")


def test_long_titles_shrink_and_are_cut_and_unknown_letters_are_left_out() -> None:
    short, long = draw_card(CardWords("Sleep", "Meadowsweet")), draw_card(CardWords("sleep " * 90, "Meadowsweet"))
    foreign = draw_card(CardWords("שלום 日本語 🎉", "Meadowsweet"))
    assert len({short, long, foreign}) == 3
    assert foreign == draw_card(CardWords("", "Meadowsweet"))  # the site's name instead of boxes


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=120), st.text(max_size=60), st.text(max_size=60))
def test_no_words_are_too_odd_to_draw(title: str, over: str, under: str) -> None:
    words = CardWords(title, "Meadowsweet", over, under)
    assert re.fullmatch("[0-9a-f]{16}", words.digest)
    assert Image.open(BytesIO(draw_card(words))).size == (1200, 630)
