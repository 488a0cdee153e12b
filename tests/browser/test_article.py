"""Reading an article: a video asks first, sources lead there and back, folds open on paper, all without a mouse."""

import pytest
from playwright.sync_api import Browser, Route, expect
from playwright.sync_api import Page as BrowserPage

from blog.models import Reference
from tests.factories import ArticlePageFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
VIDEO = {
    "title": "Getting up",
    "address": "https://vimeo.com/76979871",
    "minutes": 4,
    "picture": None,
    "transcript": "<p>Turn to your side.</p>",
}
ASKED = {"folded": True, "pairs": [{"question": "Does it hurt?", "answer": "<p>A little.</p>"}]}


def make_article() -> str:
    body = [("text", "<p>It helps [1].</p>"), ("video", VIDEO), ("questions", ASKED), ("quote", {"text": "So [1]"})]
    article = ArticlePageFactory(body=body)
    Reference.objects.create(article=article, text="A trial")
    return str(article.url)


def test_a_video_asks_nothing_of_its_host_before_the_reader_presses(
    page: BrowserPage, served: str, no_foreign_requests: list[str]
) -> None:
    page.route("https://player.vimeo.com/**", answer_for_host)
    page.goto(served + make_article())
    link = page.get_by_role("link", name="Watch on Vimeo the video “Getting up”")
    expect(link).to_be_visible()
    assert no_foreign_requests == []
    link.press("Enter")
    expect(page.frame_locator("iframe[title='Getting up']").get_by_text("The player")).to_be_visible()
    assert no_foreign_requests == ["https://player.vimeo.com/video/76979871?dnt=1&autoplay=1"]
    expect(page.locator("iframe")).to_be_focused()


def answer_for_host(route: Route) -> None:
    route.fulfill(body="<p>The player</p>", content_type="text/html")


def test_a_source_leads_back_to_each_place_that_names_it(page: BrowserPage, served: str) -> None:
    page.goto(served + make_article())
    page.get_by_role("link", name="Source 1", exact=True).first.press("Enter")
    assert page.url.endswith("#ref-1")
    page.get_by_role("link", name="Back to where the text names source 1, place b").press("Enter")
    assert page.url.endswith("#cite-1-2")
    expect(page.locator("blockquote .ref")).to_be_in_viewport()


def test_on_paper_every_fold_is_open(page: BrowserPage, served: str) -> None:
    page.goto(served + make_article())
    expect(page.get_by_text("A little.")).to_be_hidden()
    page.emulate_media(media="print")
    expect(page.get_by_text("A little.")).to_be_visible()
    expect(page.get_by_text("Turn to your side.")).to_be_visible()
    expect(page.locator(".share")).to_be_hidden()


def test_without_script_the_video_and_the_address_are_plain_links(browser: Browser, served: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    plain, path = context.new_page(), make_article()
    plain.goto(served + path)
    video = plain.get_by_role("link", name="Watch on Vimeo the video “Getting up”")
    expect(video).to_have_attribute("href", "https://vimeo.com/76979871")
    expect(plain.get_by_role("link", name="Link to this article")).to_have_attribute("href", served + path)
    expect(plain.get_by_text("Print", exact=True)).to_be_hidden()
    context.close()
