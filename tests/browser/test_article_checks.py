"""While an editor writes, the panel of checks says what the rules find in what stands in the form."""

from typing import Any

import pytest
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect

from tests.browser.test_ways import log_in
from tests.factories import ArticlePageFactory, ReviewFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def write_deck(page: BrowserPage, words: str) -> None:
    page.locator("#id_deck").fill("")
    page.locator("#id_deck").press_sequentially(words, delay=40)


@pytest.mark.usefixtures("editor")
def test_the_list_and_the_counter_follow_the_form_before_anything_is_saved(
    page: BrowserPage, served: str, settings: Any
) -> None:
    settings.WAGTAIL_AUTOSAVE_INTERVAL = 0
    article = ArticlePageFactory(title="A walk", kind="story", search_description="Why a walk helps.")
    ReviewFactory(article=article)
    log_in(page, served, "editor")
    page.goto(f"{served}/admin/pages/{article.pk}/edit/")
    page.locator("[data-side-panel-toggle=checks]").click()
    found = page.locator("[data-article-findings]")
    counter = page.locator("[data-side-panel-toggle=checks] [data-side-panel-toggle-counter]")
    expect(found).to_contain_text("Nothing found")
    page.wait_for_selector("#w-preview-iframe[src]", state="attached")  # from then on the editor watches the form
    write_deck(page, "This tea cures arthritis.")
    expect(found).to_contain_text("Bold words in the summary", timeout=30_000)
    expect(found).to_contain_text("This tea cures arthritis.")
    expect(found).to_contain_text("Changed since its review")
    expect(counter).to_have_text("1", timeout=30_000)
    write_deck(page, "It is a pleasant walk.")
    expect(found).not_to_contain_text("Bold words in the summary", timeout=30_000)
    expect(found).to_contain_text("Changed since its review")
    article.refresh_from_db()
    assert article.deck == "What it is about."
    assert article.latest_revision is None
    page.goto(f"{served}/admin/")  # the editor says good-bye to the server when it is left


@pytest.mark.usefixtures("editor")
def test_a_form_that_cannot_be_read_is_not_counted_as_an_empty_article(
    page: BrowserPage, served: str, settings: Any
) -> None:
    settings.WAGTAIL_AUTOSAVE_INTERVAL = 0
    parent = ArticlePageFactory().get_parent()
    log_in(page, served, "editor")
    page.goto(f"{served}/admin/pages/add/blog/articlepage/{parent.pk}/")
    page.locator("[data-side-panel-toggle=checks]").click()
    found = page.locator("[data-article-findings]")
    page.wait_for_selector("#w-preview-iframe[src]", state="attached")
    write_deck(page, "It is a pleasant walk.")
    expect(found).to_contain_text("Nothing can be counted yet", timeout=30_000)
    expect(found).not_to_contain_text("No author")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{served}/admin/")
