"""Composing an issue in a browser: lengths that follow the typing, and the mail as readers see it."""

import pytest
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect

from newsletter.rendering import preview_issue
from tests.browser.conftest import check_accessible
from tests.browser.test_ways import log_in
from tests.factories import IssuePageFactory
from tests.newsletter.dispatches import launched
from tests.newsletter.issues import make_full_issue, make_picture
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
MAIL_RULES = ["wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa"]
CARD = {"light": "rgb(255, 255, 255)", "dark": "rgb(22, 33, 28)"}


def test_an_editor_sees_while_typing_whether_an_inbox_shows_the_whole_subject(
    page: BrowserPage, served: str, editor: User
) -> None:
    issue = IssuePageFactory(subject="Pain", preview_line="")
    log_in(page, served, "editor")
    page.goto(f"{served}/admin/pages/{issue.pk}/edit/")
    subject = page.locator("#id_subject")
    expect(page.get_by_text("4 characters: fits.")).to_be_visible()
    expect(page.get_by_text("Best are 70 to 90 characters.")).to_be_visible()
    subject.fill("{name|Friend}, " + "x" * 54)
    expect(page.get_by_text("62 characters: the last 2 may not show.")).to_be_visible()
    subject.fill("{name|Friend}, living with pain")
    expect(page.get_by_text("24 characters: fits.")).to_be_visible()


def test_the_mail_fits_a_phone_and_a_wide_window_and_can_be_read_in_light_and_dark(
    page: BrowserPage, served: str
) -> None:
    issue = make_full_issue(picture=make_picture(), picture_alt="A field")
    page.goto(f"{served}/robots.txt")  # pictures of the mail are of the same origin then
    for width in (390, 680):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.set_content(preview_issue(issue).html, wait_until="networkidle")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            shown = page.locator(".card").first.evaluate("card => getComputedStyle(card).backgroundColor")
            assert shown == CARD[scheme]
            check_accessible(page, rules=MAIL_RULES)


def test_a_reader_finds_what_was_sent_and_the_way_back(page: BrowserPage, served: str) -> None:
    issue = make_full_issue(change_note="The class begins on 8 March.")
    launched(issue=issue)
    issue.save_revision().publish()
    for width in (390, 1280):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.goto(served + issue.url)
            check_accessible(page)
            page.get_by_role("link", name="Read it as it was sent").click()
            expect(page.get_by_text("Issue 14 as it was sent on")).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            check_accessible(page, rules=MAIL_RULES)
            page.get_by_role("link", name="Read it as it is now").click()
            page.wait_for_url(served + issue.url)
