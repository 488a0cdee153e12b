"""A search engine asks which pages there are."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from django.test import Client
from django.utils import timezone
from wagtail.images.tests.utils import get_test_image_file

from blog import sitemap_views, sitemaps
from home.models import StandardPage
from images.models import SiteImage
from tests.factories import ArticlePageFactory, AuthorPageFactory, IssuePageFactory, ReviewFactory, TopicFactory

pytestmark = pytest.mark.django_db
SITE = "http://testserver"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
IMAGE = "{http://www.google.com/schemas/sitemap-image/1.1}"
_LINK = re.compile(r'<a\b[^>]*?href="([^"#?]*)[^"]*"')
_ALONE = re.compile(r'<meta name="robots"\s+content="noindex')


def places(client: Client, path: str = "/sitemap.xml") -> dict[str, Any]:
    """The <url> elements by address."""
    response = client.get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    root = fromstring(response.content)
    assert root.tag == f"{MAP}urlset"
    found = [str(url.findtext(f"{MAP}loc")) for url in root]
    assert len(set(found)) == len(found)
    return dict(zip(found, root, strict=True))


def changed(place: Any) -> str:
    return str(place.findtext(f"{MAP}lastmod"))


def crawl(client: Client, start: str = "/") -> Iterator[str]:
    """The path of every page that links lead to and that may be shown by a search engine."""
    seen, waiting = {start}, [start]
    while waiting:
        path = waiting.pop()
        response = client.get(path)
        if response.status_code != 200 or not response["Content-Type"].startswith("text/html"):
            continue
        html = response.content.decode()
        if not _ALONE.search(html) and "noindex" not in response.headers.get("X-Robots-Tag", ""):
            yield path
        links = [link.removeprefix(SITE) for link in _LINK.findall(html)]
        new = {link for link in links if link.startswith("/") and not link.startswith("//")} - seen
        seen |= new
        waiting += new


@pytest.fixture
def site(home: Any) -> Any:
    """One of everything, and two things that are not for everybody."""
    about = home.add_child(instance=StandardPage(title="About", slug="about", body="<p>Us.</p>"))
    about.add_child(instance=StandardPage(title="More", slug="more", body="<p>More.</p>"))
    pain = TopicFactory(name="Pain", slug="pain")
    TopicFactory(name="Empty", slug="empty")
    ReviewFactory(article=ArticlePageFactory(slug="it", topic=pain, by=AuthorPageFactory(slug="ann")))
    for number in range(15):
        ArticlePageFactory(topic=pain, title=f"On pain {number}", first_published_at=datetime(2025, 3, 1, tzinfo=UTC))
    old = ArticlePageFactory(first_published_at=datetime(2024, 12, 31, 23, 30, tzinfo=UTC))
    old.tags.add("winter")
    old.save()
    IssuePageFactory(number=1, slug="one", first_published_at=timezone.now())
    IssuePageFactory(number=2, slug="two", live=False)
    closed = ArticlePageFactory(slug="closed")
    closed.view_restrictions.create(restriction_type="login")
    return home


@pytest.fixture
def picture(db: None) -> SiteImage:
    return SiteImage.objects.create(title="Hill", file=get_test_image_file(size=(80, 60)))


def test_every_public_page_is_in_it_and_each_entry_answers(site: Any, client: Client) -> None:
    known = {address.removeprefix(SITE) for address in places(client)}
    assert {"/", "/articles/it/", "/topics/pain/", "/authors/ann/", "/newsletter/one/", "/about/more/"} <= known
    assert "/tags/winter/" in known
    assert set(crawl(client)) - known == set()
    for path in known:
        response = client.get(path)
        assert response.status_code == 200, path
        assert not _ALONE.search(response.content.decode()), path


def test_what_is_not_for_everybody_stays_out(site: Any, client: Client) -> None:
    ArticlePageFactory(slug="copied", canonical_url="https://elsewhere.example/first")
    ArticlePageFactory(slug="draft", live=False)
    secret = site.add_child(instance=StandardPage(title="Secret", slug="secret"))
    secret.view_restrictions.create(restriction_type="login")
    known = str(set(places(client)))
    for word in ("closed", "copied", "draft", "secret", "two", "empty", "search", "admin"):
        assert f"/{word}/" not in known


def test_the_date_is_that_of_the_last_publishing_and_lists_change_with_what_they_hold(client: Client) -> None:
    old, new = timezone.now() - timedelta(days=9), timezone.now() - timedelta(days=2)
    pain, ann = TopicFactory(slug="pain"), AuthorPageFactory(slug="ann", last_published_at=old)
    ArticlePageFactory(slug="a", last_published_at=old, topic=pain, by=AuthorPageFactory(slug="ben"))
    ArticlePageFactory(slug="b", last_published_at=new, topic=pain, by=ann)
    found = places(client)
    dates = {path: changed(found[SITE + path])[:19] for path in ("/articles/a/", "/articles/b/", "/authors/ann/")}
    local_old, local_new = timezone.localtime(old).isoformat()[:19], timezone.localtime(new).isoformat()[:19]
    assert dates == {"/articles/a/": local_old, "/articles/b/": local_new, "/authors/ann/": local_new}
    assert {changed(found[SITE + path])[:19] for path in ("/", "/articles/", "/topics/", "/topics/pain/")} == {
        local_new
    }


def test_an_articles_picture_is_named_once_it_was_cut(client: Client, picture: SiteImage) -> None:
    ArticlePageFactory(slug="it", picture=picture, picture_alt="A path")
    assert places(client)[f"{SITE}/articles/it/"].find(f"{IMAGE}image") is None
    cut = picture.get_rendition("width-40|format-jpeg")
    (image,) = places(client)[f"{SITE}/articles/it/"].findall(f"{IMAGE}image")
    assert image.findtext(f"{IMAGE}loc") == SITE + cut.url


def test_addresses_are_those_of_the_site_whatever_host_is_asked(site: Any, client: Client) -> None:
    assert set(places(client)) == set(places(Client(headers={"Host": "localhost"})))


def test_a_large_site_gets_an_index_of_files(site: Any, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = set(places(client))
    monkeypatch.setattr(sitemaps, "LIMIT", 5)
    monkeypatch.setattr(sitemap_views, "LIMIT", 5)
    root = fromstring(client.get("/sitemap.xml").content)
    assert root.tag == f"{MAP}sitemapindex"
    files = [str(file.findtext(f"{MAP}loc")).removeprefix(SITE) for file in root]
    assert len(files) >= 4
    assert {address for file in files for address in places(client, file)} == whole
    assert client.get("/sitemap-articles-99.xml").status_code == 404
    assert client.get("/sitemap-nothing-1.xml").status_code == 404


def test_the_number_of_queries_does_not_grow(client: Client, django_assert_max_num_queries: Any) -> None:
    ArticlePageFactory()
    with django_assert_max_num_queries(50) as few:
        places(client)
    for number in range(12):
        ArticlePageFactory(by=AuthorPageFactory(), topic=TopicFactory(name=f"Shelf {number}"))
        IssuePageFactory()
    with django_assert_max_num_queries(len(few)):
        places(client)


def test_robots_are_led_to_it_and_away_from_what_is_not_for_them(site: Any, client: Client) -> None:
    lines = client.get("/robots.txt", headers={"Host": "localhost"}).content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert lines[-1] == f"Sitemap: {SITE}/sitemap.xml"
    shut = {line.removeprefix("Disallow: ") for line in lines if line.startswith("Disallow: ")}
    assert {"/admin/", "/search/?", "/comments/", "/newsletter/confirm/", "/newsletter/unsubscribe/"} <= shut
    open_paths = [address.removeprefix(SITE) for address in places(client)]
    assert [path for path in open_paths if any(path.startswith(stem) for stem in shut)] == []
