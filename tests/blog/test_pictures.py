"""Pictures on readers' pages: cut to size, with their words, and room kept for them."""

import re
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image
from wagtail.images.forms import get_image_form
from wagtail.images.rect import Rect
from wagtail.images.tests.utils import get_test_image_file

from blog.actions.pictures import cut_all_pictures, cut_pictures_of
from blog.models import ArticlePage
from images.models import SiteImage
from tests.factories import ArticlePageFactory, AuthorPageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def picture() -> SiteImage:
    return SiteImage.objects.create(title="Hill", file=get_test_image_file(size=(1000, 700)), credit="Ada <Moss>")


def read(client: Client, article: ArticlePage) -> str:
    return client.get(f"/articles/{article.slug}/").content.decode()


def test_the_large_picture_comes_first_in_three_formats_and_keeps_its_room(client: Client, picture: SiteImage) -> None:
    article = ArticlePageFactory(picture=picture, picture_alt='A "hill" <at> dawn')
    cut_all_pictures()
    html = read(client, article)
    figure = re.search(r'<figure class="hero">.*?</figure>', html, re.DOTALL)
    assert figure
    assert re.findall(r'<source[^>]*type="image/(\w+)"', figure[0]) == ["avif", "webp", "jpeg", "avif", "webp"]
    assert figure[0].count('media="(max-width: 47.99rem)"') == 3
    assert "1000w" in figure[0]
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
    ArticlePageFactory(picture=picture, picture_alt="A hill")
    client.get("/articles/")
    with CaptureQueriesContext(connection) as of_one:
        assert client.get("/articles/").content.count(b'alt="A hill"') == 1
    queries = len(of_one)
    for _ in range(5):
        ArticlePageFactory(picture=picture, picture_alt="A hill")
    client.get("/articles/")
    with django_assert_max_num_queries(queries):
        assert client.get("/articles/").content.count(b'alt="A hill"') == 6


def names(image: SiteImage) -> set[str]:
    return set(image.renditions.values_list("filter_spec", flat=True))


def test_who_comes_before_the_worker_waits_for_one_quick_cut_alone(client: Client, picture: SiteImage) -> None:
    article = ArticlePageFactory(picture=picture, picture_alt="A hill")
    figure = re.search(r'<figure class="hero">.*?</figure>', read(client, article), re.DOTALL)
    assert figure
    assert "<source" not in figure[0]
    assert {name for name in names(picture) if "1200x630" not in name} == {"fill-800x320|format-jpeg"}


def test_the_worker_cuts_what_readers_will_ask_for_once(client: Client, picture: SiteImage) -> None:
    article = ArticlePageFactory(picture=picture, picture_alt="A hill", by=AuthorPageFactory(photo=picture))
    assert cut_pictures_of(article.pk) > 0
    assert {"fill-1600x640|format-avif", "fill-400x267|format-webp", "fill-1200x630|format-jpeg"} <= names(picture)
    assert not any("112x112" in name for name in names(picture))
    assert cut_pictures_of(article.pk) == 0
    assert cut_all_pictures() > 0  # the author's portrait
    assert any("112x112" in name for name in names(picture))
    before = names(picture)
    read(client, article)
    assert (cut_all_pictures(), names(picture)) == (0, before)


def test_what_the_editor_points_at_stays_in_every_cut(picture: SiteImage) -> None:
    article = ArticlePageFactory(picture=picture, picture_alt="A hill")
    cut_pictures_of(article.pk)
    picture.set_focal_point(Rect(0, 0, 300, 300))
    picture.save()
    assert cut_pictures_of(article.pk) > 0
    assert picture.renditions.exclude(focal_point_key="").filter(filter_spec="fill-1600x640|format-avif").exists()


def test_a_picture_whose_file_is_lost_does_not_stop_the_others(picture: SiteImage) -> None:
    lost = SiteImage.objects.create(title="Lost", file=get_test_image_file("lost.png"))
    ArticlePageFactory(picture=lost, picture_alt="A hill")
    ArticlePageFactory(picture=picture, picture_alt="A hill")
    lost.file.storage.delete(lost.file.name)
    assert cut_all_pictures() > 0
    assert "fill-800x533|format-webp" in names(picture)


def upload(name: str, content: bytes) -> list[str]:
    """What the admin says to this file."""
    file = SimpleUploadedFile(name, content)
    form = get_image_form(SiteImage)({"title": "It"}, {"file": file})
    form.is_valid()
    return [str(words) for words in form.errors.get("file", [])]


def drawn(kind: str, size: tuple[int, int] = (20, 20)) -> bytes:
    out = BytesIO()
    Image.new("1" if kind == "PNG" else "RGB", size).save(out, kind)
    return out.getvalue()


# A form field is made of the model's `source_url`; what Django will assume of an address without a scheme is no matter.
FORMS_OF_TODAY = pytest.mark.filterwarnings("ignore:The default scheme will be changed")


@FORMS_OF_TODAY
def test_uploads_are_limited_and_the_refusal_says_to_what() -> None:
    assert upload("hill.jpg", drawn("JPEG")) == []
    bomb = drawn("PNG", (12_000, 9_000))
    assert len(bomb) < 100_000
    assert "50000000" in upload("bomb.png", bomb)[0].replace(",", "")
    assert "10" in upload("large.jpg", drawn("JPEG") + b"\0" * 11_000_000)[0]


@FORMS_OF_TODAY
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("lie.jpg", drawn("PNG")),
        ("words.png", b"<script>alert(1)</script>"),
        ("drawing.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("drawing.png", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("empty.png", b""),
    ],
)
def test_what_is_no_picture_or_not_what_its_name_says_is_refused(name: str, content: bytes) -> None:
    assert upload(name, content)
