"""Two subjects in a browser: written by an editor, and one of them chosen by keyboard while the page renews itself."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect

from newsletter.actions.outcomes import record_outcome
from newsletter.models import IssuePage, Lot, SubjectTest
from newsletter.senders import Outcome, Result
from tests.browser.conftest import check_accessible
from tests.browser.test_ways import log_in
from tests.newsletter.dispatches import launched
from tests.newsletter.two_subjects import FIRST, SECOND, keys_in, two_subjects
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def test_an_editor_writes_a_second_subject_and_is_told_when_it_is_the_first_again(
    page: BrowserPage, served: str, editor: User
) -> None:
    issue = two_subjects(second_subject="")
    log_in(page, served, "editor")
    page.goto(f"{served}/admin/pages/{issue.pk}/edit/")
    section = page.locator("section.w-panel").filter(has_text="Two subjects").last
    section.locator("[data-panel-toggle]").first.click()
    second = page.get_by_label("Second subject")
    second.fill(FIRST)
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("This is the first subject again.")).to_be_visible()
    second.fill("x" * 62)
    expect(page.get_by_text("62 characters: the last 2 may not show.")).to_be_visible()
    second.fill(SECOND)
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("has been updated")).to_be_visible()
    latest = IssuePage.objects.get().get_latest_revision_as_object()
    assert (latest.subject, latest.second_subject) == (FIRST, SECOND)


def test_somebody_chooses_by_keyboard(page: BrowserPage, served: str, editor: User) -> None:
    dispatch = launched(readers=30, issue=two_subjects())
    for pk in keys_in(dispatch, Lot.FIRST, Lot.SECOND):
        record_outcome(dispatch.pk, pk, Outcome(Result.HANDED_OVER, code=250), attempts=1)
    dispatch.chunks.update(state="waits")
    SubjectTest.objects.update(due_at=timezone.now() + timedelta(hours=1))
    log_in(page, served, "editor")
    page.goto(f"{served}/admin/newsletter/dispatches/{dispatch.pk}/")
    expect(page.get_by_role("heading", name="Two subjects")).to_be_visible()
    check_accessible(page, rules=["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    page.get_by_text("Choose now").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Use the second subject")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("All others get the second subject")).to_be_visible()
    expect(page.get_by_text("Chosen by editor.")).to_be_visible()
    assert SubjectTest.objects.get().winner == Lot.SECOND
