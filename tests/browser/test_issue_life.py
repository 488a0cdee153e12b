"""An issue's whole life: drafted by itself, mended, approved by a second person, scheduled, sent, watched, reported."""

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as BrowserPage

from guard.tasks import note_clock
from newsletter.models import Delivery, Dispatch, IssuePage, NewsletterPage
from newsletter.tasks import tick_dispatches
from tests.browser.test_publishing import choose_action, colleague
from tests.browser.test_ways import PASSPHRASE, log_in
from tests.factories import ArticlePageFactory, AuthorPageFactory, SubscriberFactory
from tests.fakes.reader import links_of
from tests.fakes.smtp import Sink, wait_until
from tests.fakes.workers import Worker

pytestmark = [
    pytest.mark.browser,
    pytest.mark.worker,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
READERS = 60
EDITOR, SECOND = "hazel", "ada"
BUTTON_ADDRESS = "input[name$='-value-address']"
HURRY = "const wait = setTimeout; window.setTimeout = (act, ms) => wait(act, Math.min(ms, 200));"  # ask more often


def open_admin(browser: Browser, served: str, name: str) -> BrowserPage:
    """A colleague at a machine of their own."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    log_in(page, served, name)
    return page


def mails_to_readers(sink: Sink) -> list[EmailMessage]:
    """What is no letter to a colleague."""
    return [mail for mail in sink.messages if "@example.com" in str(mail["To"])]


def letter_to(sink: Sink, name: str, number: int) -> EmailMessage:
    """The colleague's letter of that number, counted from 1, as soon as it is there."""
    letters: list[EmailMessage] = []

    def has_come() -> bool:
        letters[:] = sink.to(f"{name}@meadowsweet.example")
        return len(letters) >= number

    wait_until(has_come, what=f"letter {number} to {name}")
    return letters[number - 1]


def compose_from_the_monthly_draft(page: BrowserPage, wrong: str) -> None:
    """The machine gathers; the editor writes an introduction and adds a button, with a slip in its address."""
    page.get_by_role("link", name="Monthly draft").click()
    expect(page.get_by_text("Cold mornings")).to_be_visible()
    page.get_by_role("button", name="Make the draft of").click()
    expect(page.get_by_text("It still wants an introduction")).to_be_visible()
    page.locator("[contenteditable=true]").first.click()
    page.keyboard.type("The mornings are cold again, and two of us have written about it.")
    page.get_by_role("button", name="Insert a block").last.click()
    page.get_by_role("option", name="Button", exact=True).first.click()
    page.locator(BUTTON_ADDRESS).fill(wrong)
    page.get_by_label("Words").last.fill("Read all articles")
    publish(page)


def publish(page: BrowserPage) -> None:
    choose_action(page, re.compile(r"^\s*Publish\s*$"))
    expect(page.get_by_role("link", name="Current page status: live")).to_be_visible()


def see_what_stops_it_and_mend_it(page: BrowserPage, wrong: str, right: str) -> None:
    page.get_by_role("link", name="Send…").first.click()
    checks = page.get_by_role("region", name="stops it")
    expect(checks).to_contain_text("A link to our own site leads nowhere")
    expect(checks).to_contain_text(wrong)
    expect(page.get_by_text("A second person has to approve it first.")).to_be_visible()
    expect(page.get_by_role("button", name="Go on with")).to_be_disabled()
    page.get_by_role("link", name="Back to the issue").click()
    page.locator(BUTTON_ADDRESS).fill(right)
    publish(page)
    page.get_by_role("link", name="Send…").first.click()
    expect(page.get_by_role("heading", name="The checks are fine")).to_be_visible()
    expect(page.get_by_role("button", name="Go on with")).to_be_disabled()


def have_it_approved(page: BrowserPage, browser: Browser, served: str, sink: Sink) -> None:
    """By somebody else, who comes by the link of a letter and signs in on the way."""
    page.get_by_label("What they should look at").fill("Is the greeting too long?")
    page.get_by_role("button", name="Ask for approval").click()
    expect(page.get_by_text("nobody has answered yet")).to_be_visible()

    (link,) = set(links_of(letter_to(sink, SECOND, 1), "/admin/"))
    second = browser.new_context().new_page()
    second.goto(link)
    second.get_by_label("Username").fill(SECOND)
    second.get_by_label("Password").fill(PASSPHRASE)
    second.get_by_role("button", name="Sign in").click()
    expect(second.get_by_text("Is the greeting too long?")).to_be_visible()
    mail = second.frame_locator("iframe[title='The mail as a reader gets it']")
    expect(mail.get_by_text("The mornings are cold again")).to_be_visible()
    second.get_by_label("What should change").fill("No, it is good.")
    second.get_by_role("button", name="Approve exactly this text").click()
    expect(second.get_by_text("This request is approved.")).to_be_visible()
    second.context.close()

    assert "No, it is good." in str(letter_to(sink, EDITOR, 1).get_body(("plain",)))
    page.reload()
    expect(page.get_by_text("Exactly this text is approved.")).to_be_visible()


def schedule_it(page: BrowserPage) -> Dispatch:
    tomorrow = timezone.localtime() + timedelta(days=1)
    page.get_by_label("Later, at the time below").check()
    page.get_by_label("Date and time").fill(tomorrow.strftime("%Y-%m-%dT09:30"))
    page.get_by_role("button", name=f"Go on with {READERS} readers").click()
    expect(page.get_by_role("heading", name="Shall it go out on")).to_contain_text("9:30")
    page.add_init_script(HURRY)
    page.get_by_role("button", name=f"Schedule it for {READERS} readers").click()
    expect(page.get_by_role("heading", name="Scheduled")).to_be_visible()
    dispatch = Dispatch.objects.get()
    assert dispatch.state == Dispatch.State.SCHEDULED
    return dispatch


def the_moment_comes(dispatch: Dispatch) -> None:
    Dispatch.objects.filter(pk=dispatch.pk).update(due_at=timezone.now())
    tick_dispatches.delay()  # beat does that each minute


def watch_pause_and_resume(page: BrowserPage, sink: Sink) -> None:
    """The page is never loaded again by hand."""
    page.evaluate("window.isTheSamePage = true")
    expect(page.get_by_role("heading", name="Sending")).to_be_visible()
    expect(page.get_by_text(re.compile(rf"[1-9]\d* of {READERS} handed over"))).to_be_visible()
    assert page.evaluate("window.isTheSamePage")
    page.get_by_role("button", name="Pause sending").click()
    expect(page.get_by_role("heading", name="Paused")).to_be_visible()
    expect(page.get_by_text(f"By {EDITOR}.")).to_be_visible()
    page.wait_for_timeout(1000)  # one message may still be past its gate
    count = len(mails_to_readers(sink))
    page.wait_for_timeout(1000)
    assert len(mails_to_readers(sink)) == count < READERS
    sink.delay = 0.01
    page.get_by_role("button", name="Resume sending").click()
    page.evaluate("window.isTheSamePage = true")
    expect(page.get_by_role("heading", name="Sent", exact=True)).to_be_visible(timeout=60_000)
    assert page.evaluate("window.isTheSamePage")


def read_the_report(page: BrowserPage) -> None:
    expect(page.get_by_text(f"{READERS} of {READERS} handed over", exact=True)).to_be_visible()
    handed_over = page.get_by_role("region", name="Numbers so far").locator("div", has_text="Handed over")
    expect(handed_over.first).to_contain_text(str(READERS))
    expect(page.get_by_role("heading", name="Day by day")).to_be_visible()
    with page.expect_popup() as popup:
        page.get_by_role("link", name="Web version").first.click()
    expect(popup.value.get_by_text("The mornings are cold again").first).to_be_visible()
    page.get_by_role("link", name="See every reader").click()
    expect(page.get_by_text("handed over").first).to_be_visible()


def test_an_editor_brings_an_issue_from_the_draft_to_its_report(
    browser: Browser, served: str, start_worker: Callable[..., Worker], sink: Sink
) -> None:
    signer = AuthorPageFactory(title="Hazel Marsh", role="Pain nurse")
    for title in ("Cold mornings", "Warm hands"):
        ArticlePageFactory(title=title, by=signer)
    SubscriberFactory.create_batch(READERS)
    NewsletterPage.objects.update(needs_approval=True, sender_email="letters@meadowsweet.org")
    colleague(EDITOR, "Editors")
    colleague(SECOND, "Approvers")
    sink.delay = 0.2
    start_worker(NEWSLETTER_CONNECTIONS=1, NEWSLETTER_LEASE_SECONDS=3)
    note_clock.delay()  # beat does that as well
    wrong, right = f"{served}/artikles/", f"{served}/articles/"

    page = open_admin(browser, served, EDITOR)
    compose_from_the_monthly_draft(page, wrong)
    see_what_stops_it_and_mend_it(page, wrong, right)
    have_it_approved(page, browser, served, sink)
    dispatch = schedule_it(page)
    the_moment_comes(dispatch)
    watch_pause_and_resume(page, sink)
    read_the_report(page)
    page.context.close()

    mails = mails_to_readers(sink)
    assert len(mails) == len({str(mail["To"]) for mail in mails}) == READERS
    bodies: list[Any] = [mail.get_body(("plain",)) for mail in mails]
    assert all(right in body.get_content() and wrong not in body.get_content() for body in bodies)
    assert Delivery.objects.filter(dispatch=dispatch, state=Delivery.State.HANDED_OVER).count() == READERS
    assert IssuePage.objects.get().dispatches.count() == 1
