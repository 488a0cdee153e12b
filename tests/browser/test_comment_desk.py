"""The queue of comments by keyboard, and without one."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect

from blog.models import Comment, RefusalReason
from tests.browser.conftest import check_accessible
from tests.factories import ArticlePageFactory, CommentFactory
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]  # Wagtail's colours do not reach AAA


@pytest.fixture
def desk(page: BrowserPage, served: str, moderator: User) -> Iterator[BrowserPage]:
    RefusalReason.objects.get_or_create(title="Advertising", defaults={"words": "It advertises something."})
    article = ArticlePageFactory()
    for word in ("First", "Second", "Third", "Fourth"):
        CommentFactory(state="held", text=f"{word} in line", author_name=word, article=article, verdict="clear")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{served}/admin/login/")
    page.fill("[name=username]", moderator.username)
    page.fill("[name=password]", "a long passphrase")
    page.press("[name=password]", "Enter")
    page.goto(f"{served}/admin/comments/")
    yield page
    assert errors == []


def state_of(name: str) -> str:
    return Comment.objects.get(author_name=name).state


def focused(page: BrowserPage) -> Any:
    return page.evaluate("document.activeElement.closest('[data-desk-row]')?.querySelector('h3 a').textContent.trim()")


def said(page: BrowserPage) -> Any:
    return page.locator("[data-desk-said]")


def test_a_queue_is_worked_through_by_keyboard(desk: BrowserPage) -> None:
    for key, who in (("j", "First"), ("j", "Second"), ("k", "First"), ("k", "First")):
        desk.keyboard.press(key)
        assert focused(desk) == who
    desk.keyboard.press("a")
    expect(said(desk)).to_contain_text("Readers can see it now: First")
    assert (state_of("First"), focused(desk)) == ("published", "Second")
    expect(desk.locator("[data-tab=waiting] span")).to_have_text("3")
    desk.keyboard.press("s")
    expect(said(desk)).to_contain_text("Put with the spam: Second")
    assert (state_of("Second"), focused(desk)) == ("spam", "Third")
    desk.keyboard.press("u")
    expect(said(desk)).to_contain_text("Undone")
    assert (state_of("Second"), focused(desk)) == ("held", "Second")
    desk.keyboard.press("x")
    expect(desk.locator("[data-bulk-action-footer]")).to_be_visible()
    assert desk.locator("[data-desk-row] [data-bulk-action-checkbox]:checked").count() == 1


def test_a_refusal_by_keyboard_asks_why(desk: BrowserPage) -> None:
    desk.keyboard.press("j")
    desk.keyboard.press("r")
    dialog = desk.locator("#desk-refuse")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Refuse this comment").click()
    expect(dialog).to_contain_text("the writer of the comment is told")
    dialog.get_by_text("It advertises something.").click()
    dialog.get_by_role("button", name="Refuse this comment").click()
    expect(said(desk)).to_contain_text("Refused: First")
    assert state_of("First") == "refused"
    said(desk).get_by_role("button", name="Undo").click()
    expect(said(desk)).to_contain_text("Undone")
    assert state_of("First") == "held"


def test_no_key_acts_while_somebody_writes_or_has_switched_them_off(desk: BrowserPage) -> None:
    desk.keyboard.press("j")
    desk.locator("[name=q]").first.focus()
    desk.keyboard.type("asj")
    desk.keyboard.press("Escape")
    assert Comment.objects.filter(state="held").count() == 4
    desk.locator("[data-desk-row] h3 a").first.focus()
    desk.keyboard.press("?")
    keys = desk.locator("#desk-keys")
    expect(keys).to_be_visible()
    keys.get_by_label("Use these keys").uncheck()
    keys.get_by_role("button", name="Close").click()
    desk.locator("[data-desk-row] h3 a").first.focus()
    desk.keyboard.press("a")
    desk.wait_for_timeout(300)
    assert Comment.objects.filter(state="held").count() == 4
    desk.reload()
    desk.keyboard.press("j")
    assert focused(desk) is None


def test_somebody_who_was_faster_is_named_and_the_row_stays(desk: BrowserPage, editor: User) -> None:
    Comment.objects.filter(author_name="First").update(state="spam", decided_by=editor)
    desk.locator("[data-desk-row]").first.get_by_role("button", name="Approve").click()
    expect(said(desk)).to_contain_text("editor has put this comment with the spam meanwhile")
    expect(desk.locator("[data-desk-row]")).to_have_count(4)


def test_the_last_row_leads_to_what_comes_next(desk: BrowserPage) -> None:
    for _ in range(4):
        count = desk.locator("[data-desk-row]").count()
        desk.locator("[data-desk-row]").first.get_by_role("button", name="Approve").click()
        expect(desk.locator("[data-desk-row]")).to_have_count(count - 1)
    expect(desk.get_by_text("Nothing waits. Every comment has been decided on.")).to_be_visible()


def test_many_are_chosen_and_decided_and_taken_back(desk: BrowserPage) -> None:
    desk.get_by_label("Select all on this page").check()
    desk.locator("[data-bulk-action-footer]").get_by_role("link", name="Mark the selected comments as spam").click()
    desk.get_by_role("button", name="Spam 4").click()
    expect(desk.get_by_text("4 put with the spam.")).to_be_visible()
    assert set(Comment.objects.values_list("state", flat=True)) == {"spam"}
    desk.get_by_role("link", name="Undo").click()
    desk.get_by_role("button", name="Undo").click()
    expect(desk.get_by_text("Undone: 4 comments are what they were.")).to_be_visible()
    assert set(Comment.objects.values_list("state", flat=True)) == {"held"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_desk_is_accessible(desk: BrowserPage, scheme: Any, width: int) -> None:
    first = Comment.objects.get(author_name="First")
    Comment.objects.filter(pk=first.pk).update(
        crisis=True, personal_data=True, verdict="unsure", text="I cannot go on. Ring me on 0161 496 0123."
    )
    desk.emulate_media(color_scheme=scheme)
    desk.set_viewport_size({"width": width, "height": 900})
    root = desk.url.partition("?")[0]
    for part in ("", f"{first.pk}/", f"from/{first.commenter_id}/", "bans/", f"bans/new/?comment={first.pk}"):
        desk.goto(f"{root}{part}")
        assert desk.evaluate("document.documentElement.scrollWidth") <= width, part
        check_accessible(desk, rules=AA)
