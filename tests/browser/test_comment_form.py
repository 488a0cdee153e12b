"""Writing a comment in a browser: previews, mistakes, a question, and no word lost, with script and without."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as BrowserPage

from blog.models import Comment
from tests.browser.conftest import check_accessible
from tests.browser.test_access import CONTRAST, DESK, PHONE, dress
from tests.factories import ArticlePageFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
WORDS = "It is *not* so bad.\n\n- a walk\n- tea"


@pytest.fixture
def article(served: str) -> str:
    return served + str(ArticlePageFactory(title="Cold mornings").url)


def fill(page: BrowserPage, text: str) -> None:
    page.get_by_role("textbox", name="Your comment").fill(text)
    page.get_by_label("Name to show").fill("Joan W.")
    page.locator("#comment-email").fill("joan@example.org")


def send(page: BrowserPage) -> None:
    page.get_by_role("button", name="Send to the moderator").click()


def test_with_script_mistakes_are_named_without_leaving_the_page(page: BrowserPage, article: str) -> None:
    page.goto(article)
    posted: list[str] = []
    page.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
    send(page)
    summary = page.locator("#comment-form [role=alert]")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(3)
    summary.get_by_role("link", name="Write your comment").click()
    expect(page.get_by_role("textbox", name="Your comment")).to_be_focused()
    expect(page.locator("#comment-text")).to_have_attribute("aria-describedby", re.compile("comment-text_error"))
    check_accessible(page)
    fill(page, "a" * 8001)
    page.locator("#comment-email").fill("joan")
    send(page)
    expect(page.locator("#comment-text_error")).to_contain_text("it has 8001 characters, and 8000 are the most")
    expect(page.locator("#comment-form [aria-invalid]")).to_have_count(2)
    assert not posted


def test_with_script_the_preview_comes_into_the_page(page: BrowserPage, article: str) -> None:
    for size, scheme in ((PHONE, "light"), (DESK, "dark")):
        dress(page, size, scheme)
        page.goto(article)
        page.evaluate("sessionStorage.clear()")
        page.reload()
        page.get_by_role("textbox", name="Your comment").fill(WORDS)
        page.get_by_role("button", name="Preview").click()
        shown = page.get_by_role("region", name="This is how it will look")
        expect(shown).to_be_focused()
        expect(shown.locator("em")).to_have_text("not")
        expect(shown.get_by_role("listitem")).to_have_count(2)
        expect(page).to_have_url(article)
        check_accessible(page)
        check_accessible(page, rules=CONTRAST)
    assert not Comment.objects.exists()


def test_with_script_a_preview_takes_mended_mistakes_and_an_answered_question_away(
    page: BrowserPage, article: str
) -> None:
    page.goto(article)
    fill(page, "Call me on 0161 496 0123.")
    send(page)
    page.get_by_role("textbox", name="Your comment").fill("")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#comment-form [role=alert]")).to_have_count(1)
    page.get_by_role("textbox", name="Your comment").fill(WORDS)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="This is how it will look")).to_be_focused()
    for gone in ("#comment-form [role=alert]", "#comment-question", "button[name=keep]"):
        expect(page.locator(gone)).to_have_count(0)
    send(page)
    expect(page).to_have_title(re.compile("waiting"))


def test_a_name_is_suggested(page: BrowserPage, article: str) -> None:
    page.goto(article)
    page.get_by_role("button", name="Suggest a name").click()
    expect(page.get_by_label("Name to show")).to_have_value(re.compile(r"^[A-Z]\w+ [A-Z]\w+$"))


def test_words_outlive_the_page_until_they_have_arrived(page: BrowserPage, article: str, served: str) -> None:
    page.goto(article)
    fill(page, WORDS)
    page.goto(served)
    page.goto(article)
    expect(page.locator("#comment-text")).to_have_value(WORDS)
    expect(page.get_by_role("status").filter(has_text="Your words from before")).to_be_visible()
    assert "joan@example.org" not in page.evaluate("JSON.stringify(sessionStorage)")
    page.locator("#comment-email").fill("joan@example.org")
    page.route("**/comments/new/**", lambda route: route.abort())
    send(page)
    page.unroute("**/comments/new/**")
    page.goto(article)
    expect(page.locator("#comment-text")).to_have_value(WORDS)
    page.locator("#comment-email").fill("joan@example.org")
    send(page)
    expect(page).to_have_title(re.compile("waiting"))
    assert page.evaluate("sessionStorage.length") == 0
    page.goto(article)
    expect(page.locator("#comment-text")).to_have_value("")
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("script", [True, False])
def test_the_focus_goes_to_the_question_and_to_mistakes(browser: Browser, article: str, script: bool) -> None:
    page = browser.new_context(java_script_enabled=script, viewport=PHONE).new_page()  # type: ignore[arg-type]
    page.goto(article)
    fill(page, "Call me on 0161 496 0123.")
    send(page)
    question = page.locator("#comment-question")
    expect(question).to_be_focused()
    expect(question).to_be_in_viewport()
    expect(question).to_contain_text("a phone number: “0161 496 0123”")
    page.get_by_role("button", name="Send it as it is").click()
    expect(page).to_have_title(re.compile("waiting"))


def test_without_script_the_focus_goes_to_what_is_wrong(browser: Browser, article: str) -> None:
    page = browser.new_context(java_script_enabled=False, viewport=DESK).new_page()  # type: ignore[arg-type]
    page.goto(article)
    page.get_by_role("textbox", name="Your comment").fill(WORDS)
    send(page)
    summary: Any = page.locator("#comment-form [role=alert]")
    expect(summary).to_be_focused()
    expect(summary).to_be_in_viewport()
    expect(page.get_by_role("textbox", name="Your comment")).to_have_value(WORDS)
    expect(page.get_by_role("button", name="Suggest a name")).to_have_count(0)
