"""The progress of a dispatch as an editor watches it: without a reload, also by ear, also when the log-in is lost."""

from typing import Any

import pytest
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect

from newsletter.actions.outcomes import record_outcome
from newsletter.models import Dispatch, Subscriber
from newsletter.senders import Outcome, Result
from tests.browser.test_ways import log_in
from tests.newsletter.dispatches import launched
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def hand_over(dispatch: Dispatch, number: int) -> None:
    """To so many readers who wait."""
    done = dispatch.deliveries.values("subscriber")
    for reader in Subscriber.objects.exclude(pk__in=done).order_by("pk")[:number]:
        record_outcome(dispatch.pk, reader.pk, Outcome(Result.HANDED_OVER, code=250), attempts=1)


def test_the_numbers_move_under_an_open_page_until_it_is_over_and_a_lost_log_in_is_told(
    page: BrowserPage, served: str, editor: User, context: Any
) -> None:
    dispatch = launched(readers=10)
    page.add_init_script("const wait = setTimeout; window.setTimeout = (act, ms) => wait(act, Math.min(ms, 200));")
    log_in(page, served, "editor")
    page.goto(f"{served}/admin/newsletter/dispatches/{dispatch.pk}/")
    voice = page.locator("[data-live-voice]")
    expect(page.get_by_text("0 of 10 handed over")).to_be_visible()
    # A button that is being used stays where it is; the numbers move all the same.
    pause = page.get_by_role("button", name="Pause sending")
    pause.focus()
    hand_over(dispatch, 3)
    expect(page.get_by_text("3 of 10 handed over")).to_be_visible()
    expect(pause).to_be_focused()
    expect(voice).to_contain_text("30 per cent")

    cookies = context.cookies()
    context.clear_cookies()
    expect(page.get_by_role("alert").filter(has_text="You were signed out")).to_be_visible()
    context.add_cookies(cookies)
    page.get_by_role("link", name="Sign in again").click()
    expect(page.get_by_text("3 of 10 handed over")).to_be_visible()

    hand_over(dispatch, 7)
    Dispatch.objects.filter(pk=dispatch.pk).update(state=Dispatch.State.DONE, finished_at=dispatch.launched_at)
    expect(page.get_by_role("heading", name="Sent")).to_be_visible()
    expect(page.get_by_text("10 of 10 handed over", exact=True)).to_be_visible()
    expect(voice).to_contain_text("10 of 10 handed over")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(1000)
    assert asked == []
