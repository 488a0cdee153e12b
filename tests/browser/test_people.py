"""A list manager brings people, watches them come, and puts a segment together."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect

from newsletter.actions.suppressing import suppress_mailbox
from newsletter.models import Segment, Subscriber, Suppression
from tests.browser.conftest import check_accessible
from tests.browser.test_ways import log_in
from tests.factories import TopicFactory
from tests.fakes.workers import Worker
from users.models import User

pytestmark = [
    pytest.mark.browser,
    pytest.mark.worker,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]
AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]  # Wagtail's own colours reach AA
PEOPLE = 600


def test_a_list_manager_brings_people_and_puts_a_segment_together(
    page: BrowserPage,
    served: str,
    start_worker: Callable[..., Worker],
    manager_of_the_list: User,
    no_foreign_requests: list[str],
) -> None:
    TopicFactory(name="Sleep")
    suppress_mailbox("gone@example.com", reason=Suppression.Reason.LEFT)
    start_worker()
    log_in(page, served, "manager")
    page.goto(f"{served}/admin/newsletter/imports/")
    page.get_by_label("A CSV file").set_input_files(files=[_file()])
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_role("cell", name="Jörg 0")).to_be_visible()
    expect(page.get_by_label("Beitritt")).to_have_value("")
    page.get_by_label("Thema").select_option("Topics")
    _check(page)
    page.get_by_role("button", name="Check every row").click()
    # The page follows by itself.
    expect(page.get_by_role("button", name=f"Import {PEOPLE} people")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("cell", name="gone@example.com")).to_be_visible()
    _check(page)
    assert not Subscriber.objects.exists()
    page.get_by_label("Where and when").fill("The old shop, 2019 to 2024")
    page.get_by_role("button", name=f"Import {PEOPLE} people").click()
    expect(page.get_by_role("button", name="Undo this import")).to_be_visible(timeout=60_000)
    assert Subscriber.objects.confirmed().count() == PEOPLE

    page.goto(f"{served}/admin/newsletter/segments/new/")
    expect(page.locator("[data-count]")).to_have_text(str(PEOPLE))
    page.get_by_label("Name").fill("Sleepers")
    page.get_by_label("Sleep", exact=True).check()
    expect(page.locator("[data-count]")).to_have_text(str(PEOPLE // 2))
    _check(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Sleepers", exact=True)).to_be_visible()
    page.get_by_role("link", name=re.compile("The list of Sleepers")).click()
    page.get_by_role("link", name=re.compile(r"^reader\d+@example.com")).first.click()
    expect(page.get_by_text("The old shop, 2019 to 2024")).to_be_visible()
    for path in ("", "newsletter/growth/", "newsletter/do-not-mail/", "newsletter/segments/"):
        if path:
            page.goto(f"{served}/admin/{path}")
        _check(page)
    assert Segment.objects.get().people().count() == PEOPLE // 2
    assert no_foreign_requests == []


def _check(page: BrowserPage) -> None:
    check_accessible(page, rules=AA)


def _file() -> Any:
    rows = "".join(f"Jörg {n};reader{n}@example.com;{'Sleep' if n % 2 == 0 else ''};x\r\n" for n in range(PEOPLE))
    content = f"Vorname;E-Mail;Thema;Beitritt\r\n{rows}Eve;gone@example.com;;\r\n"
    return {"name": "shop.csv", "mimeType": "text/csv", "buffer": content.encode("cp1252")}
