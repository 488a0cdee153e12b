"""The page tree of a new installation, and whom the demo leaves alone."""

from io import StringIO
from typing import Any

from django.core.management import call_command
from wagtail.models import Page, Site

from blog.models import ArticleIndexPage, ArticlePage, AuthorIndexPage
from home.models import HomePage
from home.site_tree import ensure_site_tree, follow_site_url
from newsletter.models import NewsletterPage, Subscriber
from tests.factories import ArticlePageFactory


def test_a_new_installation_has_its_four_pages(db: None) -> None:
    home = ensure_site_tree()
    found = {type(page) for page in home.get_children().specific()}
    assert found == {ArticleIndexPage, AuthorIndexPage, NewsletterPage}
    assert Page.get_first_root_node().get_children().count() == 1


def test_the_tree_is_made_once(db: None) -> None:
    home = ensure_site_tree()
    before = Page.objects.count()
    assert ensure_site_tree() == home
    assert Page.objects.count() == before
    assert HomePage.objects.count() == 1


def test_the_site_answers_at_the_address_of_its_settings(db: None, settings: Any) -> None:
    settings.SITE_URL = "https://health.example.org"
    home = ensure_site_tree()
    site = Site.objects.get()
    assert (site.hostname, site.port, site.root_page_id) == ("health.example.org", 443, home.pk)
    assert site.is_default_site


def test_a_port_in_the_address_counts(db: None, settings: Any) -> None:
    settings.SITE_URL = "http://127.0.0.1:8001"
    ensure_site_tree()
    assert Site.objects.get().port == 8001


def test_the_demo_leaves_a_site_alone_that_has_an_article_of_its_own(db: None) -> None:
    ArticlePageFactory()
    said = StringIO()
    call_command("load_demo", stdout=said)
    assert "nothing to load" in said.getvalue()
    assert ArticlePage.objects.count() == 1
    assert not Subscriber.objects.exists()


def test_the_site_follows_its_address_to_another_port(db: None, settings: Any) -> None:
    ensure_site_tree()
    settings.SITE_URL = "http://127.0.0.1:8001"
    follow_site_url()
    site = Site.objects.get()
    assert (site.hostname, site.port) == ("127.0.0.1", 8001)
    assert HomePage.objects.get().full_url == "http://127.0.0.1:8001/"
