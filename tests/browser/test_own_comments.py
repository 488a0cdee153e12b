"""A writer's own pages in a browser without JavaScript: state, change, proof, list, erasing."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as BrowserPage

from blog.actions.judging import judge_comment
from blog.models import Comment, Commenter
from guard.models import Turn
from letters.models import Letter
from tests.browser.conftest import check_accessible
from tests.browser.test_access import CONTRAST, DESK, PHONE, dress
from tests.factories import ArticlePageFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def plain(browser: Browser) -> Any:
    """A page without JavaScript."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def link_in(kind: str, part: str) -> str:
    letter = Letter.objects.filter(kind=kind).latest("pk")
    found = re.search(rf"http://\S+/comments/{part}/\S+", letter.text)
    assert found
    return found[0]


def write(page: BrowserPage, served: str, text: str) -> Comment:
    page.goto(served + str(ArticlePageFactory().url))
    page.get_by_role("textbox", name="Your comment").fill(text)
    page.get_by_label("Name to show").fill("Joan W.")
    page.locator("#comment-email").fill("joan@example.org")
    page.get_by_role("button", name="Send to the moderator").click()
    comment = Comment.objects.latest("pk")
    judge_comment(comment.pk)
    return comment


def test_a_writer_gets_along_without_javascript(plain: BrowserPage, served: str) -> None:
    comment = write(plain, served, "One walk a day.")
    expect(plain.get_by_role("heading", level=1)).to_contain_text("waiting for a moderator")
    plain.get_by_role("link", name="Change my comment").click()
    plain.get_by_role("textbox", name="Your comment").fill("Two walks a day.")
    plain.get_by_role("button", name="Save the change").click()
    expect(plain.locator(".comment__body")).to_have_text("Two walks a day.")
    judge_comment(comment.pk)
    plain.goto(link_in("prove_address", "prove"))
    plain.get_by_role("button", name="Yes, I wrote this").click()
    plain.get_by_role("button", name="Remember me on this device").click()
    expect(plain.get_by_text("This device is remembered")).to_be_visible()
    assert [cookie["path"] for cookie in plain.context.cookies()] == ["/comments/"]
    Turn.objects.all().delete()  # some seconds later
    again = write(plain, served, "A bicycle does it too.")
    assert again.pk != comment.pk
    assert again.proven_at
    assert Letter.objects.filter(kind="prove_address").count() == 1
    plain.get_by_role("link", name="All my comments").click()
    plain.get_by_label("Email address").fill("joan@example.org")
    plain.get_by_role("button", name="Send me the link").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Now look in your inbox")
    plain.goto(link_in("my_comments", "mine"))
    expect(plain.get_by_role("article")).to_have_count(2)
    with plain.expect_download() as download:
        plain.get_by_role("link", name="Take a copy of everything we keep").click()
    assert download.value.suggested_filename.endswith(".json")
    plain.get_by_role("link", name="Erase everything").click()
    plain.get_by_role("button", name="Erase everything").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Everything is erased")
    assert not Comment.objects.exists()
    assert not Commenter.objects.exists()
    assert not plain.context.cookies()


def test_the_pages_of_a_writer_are_for_everybody(
    page: BrowserPage, served: str, no_foreign_requests: list[str]
) -> None:
    comment = write(page, served, "One walk a day.")
    status = page.url
    addresses = [status, f"{status}edit/", link_in("prove_address", "prove"), link_in("prove_address", "stop")]
    addresses.append(f"{served}/comments/mine/")
    page.goto(addresses[-1])
    page.get_by_label("Email address").fill("joan@example.org")
    page.get_by_role("button", name="Send me the link").click()
    mine = link_in("my_comments", "mine")
    Comment.objects.filter(pk=comment.pk).update(crisis=True, wants_replies=True)
    for size, scheme in ((PHONE, "light"), (DESK, "dark")):
        dress(page, size, scheme)
        for address in (*addresses, mine, f"{mine}erase/"):
            page.goto(address)
            check_accessible(page)
            check_accessible(page, rules=CONTRAST)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    assert no_foreign_requests == []
