"""About, how we work, privacy: their map, their date, their place in the footer, and what a new site begins with."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from blog.models.parts import Correction
from home.first_pages import add_first_pages
from home.models import ContactPage, HomePage, SiteSettings, StandardPage
from home.site_tree import set_up_site
from home.standard_text import lay_out_text
from tests.factories import ArticlePageFactory, AuthorPageFactory, ReviewFactory

pytestmark = pytest.mark.django_db
BODY = "<h2>Who <b>writes</b></h2><p>We.</p><h2>Who pays</h2><p>You.</p><h2>Who pays</h2><p>Still you.</p>"


def add_page(home: Any, **fields: Any) -> StandardPage:
    page: StandardPage = home.add_child(instance=StandardPage(**{"title": "About", "slug": "about", **fields}))
    page.save_revision().publish()
    page.refresh_from_db()
    return page


def test_three_headings_make_a_map_whose_links_lead_to_them(home: Any, client: Client) -> None:
    add_page(home, body=BODY)
    html = client.get("/about/").text
    assert "On this page" in html
    for anchor, words in (("part-who-writes", "Who writes"), ("part-who-pays", "Who pays"), ("part-who-pays-2", "Who")):
        assert f'<a href="#{anchor}">{words}' in html
        assert html.count(f'<h2 id="{anchor}">') == 1


def test_two_headings_need_no_map(home: Any, client: Client) -> None:
    add_page(home, body="<h2>One</h2><p>a</p><h2>Two</h2><p>b</p>")
    assert "On this page" not in client.get("/about/").text


@given(st.lists(st.text(max_size=20), max_size=6))
def test_every_heading_has_an_id_of_its_own(words: list[str]) -> None:
    html, headings = lay_out_text("".join(f"<h2>{word.replace('<', '&lt;')}</h2>" for word in words))
    anchors = [heading.anchor for heading in headings]
    assert len(set(anchors)) == len(anchors) == (len(words) if len(words) >= 3 else 0)
    assert all(f'id="{anchor}"' in html for anchor in anchors)


def test_the_words_in_the_map_are_escaped_once(home: Any, client: Client) -> None:
    add_page(home, body="<h2>Q &amp; A</h2><h2>&lt;script&gt;</h2><h2>C</h2>")
    html = client.get("/about/").text
    assert ">Q &amp; A</a>" in html
    assert ">&lt;script&gt;</a>" in html


def test_readers_see_when_it_was_last_updated(home: Any, client: Client) -> None:
    page = add_page(home)
    assert f'datetime="{page.last_published_at:%Y-%m-%d}"' in client.get("/about/").text


def test_the_footer_names_what_an_editor_puts_into_the_menus_once_it_is_live(home: Any, client: Client) -> None:
    shown = add_page(home, title="House rules", slug="rules", show_in_menus=True)
    add_page(home, title="Small print", slug="small")
    footer = client.get("/").text.partition("<footer")[2]
    assert "House rules" in footer
    assert "Small print" not in footer
    shown.unpublish()
    assert "House rules" not in client.get("/").text


def test_the_page_on_how_we_work_counts_what_is_true(home: Any, client: Client) -> None:
    page = add_page(home, title="How we work", slug="how")
    SiteSettings.objects.update(how_we_work_page=page)
    read, overdue, unread = ArticlePageFactory(), ArticlePageFactory(), ArticlePageFactory()
    reviewer = AuthorPageFactory(is_reviewer=True)
    ReviewFactory(article=read, reviewer=reviewer)
    ReviewFactory(article=overdue, reviewer=reviewer, due_on="2020-01-01")
    Correction.objects.create(article=unread, text="Grams, not milligrams.")
    figures = client.get("/how/").context["process"]
    assert (figures.articles, figures.reviewed, figures.overdue, figures.unreviewed) == (3, 2, 1, 1)
    assert (figures.reviewers, figures.corrections) == (1, 1)


def test_other_pages_count_nothing(home: Any, client: Client) -> None:
    add_page(home)
    assert "counted today" not in client.get("/about/").text


def test_a_new_site_has_a_contact_page_and_two_drafts_that_readers_cannot_open(client: Client) -> None:
    set_up_site()
    assert client.get("/contact/").status_code == 200
    assert set(StandardPage.objects.filter(live=False).values_list("slug", flat=True)) == {"how-we-work", "privacy"}
    assert client.get("/privacy/").status_code == 404
    settings = SiteSettings.objects.get()
    assert (settings.contact_page.slug, settings.privacy_page.slug) == ("contact", "privacy")
    assert lay_out_text(settings.privacy_page.specific.body)[1]


def test_a_page_that_an_editor_deleted_does_not_come_back(client: Client) -> None:
    set_up_site()
    ContactPage.objects.get().delete()
    set_up_site()
    assert not ContactPage.objects.exists()


def test_the_admin_is_told_what_readers_would_miss_until_it_is_there(home: Any, client: Client, editor: Any) -> None:
    add_first_pages(home)
    client.force_login(editor)
    panel = client.get("/admin/").text
    assert "No address for readers’ messages" in panel
    assert panel.count("is a draft") == 2
    SiteSettings.objects.update(contact_email="editors@meadowsweet.example")
    for page in StandardPage.objects.all():
        page.save_revision().publish()
    assert "Before readers come" not in client.get("/admin/").text


def test_who_may_not_change_the_settings_is_told_nothing(home: Any, client: Client, moderator: Any) -> None:
    client.force_login(moderator)
    assert "Before readers come" not in client.get("/admin/").text


def test_a_server_gets_its_pages_by_a_command_that_can_be_repeated(client: Client) -> None:
    for _ in range(2):
        call_command("set_up_site", stdout=StringIO())
    assert client.get("/").status_code == 200
    assert client.get("/contact/").status_code == 200
    assert HomePage.objects.count() == 1
