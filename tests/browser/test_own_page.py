"""A subscriber's whole life in a browser without JavaScript: pause, move, leave in every way, come back, be erased."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as BrowserPage

from guard.models import Turn
from letters.models import Letter
from newsletter import links
from newsletter.actions.address_changes import find_waiting_changes, settle_address_change
from newsletter.actions.asking import find_waiting_sign_ups, settle_sign_up
from newsletter.actions.leaving import find_waiting_leave_requests, settle_leave_request
from newsletter.models import Subscriber, Suppression
from tests.factories import SubscriberFactory, TopicFactory
from tests.newsletter.joining import joined
from tests.newsletter.tables import tables_with

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def plain(browser: Browser) -> Any:
    """A page without JavaScript."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def work() -> None:
    """What the worker does, and some hours that go by."""
    for find, settle in (
        (find_waiting_changes, settle_address_change),
        (find_waiting_leave_requests, settle_leave_request),
        (find_waiting_sign_ups, settle_sign_up),
    ):
        for pk in find():
            settle(pk)
    Turn.objects.all().delete()


def link_in(kind: str, part: str) -> str:
    found = re.search(rf"http://\S+/newsletter/{part}/\S+", Letter.objects.filter(kind=kind).latest("pk").text)
    assert found
    return found[0]


def heading(page: BrowserPage, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_contain_text(words)


def state() -> str:
    return Subscriber.objects.get().state


def test_a_subscriber_gets_along_without_javascript(plain: BrowserPage, served: str) -> None:
    person = joined(SubscriberFactory(email="margaret@example.org", name="Margaret"))
    TopicFactory(name="Sleep")
    plain.goto(links.own_url(person))
    expect(plain.get_by_text("margaret@example.org")).to_have_count(0)
    plain.get_by_label("First name").fill("Maggie")
    plain.get_by_role("button", name="Save the name").click()
    expect(plain.get_by_role("status")).to_have_text("Your name is saved.")
    plain.get_by_label("Sleep").check()
    plain.get_by_role("button", name="Save the topics").click()
    expect(plain.get_by_label("Sleep")).to_be_checked()
    plain.get_by_role("button", name="3 months").click()
    plain.get_by_role("button", name="End the pause now").click()
    plain.get_by_role("button", name="You may count what I press").click()
    plain.get_by_role("button", name="Mail me that link").click()
    work()
    plain.goto(link_in("own_link", "mine"))
    expect(plain.get_by_text("margaret@example.org")).to_have_count(1)
    plain.get_by_label("New email address").fill("maggie@example.net")
    plain.get_by_role("button", name="Ask at the new address").click()
    work()
    plain.goto(link_in("new_address", "new-address"))
    plain.get_by_role("button", name="Yes, send it here").click()
    expect(plain.get_by_role("status")).to_contain_text("From now on our letter comes to this address")
    plain.goto(link_in("address_changed", "not-me"))
    plain.get_by_role("button", name="This was not me").click()
    assert Subscriber.objects.get().email == "margaret@example.org"


def test_leaving_in_every_way_coming_back_and_being_erased(plain: BrowserPage, served: str) -> None:
    person = joined(SubscriberFactory(email="margaret@example.org", name="Margaret"))
    leave = links.unsubscribe_url(person)
    assert plain.request.post(leave, form={"List-Unsubscribe": "One-Click"}).status == 200  # by the mail program
    assert state() == Subscriber.State.LEFT
    plain.goto(leave)
    plain.get_by_role("button", name="Put me back on the list").click()
    heading(plain, "You are still on the list")
    plain.goto(leave)
    plain.get_by_role("button", name="Leave the list").click()
    plain.get_by_label("There was too much of it").check()
    plain.get_by_role("button", name="Tell us").click()
    expect(plain.get_by_text("Thank you for telling us why.")).to_be_visible()
    plain.goto(link_in("goodbye", "unsubscribe"))
    plain.get_by_role("button", name="Put me back on the list").click()
    plain.goto(f"{served}/newsletter/leave/")
    plain.get_by_label("Email address").fill("margaret@example.org")
    plain.get_by_role("button", name="Send me the link").click()
    heading(plain, "Now look in your inbox")
    work()
    plain.goto(link_in("leave_link", "unsubscribe"))
    plain.get_by_role("button", name="Leave the list").click()
    assert state() == Subscriber.State.LEFT
    plain.goto(links.fresh_own_url(person))
    with plain.expect_download() as download:
        plain.get_by_role("link", name="Take a copy of everything we keep").click()
    assert download.value.suggested_filename.endswith(".json")
    plain.get_by_role("link", name="Erase everything").click()
    plain.get_by_role("button", name="Erase everything").click()
    heading(plain, "Everything is erased")
    assert tables_with("margaret") == {}
    plain.goto(f"{served}/newsletter/")
    plain.get_by_label("Email address").first.fill("margaret@example.org")
    plain.locator("form").filter(has=plain.get_by_label("Email address")).first.get_by_role("button").click()
    work()
    plain.goto(link_in("confirm", "confirm"))
    plain.get_by_role("button", name="Put me on the list").click()
    assert state() == Subscriber.State.CONFIRMED
    assert not Suppression.objects.exists()
    assert plain.context.cookies() == []
