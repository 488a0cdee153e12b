"""Mailchimp in the admin: connect it, choose the audience, send an issue as a campaign, read its report."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect

from guard.tasks import note_clock
from newsletter.models import IssuePage, MailchimpConnection, MailchimpMember, NewsletterPage
from newsletter.tasks import sweep_checks, tick_dispatches
from tests.browser.conftest import check_accessible
from tests.browser.test_ways import log_in
from tests.factories import ArticlePageFactory, AuthorPageFactory, IssuePageFactory, SubscriberFactory
from tests.fakes.mailchimp import FakeMailchimp
from tests.fakes.smtp import wait_until
from tests.fakes.workers import Worker

pytestmark = [
    pytest.mark.browser,
    pytest.mark.worker,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
SECRET = "s3cret-" * 4
AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]  # Wagtail's own colours reach AA
HURRY = "const wait = setTimeout; window.setTimeout = (act, ms) => wait(act, Math.min(ms, 200));"  # ask more often


def connect(page: BrowserPage, served: str) -> None:
    page.goto(f"{served}/admin/newsletter/mailchimp/")
    page.get_by_role("button", name="Check the key").click()
    expect(page.get_by_text("The key is of the account Meadowsweet")).to_be_visible()
    page.get_by_label("Meadowsweet readers").check()
    page.get_by_role("button", name="Choose this audience").click()
    page.get_by_role("button", name="Set up and connect").click()
    expect(page.get_by_text("Connected to the audience Meadowsweet readers")).to_be_visible()
    expect(page.get_by_text("Mailchimp tells this site its news")).to_be_visible()


def send(page: BrowserPage, served: str, issue: IssuePage, fake: FakeMailchimp) -> None:
    page.goto(f"{served}/admin/newsletter/issues/{issue.pk}/send/")
    expect(page.get_by_text("Mailchimp was not asked yet")).to_be_visible()
    page.get_by_role("button", name="Check the links").click()
    expect(page.get_by_text("Mailchimp was not asked yet")).to_be_hidden()
    expect(page.get_by_text("Mailchimp is being asked")).to_be_hidden()
    page.reload()
    expect(page.get_by_text("Mailchimp’s checklist is good")).to_be_attached()
    page.get_by_label("Send a test to").fill("ada@meadowsweet.example")
    page.get_by_role("button", name="Send the test").click()
    wait_until(lambda: [to for _, to in fake.tests_sent] == ["ada@meadowsweet.example"], what="the test")
    page.get_by_role("button", name="Go on with 3 readers").click()
    reason = page.get_by_label("Why it shall go out all the same")
    if reason.count():
        reason.fill("The links were opened by hand.")
    page.get_by_role("button", name="Send to 3 readers").click()


@pytest.fixture
def at_mailchimp(
    served: str, mailchimp: FakeMailchimp, settings: Any, start_worker: Callable[..., Worker]
) -> FakeMailchimp:
    """A worker that has the key, and nothing connected yet."""
    settings.MAILCHIMP_WEBHOOK_SECRET = SECRET
    NewsletterPage.objects.update(sender_email="letters@meadowsweet.example")
    start_worker(
        TEST_MAILCHIMP_API_KEY=mailchimp.key,
        TEST_MAILCHIMP_API_URL=mailchimp.url,
        TEST_MAILCHIMP_WEBHOOK_SECRET=SECRET,
    )
    return mailchimp


def test_an_issue_goes_out_by_mailchimp_from_the_key_to_the_report(
    page: BrowserPage, served: str, editor: Any, at_mailchimp: FakeMailchimp
) -> None:
    people = SubscriberFactory.create_batch(3)
    body = [("intro", {"text": "<p>Welcome.</p>", "signed_by": AuthorPageFactory()})]
    issue = IssuePageFactory(body=[*body, ("article", {"article": ArticlePageFactory(), "words": ""})])
    page.add_init_script(HURRY)
    log_in(page, served, "editor")
    connect(page, served)
    check_accessible(page, rules=AA)
    wait_until(
        lambda: MailchimpMember.objects.filter(subscriber__in=people, status="subscribed").count() == 3,
        what="the readers in the audience",
    )

    page.goto(f"{served}/admin/pages/{issue.get_parent().pk}/edit/")
    page.get_by_label("Issues go out by").select_option("Mailchimp")
    page.get_by_role("button", name="More actions").last.click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("has been published")).to_be_visible()

    note_clock()
    send(page, served, issue, at_mailchimp)
    expect(page.get_by_role("heading", name="At Mailchimp")).to_be_visible()
    tick_dispatches.delay()
    expect(page.get_by_role("heading", name="Sent")).to_be_visible(timeout=60_000)
    assert at_mailchimp.copies() == {person.email: 1 for person in people}
    tiles = page.locator(".np-tiles").first
    expect(tiles).to_contain_text("Mailchimp sent it")
    expect(page.get_by_text("Every reader is counted once: together 3.")).to_be_visible()
    check_accessible(page, rules=AA)

    (there,) = at_mailchimp.campaigns.values()
    at_mailchimp.contacts.unsubscribe(people[0].email, campaign=there.id)
    page.goto(f"{served}/admin/newsletter/mailchimp/")
    page.get_by_text("Disconnect…").click()
    page.get_by_role("button", name="Yes, disconnect").click()
    sweep_checks.delay()
    expect(page.get_by_text("Not connected. Sign-ups")).to_be_visible()
    assert not MailchimpConnection.objects.get().is_on
    assert not next(iter(at_mailchimp.audiences.values())).hooks
