"""Driving a headless Chromium. Skipped with the reason where there is none; NEED_BROWSER=1 makes that a failure."""

import os
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect

from tests.find_browser import find_browser

CHROMIUM = find_browser()
expect.set_options(timeout=20_000)  # ms to wait, not to judge: a busy machine is no fault of the page
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM or os.environ.get("NEED_BROWSER"):
        return
    reason = "no Chromium found: install one, or name it in CHROMIUM_EXECUTABLE"
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": QUIET}


@pytest.fixture
def served(live_server: Any, settings: Any) -> str:
    """The address of the running site; links in mails and the Site record point at it."""
    from wagtail.models import Site

    from tests.factories import make_site

    settings.SITE_URL = settings.WAGTAILADMIN_BASE_URL = live_server.url
    make_site()
    host, port = live_server.url.removeprefix("http://").split(":")
    Site.objects.update(hostname=host, port=int(port))
    Site.clear_site_root_paths_cache()
    return str(live_server.url)


@pytest.fixture
def no_foreign_requests(page: BrowserPage, served: str) -> list[str]:
    """Every address outside the site that the browser asked for; a test asserts that it stays empty."""
    foreign: list[str] = []
    page.on("request", lambda request: foreign.append(request.url) if _is_foreign(request.url, served) else None)
    return foreign


def _is_foreign(url: str, served: str) -> bool:
    return not url.startswith((served, "data:", "about:", "blob:"))


RULES = [
    "wcag2a", "wcag2aa", "wcag2aaa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice",
]  # fmt: skip


def check_accessible(page: BrowserPage, *, rules: list[str] = RULES) -> None:
    """No violation that axe can find of WCAG 2.2 A and AA, of AAA (text 7:1) and of good practice."""
    found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]})
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"
