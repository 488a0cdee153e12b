"""A subscriber's whole life: a browser on a phone, a real worker, real mail, and an issue on its way."""

import re
from collections.abc import Callable
from email.message import EmailMessage
from http import HTTPStatus
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as BrowserPage

from guard.models import Turn
from newsletter.actions.dispatching import order_dispatch
from newsletter.models import Consent, OfferCode, Subscriber, Suppression
from newsletter.partner_links import partner_url
from newsletter.tasks import tick_dispatches
from tests.browser.conftest import check_accessible
from tests.factories import ArticlePageFactory, IssuePageFactory
from tests.fakes.reader import links_of
from tests.fakes.smtp import Sink
from tests.fakes.workers import Worker
from tests.newsletter.joining import BOOK, make_ebook
from tests.newsletter.offering import make_offer
from tests.newsletter.tables import tables_with

pytestmark = [
    pytest.mark.browser,
    pytest.mark.worker,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
OLD, NEW = "margaret@example.org", "maggie@example.net"
State = Subscriber.State


class Reader:
    """Somebody with a phone and a mailbox. `is_on` is what the list says of them."""

    def __init__(self, page: BrowserPage, sink: Sink, served: str) -> None:
        self.page, self.sink, self.served = page, sink, served
        self.read = 0
        self.address = OLD

    @property
    def is_on(self) -> bool:
        return Subscriber.objects.get(mailbox=self.address).state == State.CONFIRMED

    def get_mail(self, subject: str, *, to: str = "") -> EmailMessage:
        """The next mail; it must be to this reader, about that, and from the real worker."""
        self.sink.wait_for(self.read + 1)
        mail = self.sink.messages[self.read]
        self.read += 1
        assert re.search(subject, str(mail["Subject"])), mail["Subject"]
        assert (to or self.address) in str(mail["To"])
        return mail

    def open(self, mail: EmailMessage, part: str) -> None:
        """Press the link of the mail that leads there; no page may be wider than the phone."""
        (link,) = set(links_of(mail, part))
        self.see(link)

    def see(self, address: str) -> None:
        self.page.goto(address)
        check_accessible(self.page)
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.page.evaluate("innerWidth")

    def press(self, button: str, heading: str = "") -> None:
        self.page.get_by_role("button", name=button).first.click()
        if heading:
            expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)

    def fetch_book(self, link: str) -> bytes:
        with self.page.expect_download() as download:
            self.page.locator(link).first.click()
        return download.value.path().read_bytes()


def a_day_goes_by() -> None:
    """No more than three letters a day go out because somebody types an address: this life is quicker than that."""
    Turn.objects.all().delete()


def sign_up_on_an_article(reader: Reader) -> None:
    article = ArticlePageFactory(title="Cold mornings")
    reader.see(reader.served + article.url)
    box = reader.page.locator("form", has=reader.page.locator("#article-email"))
    box.get_by_label("First name").fill("Margaret")
    box.get_by_label("Email address").fill(reader.address)
    box.get_by_role("button", name="Send me the e-book").click()
    expect(reader.page.get_by_role("heading", level=1)).to_contain_text("Now look in your inbox")
    reader.open(reader.get_mail("confirm your address"), "/confirm/")
    assert not reader.is_on
    reader.press("Put me on the list", "Your book is ready")
    assert reader.is_on
    assert Subscriber.objects.get().consents.filter(act=Consent.Act.ASKED).get().source_url == article.url


def take_the_book_and_use_the_code(reader: Reader) -> EmailMessage:
    welcome = reader.get_mail("Your e-book")
    assert reader.fetch_book("a[href*='/e-book/']") == BOOK
    code = OfferCode.objects.get(subscriber__mailbox=reader.address)
    body: Any = welcome.get_body(("plain",))
    assert str(code) in body.get_content()
    reader.open(welcome, "/mine/")
    expect(reader.page.get_by_text(str(code), exact=True).first).to_be_visible()
    reader.see(partner_url(code.offer.partner))  # the practice's phone
    reader.page.get_by_label("The reader’s code").fill(str(code).lower())
    reader.press("Look it up", "This code is good")
    reader.press("Mark as used", "Marked as used")
    assert OfferCode.objects.get(pk=code.pk).state == OfferCode.State.REDEEMED
    return welcome


def move_and_pause(reader: Reader, welcome: EmailMessage) -> None:
    reader.open(welcome, "/mine/")
    reader.press("Mail me that link")
    reader.open(reader.get_mail("The link to your own page"), "/mine/all/")
    reader.page.get_by_label("New email address").fill(NEW)
    reader.press("Ask at the new address")
    reader.open(reader.get_mail(".", to=NEW), "/new-address/")
    assert Subscriber.objects.get().email == OLD
    reader.press("Yes, send it here", "Your letter")
    assert links_of(reader.get_mail(".", to=OLD), "/not-me/")
    reader.address = NEW
    reader.press("3 months")
    expect(reader.page.get_by_role("status")).to_have_text("Your pause has begun.")
    reader.press("End the pause now")
    assert Subscriber.objects.get().paused_until is None


def leave_by_the_button_of_the_mail_program(reader: Reader) -> None:
    order_dispatch(IssuePageFactory(subject="Living with pain"))
    tick_dispatches.delay()  # beat does that each minute
    issue = reader.get_mail("Living with pain")
    assert issue["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    one_click = issue["List-Unsubscribe"].strip("<>")
    answer = reader.page.request.post(one_click, form={"List-Unsubscribe": "One-Click"})
    assert answer.status == HTTPStatus.OK
    assert not reader.is_on
    assert Suppression.objects.filter(reason=Suppression.Reason.LEFT).count() == 2  # and the address from before


def come_back(reader: Reader) -> EmailMessage:
    """By signing up as on the first day; returns the welcome letter."""
    reader.see(f"{reader.served}/newsletter/")
    reader.page.get_by_label("Email address").first.fill(reader.address)
    reader.press("Send me the e-book", "Now look in your inbox")
    reader.open(reader.get_mail("confirm your address"), "/confirm/")
    reader.press("Put me on the list", "Your book is ready")
    assert reader.is_on
    return reader.get_mail("Your e-book")


def leave_by_the_link_and_take_it_back(reader: Reader, welcome: EmailMessage) -> None:
    reader.open(welcome, "/unsubscribe/")
    assert reader.is_on
    reader.press("Leave the list", "You have left")
    assert not reader.is_on
    reader.open(reader.get_mail("You have left the list"), "/unsubscribe/")
    reader.press("Put me back on the list", "You are still on the list")
    assert reader.is_on


def leave_from_the_site_and_be_erased(reader: Reader, welcome: EmailMessage) -> None:
    reader.see(f"{reader.served}/newsletter/leave/")
    reader.page.get_by_label("Email address").fill(reader.address)
    reader.press("Send me the link", "Now look in your inbox")
    reader.open(reader.get_mail("Your link to leave"), "/unsubscribe/")
    reader.press("Leave the list", "You have left")
    assert not reader.is_on
    reader.open(welcome, "/mine/")
    reader.press("Mail me that link")
    reader.open(reader.get_mail("The link to your own page"), "/mine/all/")
    reader.page.get_by_role("link", name="Erase everything").click()
    reader.press("Erase everything", "Everything is erased")
    for trace in ("margaret", "maggie"):
        assert tables_with(trace) == {}


def test_a_whole_life(browser: Browser, served: str, start_worker: Callable[..., Worker], sink: Sink) -> None:
    make_ebook(title="A calmer day", slug="calmer")
    make_offer(is_for_new=True)
    start_worker()
    context = browser.new_context(viewport={"width": 390, "height": 844})
    reader = Reader(context.new_page(), sink, served)
    sign_up_on_an_article(reader)
    welcome = take_the_book_and_use_the_code(reader)
    move_and_pause(reader, welcome)
    leave_by_the_button_of_the_mail_program(reader)
    welcome = come_back(reader)
    a_day_goes_by()
    leave_by_the_link_and_take_it_back(reader, welcome)
    leave_from_the_site_and_be_erased(reader, welcome)
    a_day_goes_by()
    come_back(reader)
    assert len(sink.raw) == reader.read  # not one mail more
    assert context.cookies() == []
    assert not Suppression.objects.filter(fingerprint=Subscriber.objects.get().fingerprint).exists()
    context.close()
