"""An editor sees an article, saved or not, as others will see it, and what the checks found in it."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from blog.models import ArticleIndexPage, ArticlePage
from blog.previews import cut
from tests.factories import ArticlePageFactory, AuthorPageFactory, ReviewFactory, TopicFactory

pytestmark = pytest.mark.django_db
NEW = "An unsaved <title> that is far too long to be shown whole in any list of search results"


@pytest.fixture
def desk(client: Client, editor: Any) -> Client:
    client.force_login(editor)
    return client


def form(**fields: Any) -> dict[str, Any]:
    """What the browser sends for a new article."""
    empty = {name: inline_formset([]) for name in ("references", "related_picks", "corrections", "comments")}
    return nested_form_data(
        {
            "title": NEW,
            "slug": "unsaved",
            "deck": "A deck.",
            "kind": "guide",
            "review_every": "12",
            "comments_mode": "open",
            "topic": str(TopicFactory(name="Sleep", slug="sleep").pk),
            "body": streamfield([("text", rich_text("<p>This tea cures arthritis.</p>"))]),
            "contributions": inline_formset([{"author": AuthorPageFactory().pk, "role": "wrote"}]),
            **empty,
            **fields,
        }
    )


def preview(desk: Client, mode: str, **fields: Any) -> str:
    """The look `mode` of an article that was never saved."""
    address = f"/admin/pages/add/blog/articlepage/{ArticleIndexPage.objects.get().pk}/preview/"
    data = form(**fields)
    answer = desk.post(address, data)
    assert answer.json() == {"is_valid": True, "is_available": True}
    shown = desk.get(f"{address}?mode={mode}")
    assert shown.status_code == 200
    assert not ArticlePage.objects.filter(slug="unsaved").exists()
    return shown.content.decode()


@pytest.mark.usefixtures("home")
def test_the_search_result_is_cut_where_an_engine_cuts_it(desk: Client) -> None:
    shown = preview(desk, "search", search_description="Word " * 60)
    assert "An unsaved &lt;title&gt; that is far too long to be shown" in shown
    assert "in any list of search results</p>" not in shown
    assert f"{len(NEW)} letters" in shown
    assert "/articles/unsaved/" in shown
    assert "These are the words of the page itself" in preview(desk, "search")


def test_words_are_cut_at_the_length() -> None:
    assert cut("short", 60) == "short"
    assert len(cut("long words " * 20, 60)) == 60
    assert cut("long words " * 20, 60).endswith(" …")


@pytest.mark.usefixtures("home")
def test_the_shared_link_shows_the_card_of_what_is_in_the_form(desk: Client) -> None:
    shown = preview(desk, "card")
    assert 'src="data:image/png;base64,' in shown
    assert "testserver" in shown
    assert "A deck." in shown


@pytest.mark.usefixtures("home")
def test_the_piece_of_an_issue_is_written_from_the_form(desk: Client) -> None:
    shown = preview(desk, "issue")
    assert shown.count("An unsaved &lt;title&gt;") >= 2
    assert "Read the article" in shown
    assert "Issue 1" in shown


@pytest.mark.usefixtures("home")
def test_the_checks_see_what_is_in_the_form(desk: Client) -> None:
    shown = preview(desk, "checks")
    assert "Claim without a source" in shown
    assert "This tea cures arthritis." in shown
    assert "text before the first heading" in shown
    calm = preview(desk, "checks", body=streamfield([("text", rich_text("<p>Rest.</p>"))]))
    assert "Claim without a source" not in calm


@pytest.mark.usefixtures("home")
def test_the_web_page_carries_a_mark_for_the_counter_of_the_panel_and_no_public_page_does(desk: Client) -> None:
    assert "data-findings=" in preview(desk, "")
    article = ArticlePageFactory(deck="A miracle.")
    assert "data-findings" not in Client().get(article.url).content.decode()


def test_an_unknown_look_is_the_web_page(desk: Client) -> None:
    article = ArticlePageFactory(title="Plain walk")
    shown = desk.get(f"/admin/pages/{article.pk}/view_draft/?mode=other").content.decode()
    assert '<main id="main">' in shown


def test_people_have_the_looks_that_make_sense_for_them(desk: Client) -> None:
    person = AuthorPageFactory(title="Ines Linnet", lead="Writes about nerves.")
    assert [name for name, _ in person.preview_modes] == ["", "search", "card"]
    shown = desk.get(f"/admin/pages/{person.pk}/view_draft/?mode=search").content.decode()
    assert "Writes about nerves." in shown


def test_the_editor_shows_the_findings_and_asks_axe_for_more_than_wagtail_does(desk: Client) -> None:
    article = ArticlePageFactory(body=[("text", "<p>This tea cures arthritis.</p>")])
    shown = desk.get(f"/admin/pages/{article.pk}/edit/").content.decode()
    assert "Before you publish" in shown
    assert "This tea cures arthritis." in shown
    assert "js/article-checks.js" in shown
    for rule in ("before-you-publish", "image-alt", "page-has-heading-one", "empty-meta-description"):
        assert f'"{rule}"' in shown
    assert "About 155 letters show" in shown


def test_other_pages_keep_the_panel_as_it_is(desk: Client, home: Any) -> None:
    shown = desk.get(f"/admin/pages/{home.pk}/edit/").content.decode()
    assert "data-checks-panel" in shown
    assert "data-article-findings" not in shown


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(("words", "told"), [("This tea cures arthritis.", True), ("Rest a little.", False)])
def test_publishing_is_not_stopped_and_says_what_to_look_at_again(desk: Client, words: str, told: bool) -> None:
    address = f"/admin/pages/add/blog/articlepage/{ArticleIndexPage.objects.get().pk}/"
    body = streamfield([("text", rich_text(f"<p>{words}</p>"))])
    answer = desk.post(address, form(**{"action-publish": "1", "body": body}))
    assert ArticlePage.objects.get(slug="unsaved").live
    said = [str(message) for message in get_messages(answer.wsgi_request)]
    assert any(f"Claim without a source: {words}" in message for message in said) is told


def edited_since_its_review(**fields: Any) -> ArticlePage:
    """Published, then reviewed, then edited: the review is younger than the words that readers see."""
    article = ArticlePageFactory(body=[("text", "<p>Rest.</p>")], **fields)
    article.save_revision().publish()
    ReviewFactory(article=article, reviewer=AuthorPageFactory(title="Dr Ada Moss", is_reviewer=True))
    draft = article.get_latest_revision_as_object()
    draft.deck = "Words that nobody has read."
    draft.save_revision()
    return article


def test_an_edited_draft_is_judged_as_if_it_were_published_now(desk: Client) -> None:
    article = edited_since_its_review()
    look = f"/admin/pages/{article.pk}/view_draft/"
    page = desk.get(look).content.decode()
    assert "The text has changed since it was reviewed" in page
    assert "Not medically reviewed" not in page
    for shown in (desk.get(f"{look}?mode=checks"), desk.get(f"/admin/pages/{article.pk}/edit/")):
        assert "Changed since its review" in shown.content.decode()
        assert "Not medically reviewed" not in shown.content.decode()
    public = Client().get(article.url).content.decode()
    assert "Medically reviewed by" in public


def test_who_publishes_other_words_than_those_reviewed_is_told_so(desk: Client) -> None:
    article = edited_since_its_review(topic=TopicFactory(name="Rest", slug="rest"))
    fields = {"title": article.title, "slug": article.slug, "topic": str(article.topic_id), "action-publish": "1"}
    rest = streamfield([("text", rich_text("<p>Rest.</p>"))])

    def publish(**more: Any) -> list[str]:
        answer = desk.post(f"/admin/pages/{article.pk}/edit/", form(**{**fields, "body": rest, **more}))
        said = [str(message) for message in get_messages(answer.wsgi_request)]
        desk.get("/admin/")  # shows them
        return said

    assert any("not those that Dr Ada Moss read on" in said for said in publish(deck="Other words."))
    assert not any("Dr Ada Moss" in said for said in publish(deck=article.deck))
