"""Reading comments in a browser: helpful, reported, folded and in another order, with script and without."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as BrowserPage

from blog.actions.votes import count_helpful_votes
from blog.models import Comment, CommentReport
from tests.browser.conftest import check_accessible
from tests.browser.test_access import DESK, PHONE, dress
from tests.factories import ArticlePageFactory, CommentFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def first(served: str) -> Comment:
    """The first of two threads, with twelve replies."""
    comment: Comment = CommentFactory(article=ArticlePageFactory(title="Cold mornings"), author_name="Joan W.")
    begun = comment.created_at
    replies = [
        CommentFactory(article=comment.article, parent=comment, author_name=f"Dilip {n}", text=f"Words {n}.")
        for n in range(12)
    ]
    Comment.objects.filter(pk=replies[2].pk).update(answers=replies[1], edited_at=begun)
    CommentFactory(article=comment.article, author_name="Eileen", created_at=begun + timedelta(days=1))
    return comment


def test_with_script_helpful_counts_in_place_and_is_taken_back(
    page: BrowserPage, served: str, first: Comment, no_foreign_requests: list[str]
) -> None:
    page.goto(f"{served}{first.article.url}")
    button = page.get_by_role("button", name=re.compile(r"^Helpful (\(1\) )?comment of Joan W\.$"))
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_contain_text("(1)")
    count_helpful_votes()
    page.reload()
    expect(button).to_contain_text("(1)")
    button.click()  # from the same reader: still one
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_contain_text("(1)")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button).not_to_contain_text("(1)")
    assert page.url == f"{served}{first.article.url}"
    assert not page.context.cookies()
    assert not no_foreign_requests


def test_without_script_helpful_leads_to_a_page_that_says_what_counts(
    browser: Browser, served: str, first: Comment
) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{served}{first.article.url}")
        page.get_by_role("button", name="Helpful comment of Joan W.").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. You found it helpful")
        page.get_by_role("button", name="Take it back").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Did this comment help you?")
        page.get_by_role("link", name="Back to the comments").click()
        assert page.url == f"{served}{first.article.url}#comment-{first.pk}"


def test_a_reader_reports_a_comment_with_script_and_without(browser: Browser, served: str, first: Comment) -> None:
    for has_script in (True, False):
        with browser.new_context(java_script_enabled=has_script) as context:
            page = context.new_page()
            page.goto(f"{served}{first.article.url}")
            page.get_by_role("link", name="Report the comment of Joan W.").click()
            page.get_by_role("button", name="Send the report").click()
            expect(page.get_by_role("alert")).to_be_focused()
            reason = "It gives advice that could harm somebody" if has_script else "It is wrong"
            page.get_by_label("What is wrong with it?").select_option(reason)
            page.get_by_role("button", name="Send the report").click()
            expect(page.get_by_role("heading", level=1)).to_have_text("Thank you. A moderator will look at it")
    assert set(CommentReport.objects.values_list("reason", flat=True)) == {"harm", "wrong"}


def test_a_long_conversation_is_read_on_where_the_page_ends(page: BrowserPage, served: str, first: Comment) -> None:
    page.goto(f"{served}{first.article.url}")
    expect(page.get_by_text("Words 10.")).to_have_count(0)
    page.get_by_role("link", name="Show the other 2 replies").click()
    expect(page.get_by_text("Words 9.")).to_be_in_viewport()
    expect(page.get_by_text("Words 11.")).to_be_visible()
    page.get_by_role("link", name="See all comments").click()
    page.get_by_role("link", name="Newest first").click()
    expect(page.get_by_role("heading", level=3).filter(has_text="Eileen")).to_be_in_viewport()
    expect(page.get_by_role("link", name="Newest first")).to_have_attribute("aria-current", "true")


def test_nothing_about_comments_keeps_anybody_out(page: BrowserPage, served: str, first: Comment) -> None:
    article = f"{served}{first.article.url}"
    marks = [f"{served}/comments/{name}/{first.pk}/" for name in ("report", "helpful")]
    for size, scheme in ((PHONE, "light"), (PHONE, "dark"), (DESK, "light"), (DESK, "dark")):
        dress(page, size, scheme)
        for address in (f"{article}?order=newest", f"{article}?thread={first.pk}", *marks, f"{marks[0]}thanks/"):
            page.goto(address)
            check_accessible(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
            low = page.evaluate(
                "[...document.querySelectorAll('.comment__acts > *')].filter(e => e.offsetHeight < 44).length"
            )
            assert low == 0
