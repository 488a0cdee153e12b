"""An editor sends an issue from the admin while a worker is killed half-way."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect

from newsletter.models import Delivery, Dispatch
from tests.browser.test_ways import log_in
from tests.factories import IssuePageFactory, SubscriberFactory
from tests.fakes.reader import links_of
from tests.fakes.smtp import Sink, wait_until
from tests.fakes.workers import Worker
from tests.newsletter.gate import be_alive
from users.models import User

pytestmark = [
    pytest.mark.browser,
    pytest.mark.worker,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
READERS = 120
CONNECTIONS = 2


def _state(dispatch: Dispatch) -> str:
    return Dispatch.objects.values_list("state", flat=True).get(pk=dispatch.pk)


def test_an_editor_sends_an_issue_and_every_reader_gets_it_although_the_worker_is_killed(
    page: BrowserPage, served: str, start_worker: Callable[..., Worker], sink: Sink, editor: User
) -> None:
    issue = IssuePageFactory(title="Living with pain", subject="Living with pain")
    SubscriberFactory.create_batch(READERS)
    be_alive()
    sink.delay = 0.03
    quick = {"NEWSLETTER_LEASE_SECONDS": 3, "NEWSLETTER_CONNECTIONS": CONNECTIONS, "TEST_SITE_URL": served}
    worker = start_worker(**quick)

    log_in(page, served, "editor")
    page.goto(f"{served}/admin/pages/{issue.pk}/edit/")
    page.get_by_role("link", name="Send…").first.click()
    page.get_by_role("button", name="Go on with").click()
    page.get_by_role("button", name=f"Send to {READERS} readers").click()
    expect(page.get_by_role("heading", name=re.compile("Sending|Scheduled"))).to_be_visible()
    dispatch = Dispatch.objects.get()
    sink.wait_for(READERS // 3)
    worker.kill()
    start_worker(**quick)
    wait_until(lambda: _state(dispatch) == Dispatch.State.DONE, seconds=90, what="the dispatch")

    assert len(sink.recipients) == READERS
    assert sum(sink.recipients.values()) <= READERS + CONNECTIONS
    assert Delivery.objects.filter(state=Delivery.State.HANDED_OVER).count() == READERS
    page.get_by_role("link", name="Refresh").click()
    expect(page.get_by_role("heading", name="Sent")).to_be_visible()
    expect(page.get_by_text(f"{READERS} of {READERS} handed over")).to_be_visible()

    (leave,) = set(links_of(sink.messages[0], "/unsubscribe/"))
    page.goto(leave)
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("left")


def test_an_editor_pauses_goes_on_and_cancels(
    page: BrowserPage, served: str, start_worker: Callable[..., Worker], sink: Sink, editor: User
) -> None:
    issue = IssuePageFactory()
    SubscriberFactory.create_batch(READERS)
    be_alive()
    sink.delay = 0.05
    start_worker(NEWSLETTER_CONNECTIONS=1, NEWSLETTER_LEASE_SECONDS=3)
    log_in(page, served, "editor")
    page.goto(f"{served}/admin/newsletter/issues/{issue.pk}/send/")
    page.get_by_role("button", name="Go on with").click()
    page.get_by_role("button", name="Send to").click()
    sink.wait_for(5)
    page.get_by_role("link", name="Refresh").click()
    page.get_by_role("button", name="Pause sending").click()
    expect(page.get_by_role("heading", name="Paused")).to_be_visible()
    page.wait_for_timeout(1000)  # one message may still be past its gate
    count = len(sink.raw)
    page.wait_for_timeout(1000)
    assert len(sink.raw) == count < READERS
    page.get_by_role("button", name="Resume sending").click()
    sink.wait_for(count + 5)
    page.goto(page.url)
    page.get_by_role("button", name="Pause sending").click()
    page.get_by_role("button", name="Cancel the rest").click()
    expect(page.get_by_role("heading", name="Cancelled")).to_be_visible()
    dispatch = Dispatch.objects.get()
    assert dispatch.state == Dispatch.State.CANCELLED
    assert not Delivery.objects.filter(state__in=[Delivery.State.UNKNOWN, Delivery.State.HELD]).exists()
