"""The practice's page on a phone: by thumb and by keyboard, without scripts, readable for everybody."""

import pytest
from playwright.sync_api import Browser, expect

from newsletter.models import OfferCode
from newsletter.partner_links import partner_url
from tests.browser.conftest import check_accessible
from tests.factories import SubscriberFactory
from tests.newsletter.offering import code_of, make_offer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
PHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize("has_scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_code_is_used_and_taken_back_on_a_phone(browser: Browser, served: str, has_scripts: bool) -> None:
    code = code_of(make_offer(), SubscriberFactory())
    context = browser.new_context(viewport=PHONE, java_script_enabled=has_scripts)
    page = context.new_page()
    page.goto(partner_url(code.offer.partner))
    if has_scripts:
        check_accessible(page)
    page.get_by_label("The reader’s code").fill(str(code).lower())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("This code is good")
    if has_scripts:
        check_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("button", name="Mark as used").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Marked as used")
    assert OfferCode.objects.get().state == OfferCode.State.REDEEMED
    page.goto(partner_url(code.offer.partner))
    page.get_by_label("The reader’s code").fill(str(code))
    page.get_by_role("button", name="Look it up").click()
    expect(page.get_by_role("alert")).to_contain_text("used already")
    if has_scripts:
        check_accessible(page)
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("status")).to_contain_text("good again")
    assert OfferCode.objects.get().state == OfferCode.State.OPEN
    assert context.cookies() == []
    context.close()
