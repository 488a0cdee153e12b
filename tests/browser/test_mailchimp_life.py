"""Readers in a browser here, and on Mailchimp's side there: both sides end in the right state."""

from typing import Any

import pytest
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect

from guard.models import Turn
from newsletter import links
from newsletter.models import MailchimpMember, Subscriber, Suppression
from tests.browser.conftest import check_accessible
from tests.browser.test_ways import log_in
from tests.factories import SubscriberFactory, TopicFactory
from tests.fakes.mailchimp import FakeMailchimp
from tests.newsletter.in_step import age, compare, connect, settle, statuses, yesterday
from tests.newsletter.joining import settle_all
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
State = Subscriber.State
AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]  # Wagtail's own colours reach AA


def joins(page: BrowserPage, served: str, email: str) -> Subscriber:
    """By the form and by the button of the page that the letter leads to."""
    Turn.objects.all().delete()
    page.goto(f"{served}/newsletter/")
    page.get_by_label("Email address").first.fill(email)
    page.get_by_role("button", name="Send me").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Now look in your inbox")
    settle_all()
    person = Subscriber.objects.get(mailbox=email)
    page.goto(links.confirm_url(person))
    page.get_by_role("button", name="Put me on the list").click()
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("Put me")
    person.refresh_from_db()
    assert person.state == State.CONFIRMED
    return person


def test_readers_join_choose_leave_bounce_and_are_erased_on_both_sides(
    page: BrowserPage, served: str, mailchimp: FakeMailchimp, settings: Any
) -> None:
    sleep = TopicFactory(name="Sleep")
    connect(mailchimp, settings, site=served)
    compare()
    here, there, bounces, erased = (f"{name}@example.com" for name in ("here", "there", "bert", "erased"))
    people = {email: joins(page, served, email) for email in (here, there, bounces, erased)}
    settle(mailchimp)
    assert set(statuses(mailchimp).values()) == {"subscribed"}

    page.goto(links.own_url(people[here]))
    page.get_by_label(sleep.name).check()
    page.get_by_role("button", name="Save the topics").click()
    expect(page.get_by_role("status")).to_be_visible()
    settle(mailchimp)
    assert set(mailchimp.members()[here].tags) == {"Sleep"}

    page.goto(links.unsubscribe_url(people[here]))
    page.get_by_role("button", name="Leave the list").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("You have left")
    for person in people.values():
        yesterday(person)
    mailchimp.contacts.unsubscribe(there)
    mailchimp.contacts.bounce(bounces)
    page.goto(links.fresh_own_url(people[erased]))
    page.get_by_role("link", name="Erase everything").click()
    page.get_by_role("button", name="Erase everything").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Everything is erased")
    settle(mailchimp)

    assert statuses(mailchimp) == {here: "unsubscribed", there: "unsubscribed", bounces: "cleaned"}
    assert set(Subscriber.objects.values_list("mailbox", "state")) == {
        (email, State.LEFT) for email in (here, there, bounces)
    }
    assert Suppression.objects.filter(reason=Suppression.Reason.BOUNCED).count() == 1

    age(mailchimp)
    joins(page, served, there)
    settle(mailchimp)
    assert statuses(mailchimp)[there] == "pending"
    mailchimp.contacts.confirm(there)
    settle(mailchimp)
    assert statuses(mailchimp)[there] == "subscribed"
    compare()
    assert not MailchimpMember.objects.filter(to_go="erase").exists()


def test_the_team_sees_differences_and_mends_one(
    page: BrowserPage, served: str, mailchimp: FakeMailchimp, settings: Any, editor: User
) -> None:
    editor.is_superuser = True
    editor.save()
    connect(mailchimp, settings, site=served)
    compare()
    for name in ("spam", "archived"):
        SubscriberFactory(email=f"{name}@example.com")
    settle(mailchimp)
    mailchimp.members()["archived@example.com"].status = "archived"
    mailchimp.add_member("stranger@example.com", merges={"FNAME": "Nia"})
    age(mailchimp)
    compare()
    SubscriberFactory(email="new@example.com")
    log_in(page, served, "editor")
    page.goto(f"{served}/admin/newsletter/in-step/")
    expect(page.get_by_role("link", name="Subscribed there, unknown here")).to_be_visible()
    _check(page)
    page.get_by_role("link", name="On the list here, archived there").click()
    _check(page)
    page.get_by_role("button", name="Have Mailchimp ask them").click()
    expect(page.get_by_text("Mailchimp asks them with the next telling.")).to_be_visible()
    settle(mailchimp)
    assert statuses(mailchimp)["archived@example.com"] == "pending"


def _check(page: BrowserPage) -> None:
    """As wide as a phone and as a desk, light and dark: nothing runs out, and axe finds nothing."""
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            check_accessible(page, rules=AA)
            assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")
