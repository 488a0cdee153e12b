"""A scanner that runs scripts opens every link of every mail: nothing happens by that."""

from typing import Any

import pytest
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import Page as BrowserPage

from tests.newsletter.robots import changed_tables, collect_links, post_every_letter
from tests.newsletter.tables import dump_tables

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def test_a_scripted_browser_that_opens_every_link_changes_nothing(
    page: BrowserPage, served: str, no_foreign_requests: Any
) -> None:
    post_every_letter()
    links = collect_links()
    own = sorted({link for found in links.values() for link in found if link.startswith(f"{served}/newsletter/")})
    assert len({link.split("/")[4] for link in own}) >= 7
    for path in ("/", "/newsletter/", "/articles/"):  # a new site writes its settings down when it is first seen
        page.goto(served + path)
    before = dump_tables()
    for link in own:
        if "/e-book/" in link:  # a file, not a page
            with pytest.raises(BrowserError, match="Download is starting"):
                page.goto(link)
        else:
            page.goto(link, wait_until="networkidle")
    assert changed_tables(before) == set()
    assert no_foreign_requests == []
