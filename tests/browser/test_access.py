"""Every public page and state: no rule of access broken, nothing cut, everything within reach of the keyboard."""

from typing import Any

import pytest
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect

from tests.browser.conftest import check_accessible
from tests.browser.magazine import make_magazine, show_errors

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
CONTRAST = ["color-contrast-enhanced"]
FORMS = ("comment", "contact", "sign-up")


def dress(page: BrowserPage, size: Any, scheme: Any) -> None:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # no colour is caught half-way


def each_state(page: BrowserPage, served: str, magazine: dict[str, str]) -> Any:
    """Open every page and every form with errors, one after the other; gives its name."""
    for name, path in magazine.items():
        page.goto(served + path)
        yield name
    for form in FORMS:
        show_errors(page, served, magazine, form)
        yield f"{form} with errors"


def test_axe_finds_nothing_to_mend_on_any_page_in_any_state(page: BrowserPage, served: str) -> None:
    magazine = make_magazine()
    for size, scheme, other in ((PHONE, "light", "dark"), (DESK, "dark", "light")):
        dress(page, size, scheme)
        for _ in each_state(page, served, magazine):
            check_accessible(page)
            dress(page, size, other)
            check_accessible(page, rules=CONTRAST)
            dress(page, size, scheme)


def test_the_menu_on_a_phone_breaks_no_rule_while_it_is_open(page: BrowserPage, served: str) -> None:
    dress(page, PHONE, "light")
    page.goto(served)
    page.get_by_role("button", name="Menu").click()
    expect(page.get_by_role("link", name="Our people")).to_be_visible()
    check_accessible(page)
