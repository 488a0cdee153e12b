"""What every public page keeps to: no cookie, no stranger's address, the same bytes for everybody."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client

from home.models import StandardPage
from tests.factories import ArticlePageFactory, AuthorPageFactory, CommentFactory, IssuePageFactory, TopicFactory

PATHS = ["/", "/articles/", "/articles/it/", "/authors/", "/authors/ann/", "/topics/", "/topics/pain/", "/about/"]
PATHS += ["/search/", "/search/?q=pain", "/search/?q=nothing", "/newsletter/", "/newsletter/issue-1/", "/nowhere/"]
RESOURCES = {"img": "src", "script": "src", "iframe": "src", "source": "srcset", "video": "src", "audio": "src"}
RESOURCES |= {"object": "data", "embed": "src", "form": "action", "input": "src"}


@pytest.fixture
def pages(home: Any) -> None:
    """One of everything that readers see."""
    home.add_child(instance=StandardPage(title="About", slug="about", body="<h2>Us</h2><p>Hello.</p>"))
    person = AuthorPageFactory(title="Ann", slug="ann")
    article = ArticlePageFactory(slug="it", title="Pain", by=person, topic=TopicFactory(name="Pain", slug="pain"))
    CommentFactory(article=article)
    IssuePageFactory(number=1, slug="issue-1")


class _Addresses(HTMLParser):
    """The addresses from which a browser would fetch something while it shows the page, or to which it would send."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "link" and given.get("rel") not in {"canonical", "alternate"}:
            self.found.append(given.get("href") or "")
        elif tag in RESOURCES and given.get(RESOURCES[tag]):
            self.found += [part.split()[0] for part in str(given[RESOURCES[tag]]).split(",")]
        self.found += re.findall(r"url\(([^)]+)\)", given.get("style") or "")


@pytest.mark.parametrize("path", PATHS)
def test_no_page_sets_a_cookie_varies_by_one_or_tells_readers_apart(pages: None, path: str) -> None:
    first, second = Client().get(path), Client(headers={"User-Agent": "Other", "Accept-Language": "fr"}).get(path)
    assert first.status_code == (404 if path == "/nowhere/" else 200)
    assert not first.cookies
    assert "cookie" not in first.headers.get("Vary", "").lower()
    assert first.content == second.content
    assert b"csrfmiddlewaretoken" not in first.content


@pytest.mark.parametrize("path", PATHS)
def test_no_page_fetches_anything_from_elsewhere(pages: None, client: Client, path: str) -> None:
    parser = _Addresses()
    parser.feed(client.get(path).content.decode())
    assert parser.found
    assert [a for a in parser.found if not re.match(r"/(?!/)|\?|#|data:image/|http://testserver/", a)] == []


@pytest.mark.parametrize("path", PATHS)
def test_every_page_has_one_heading_a_title_a_description_and_a_way_past_the_menu(
    pages: None, client: Client, path: str
) -> None:
    html = client.get(path).content.decode()
    assert html.count("<h1") == 1
    assert re.search(r"<title>\s*\S.* \| Meadowsweet|<title>Meadowsweet", html)
    assert re.search(r'<meta name="description"\s+content="[^"]+">', html)
    assert 'href="#main"' in html
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))


def test_a_page_that_follows_a_readers_own_settings_is_theirs_alone(pages: None, client: Client) -> None:
    client.cookies["text"] = "large"
    client.cookies["colours"] = "dark"
    response = client.get("/articles/it/")
    assert '<html lang="en-GB" data-text="large" data-colours="dark">' in response.content.decode()
    assert "Cookie" in response["Vary"]
    assert "private" in response["Cache-Control"]


def test_settings_that_are_not_on_offer_change_nothing(pages: None, client: Client) -> None:
    plain = client.get("/topics/").content
    client.cookies["text"] = '"><script>'
    assert client.get("/topics/").content == plain


def test_saving_the_settings_leads_back_and_standard_takes_the_cookie_away(pages: None, client: Client) -> None:
    saved = client.post("/reading-settings/", {"text": "largest", "colours": "", "next": "/topics/pain/?page=2"})
    assert (saved.status_code, saved["Location"]) == (302, "/topics/pain/?page=2")
    assert saved.cookies["text"].value == "largest"
    again = client.post("/reading-settings/", {"text": "", "colours": "purple", "next": "/"})
    assert again.cookies["text"].value == again.cookies["colours"].value == ""


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "", "\x00"]
)
def test_saving_the_settings_never_leads_to_another_site(pages: None, client: Client, back: str) -> None:
    assert client.post("/reading-settings/", {"text": "large", "next": back})["Location"] == "/"


def test_opening_the_address_of_the_settings_leads_to_their_form(pages: None, client: Client) -> None:
    assert client.get("/reading-settings/")["Location"] == "/#f-set"
    assert 'id="f-set"' in client.get("/").text


def test_another_sites_form_is_refused_in_plain_words(pages: None, client: Client) -> None:
    response = client.post("/reading-settings/", {"text": "large"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert response.status_code == 403
    assert "send the form from there" in response.content.decode()
    assert not response.cookies


def test_an_editor_who_is_logged_in_gets_the_bar_and_nobody_else_does(pages: None, client: Client, editor: Any) -> None:
    assert "wagtail-userbar" not in client.get("/articles/it/").content.decode()
    client.force_login(editor)
    assert "wagtail-userbar" in client.get("/articles/it/").content.decode()


def test_the_error_page_needs_no_database_and_no_other_file() -> None:
    html = render_to_string("500.html")
    parser = _Addresses()
    parser.feed(html)
    assert parser.found == []
    assert "Nothing you did has gone wrong" in html


def test_robots_are_told_where_not_to_go(pages: None, client: Client) -> None:
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert "Disallow: /admin/" in lines
    assert "Sitemap: http://testserver/sitemap.xml" in lines


def test_the_old_place_of_the_icon_leads_to_it(client: Client) -> None:
    assert client.get("/favicon.ico")["Location"].endswith("brand/favicon.svg")
