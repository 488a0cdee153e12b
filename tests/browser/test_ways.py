"""The ways as people walk them: in a browser, with a real worker and real mail."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect
from playwright.sync_api import Page as BrowserPage

from blog.models import Comment
from newsletter.models import Subscriber
from tests.browser.conftest import check_accessible
from tests.factories import ArticlePageFactory, AuthorPageFactory
from tests.fakes.reader import links_of
from tests.fakes.smtp import Sink, wait_until
from tests.fakes.workers import Worker
from tests.newsletter.joining import BOOK, make_ebook
from users.models import User

pytestmark = [
    pytest.mark.browser,
    pytest.mark.worker,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
Starter = Callable[..., Worker]
PASSPHRASE = "a long passphrase"


def log_in(page: BrowserPage, served: str, name: str) -> None:
    page.goto(f"{served}/admin/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSPHRASE)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{served}/admin/")


def test_a_comment_is_written_held_approved_and_read(
    page: BrowserPage, served: str, start_worker: Starter, moderator: User, no_foreign_requests: list[str]
) -> None:
    start_worker()
    article = ArticlePageFactory(title="Cold mornings", by=AuthorPageFactory(title="Hazel Marsh"))
    page.goto(served + article.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Cold mornings")
    check_accessible(page)
    page.get_by_role("button", name="Send to the moderator").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("#comment-form textarea").fill("A hot bottle at the foot of the bed helps me.")
    page.locator("#comment-form input[name=name]").fill("Joan W.")
    page.locator("#comment-form input[type=email]").fill("joan@example.com")
    page.get_by_role("button", name="Send to the moderator").click()
    expect(page.get_by_text("waiting for a moderator", exact=False).first).to_be_visible()
    assert page.context.cookies() == []
    wait_until(lambda: Comment.objects.filter(state=Comment.State.HELD).exists(), what="the judgement")

    log_in(page, served, "moderator")
    page.get_by_role("link", name="Comments").first.click()
    expect(page.get_by_text("A hot bottle at the foot of the bed")).to_be_visible()
    page.get_by_role("button", name="Approve").first.click()
    wait_until(lambda: Comment.objects.filter(state=Comment.State.PUBLISHED).exists(), what="the approval")
    # The queue has come back without it.
    expect(page.get_by_text("A hot bottle at the foot of the bed")).to_have_count(0)
    page.goto(served + article.url)
    expect(page.locator("#comments")).to_contain_text("A hot bottle at the foot of the bed helps me.")
    assert no_foreign_requests == []


def test_a_sign_up_is_confirmed_from_the_letter_and_the_book_comes(
    page: BrowserPage, context: BrowserContext, served: str, start_worker: Starter, sink: Sink
) -> None:
    make_ebook(title="A calmer day", slug="calmer")
    start_worker()
    page.goto(f"{served}/newsletter/")
    check_accessible(page)
    page.get_by_label("Email address").first.fill("vera@example.org")
    page.get_by_role("button", name="Send me the e-book").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("inbox")
    sink.wait_for(1)
    (link,) = links_of(sink.messages[0], "/confirm/")
    page.goto(link)
    assert Subscriber.objects.get().state == Subscriber.State.PENDING
    check_accessible(page)
    page.get_by_role("button", name="Put me on the list").click()
    wait_until(lambda: Subscriber.objects.get().state == Subscriber.State.CONFIRMED)
    with page.expect_download() as download:
        page.locator("a[href*='/e-book/']").first.click()
    assert download.value.path().read_bytes() == BOOK
    sink.wait_for(2)
    assert links_of(sink.messages[1], "/e-book/")
    assert context.cookies() == []


@pytest.mark.parametrize("width", [320, 390])
def test_no_page_scrolls_sideways_in_the_largest_text(
    page: BrowserPage, context: BrowserContext, served: str, width: int
) -> None:
    article = ArticlePageFactory()
    context.add_cookies([{"name": "text", "value": "largest", "url": served}])
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("/", article.url, article.authors[0].url, "/authors/", "/topics/", "/search/?q=words", "/newsletter/"):
        page.goto(served + path)
        assert page.locator("html").get_attribute("data-text") == "largest"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
