"""Pictures on readers' pages: cut to size, with their words, and room kept for them."""

import re
from typing import Any

import pytest
from django.test import Client
from wagtail.images.tests.utils import get_test_image_file

from blog.models import ArticlePage
from images.models import SiteImage
from tests.factories import ArticlePageFactory, AuthorPageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def picture() -> SiteImage:
    return SiteImage.objects.create(title="Hill", file=get_test_image_file(size=(1700, 1100)), credit="Ada <Moss>")


def read(client: Client, article: ArticlePage) -> str:
    return client.get(f"/articles/{article.slug}/").content.decode()


def test_the_large_picture_comes_first_in_two_formats_and_keeps_its_room(client: Client, picture: SiteImage) -> None:
    html = read(client, ArticlePageFactory(picture=picture, picture_alt='A "hill" <at> dawn'))
    figure = re.search(r'<figure class="hero">.*?</figure>', html, re.DOTALL)
    assert figure
    assert 'type="image/webp"' in figure[0]
    assert 'alt="A &quot;hill&quot; &lt;at&gt; dawn"' in figure[0]
    assert re.search(r'<img [^>]*height="\d+"[^>]* width="\d+"', figure[0])
    assert 'fetchpriority="high"' in figure[0]
    assert "lazy" not in figure[0]
    assert "Picture: Ada &lt;Moss&gt;" in figure[0]


def test_decoration_is_silent(client: Client, picture: SiteImage) -> None:
    html = read(client, ArticlePageFactory(picture=picture, picture_alt="A hill", picture_is_decorative=True))
    assert "A hill" not in html


def test_a_picture_in_the_text_waits_until_it_is_near(client: Client, picture: SiteImage) -> None:
    picture.contextual_alt_text, picture.decorative = "A path", False
    body = [("picture", {"image": picture, "caption": "Up <b>there</b>"})]
    html = read(client, ArticlePageFactory(body=body))
    tag = re.search(r'<img [^>]*alt="A path"[^>]*>', html)
    assert tag
    assert 'loading="lazy"' in tag[0]
    assert "Up &lt;b&gt;there&lt;/b&gt;" in html


def test_a_lost_file_does_not_take_the_page_with_it(client: Client, picture: SiteImage) -> None:
    article = ArticlePageFactory(picture=picture, picture_alt="A hill")
    picture.file.storage.delete(picture.file.name)
    assert client.get(f"/articles/{article.slug}/").status_code == 200


def test_a_person_without_a_photo_is_shown_by_initials(client: Client, picture: SiteImage) -> None:
    for name, letters in (("Dr Anouk Sorrel", "AS"), ("Cher", "C"), ("Dr", "D")):
        html = read(client, ArticlePageFactory(by=AuthorPageFactory(title=name)))
        assert f'<span class="avatar avatar--initials" aria-hidden="true">{letters}</span>' in html
    html = read(client, ArticlePageFactory(by=AuthorPageFactory(title="Ann Lark", photo=picture)))
    assert "avatar--initials" not in html


def test_cards_cost_no_query_a_picture(client: Client, picture: SiteImage, django_assert_max_num_queries: Any) -> None:
    for _ in range(6):
        ArticlePageFactory(picture=picture, picture_alt="A hill")
    client.get("/articles/")
    with django_assert_max_num_queries(13):
        assert client.get("/articles/").content.count(b'alt="A hill"') == 6
