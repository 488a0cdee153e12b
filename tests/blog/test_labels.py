"""What an article says about itself: its kind, who paid, interests, corrections, and how to tell us of a mistake."""

import re
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from wagtail.models import Site

from blog.models import ArticlePage, Correction
from home.models import ContactPage, SiteSettings
from tests.factories import ArticlePageFactory

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"


def read(client: Client, article: ArticlePage) -> str:
    return " ".join(client.get(article.url).content.decode().split())


def test_a_guide_needs_no_label(client: Client) -> None:
    article = ArticlePageFactory()
    assert article.kind_label == ""
    assert 'class="kind"' not in read(client, article)


@pytest.mark.parametrize(
    ("kind", "label", "words"),
    [
        ("opinion", "Opinion", "One person’s view."),
        ("story", "Personal story", "One person’s experience."),
        ("sponsored", "Sponsored", "Paid for by Acme Pills."),
    ],
)
def test_another_kind_is_named_before_the_title(client: Client, kind: str, label: str, words: str) -> None:
    article = ArticlePageFactory(kind=kind, sponsor="Acme Pills" if kind == "sponsored" else "")
    html = read(client, article)
    assert article.kind_label == label
    assert html.index(f"{label}</span>") < html.index(words) < html.index("<h1>")


def test_a_sponsored_piece_names_its_sponsor_or_is_refused() -> None:
    article = ArticlePageFactory(kind="sponsored", sponsor="Acme Pills")
    article.sponsor = "  "
    with pytest.raises(ValidationError) as caught:
        article.clean()
    assert "who paid" in caught.value.message_dict["sponsor"][0]


def test_interests_and_making_are_shown_where_they_are_stated(client: Client) -> None:
    html = read(client, ArticlePageFactory(interests="The author sells a course.", how_made=HOSTILE))
    assert "Interests to declare</dt> <dd> <p>The author sells a course.</p>" in html
    assert "&lt;script&gt;" in html
    assert HOSTILE not in html
    assert "How this article was made" not in read(client, ArticlePageFactory())


def test_corrections_stand_under_the_text_the_newest_first(client: Client) -> None:
    article = ArticlePageFactory()
    for day, grade, text in ((1, "typo", "A name."), (9, "clarity", HOSTILE)):
        Correction.objects.create(article=article, corrected_on=date(2026, 3, day), grade=grade, text=text)
    html = read(client, article)
    assert html.index("9 March 2026") < html.index("1 March 2026")
    assert 'id="corrections"' in html
    assert "Made clearer" in html
    assert HOSTILE not in html
    assert "safety-note" not in html


def test_a_correction_that_mattered_for_safety_is_told_before_the_text(client: Client) -> None:
    article = ArticlePageFactory()
    Correction.objects.create(article=article, corrected_on=date(2026, 3, 1), grade="safety", text="The dose.")
    html = read(client, article)
    assert html.index("Corrected on 1 March 2026") < html.index("First words.")
    assert 'href="#corrections">See what was corrected' in html


def test_an_article_without_corrections_has_no_place_for_them(client: Client) -> None:
    assert 'id="corrections"' not in read(client, ArticlePageFactory())


@pytest.fixture
def site_settings(home: Any) -> SiteSettings:
    found = SiteSettings.for_site(Site.objects.get(is_default_site=True))
    found.contact_email = "desk@example.org"
    found.save()
    return found


def test_a_mistake_is_told_on_the_contact_page_which_knows_the_article(
    client: Client, home: Any, site_settings: SiteSettings
) -> None:
    contact = ContactPage.objects.first() or home.add_child(instance=ContactPage(title="Contact us", slug="contact-us"))
    site_settings.contact_page = contact
    site_settings.save()
    article = ArticlePageFactory()
    assert f'href="{contact.url}?about={article.pk}">Report a mistake</a>' in read(client, article)


def test_without_a_live_contact_page_a_mistake_is_told_by_mail(client: Client, site_settings: SiteSettings) -> None:
    site_settings.contact_page = None
    site_settings.save()
    assert 'href="mailto:desk@example.org?subject=A%20title">Report a mistake</a>' in read(
        client, ArticlePageFactory(title="A title")
    )


def test_an_article_can_be_passed_on_without_telling_any_network(client: Client) -> None:
    article = ArticlePageFactory(title="Tea & rest")
    html = read(client, article)
    assert f'href="{article.full_url}" data-copy' in html
    assert "mailto:?subject=Tea%20%26%20rest&amp;body=http%3A%2F%2F" in html
    ways = html.partition('aria-label="Pass this article on"')[2].partition("</section>")[0]
    assert re.findall(r'href="([a-z]+)[:/]', ways) == ["http", "mailto"]


def test_all_corrections_of_published_articles_stand_in_one_list(client: Client) -> None:
    assert "Nothing corrected so far" in client.get("/corrections/").content.decode()
    old, new = ArticlePageFactory(title="Sleep"), ArticlePageFactory(title="Salt")
    hidden = ArticlePageFactory(title="Hidden", live=False)
    Correction.objects.create(article=old, corrected_on=date(2026, 3, 1), text="Four hours, not six.")
    Correction.objects.create(article=new, corrected_on=date(2026, 5, 1), text=HOSTILE, grade="safety")
    Correction.objects.create(article=hidden, corrected_on=date(2026, 6, 1), text="Nobody saw it.")
    html = client.get("/corrections/").content.decode()
    assert html.index("1 May 2026") < html.index("1 March 2026")
    assert f'href="{new.url}#corrections"' in html
    assert HOSTILE not in html
    assert "Nobody saw it" not in html


def test_the_list_of_corrections_asks_as_many_queries_for_many(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    article = ArticlePageFactory()
    for day in range(1, 29):
        Correction.objects.create(article=article, corrected_on=date(2026, 3, day), text="Put right.")
    with django_assert_max_num_queries(12):
        assert client.get("/corrections/").status_code == 200
