"""`python -m tests.bench.weight http://127.0.0.1:8000`: what a first view of each page of a running site transfers.

On a phone's screen, with an empty cache, without scrolling; counted by the browser, as it came over the wire.
"""

import sys
from typing import Any
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, sync_playwright

from tests.find_browser import find_browser

MOST_BYTES, MOST_REQUESTS = 150_000, 15
PATHS = ("/", "/articles/", "/topics/", "/authors/", "/newsletter/", "/search/?q=pain", "/contact/", "/nowhere/")
LINKS = ("/articles/", "/topics/", "/authors/", "/newsletter/")  # lists: their first entry is looked at too


def main() -> None:
    """Print the table."""
    site = sys.argv[1].rstrip("/")
    print(f"{'page':<58}{'requests':>9}{'KB':>8}{'elsewhere':>11}   limits {MOST_REQUESTS}, {MOST_BYTES // 1000} KB, 0")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"])
        for path in [*PATHS, *_first_entries(browser, site)]:
            print(_line(browser, site, path))
        browser.close()


def _first_entries(browser: Browser, site: str) -> list[str]:
    page = browser.new_page()
    found = []
    for path in LINKS:
        page.goto(site + path)
        hrefs = page.eval_on_selector_all("main a[href]", "links => links.map(link => link.getAttribute('href'))")
        found += [h for h in hrefs if h.startswith(path) and h.strip("/").count("/") == 1 and "#" not in h][:1]
    page.close()
    return found


def _line(browser: Browser, site: str, path: str) -> str:
    context = browser.new_context(viewport={"width": 390, "height": 844}, device_scale_factor=2, is_mobile=True)
    page = context.new_page()
    asked: list[str] = []
    received: list[float] = []
    session: Any = context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.requestWillBeSent", lambda event: asked.append(event["request"]["url"]))
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(urljoin(site, path), wait_until="networkidle")
    context.close()
    asked = [url for url in asked if not url.startswith("data:")]
    elsewhere = sum(urlsplit(url).netloc != urlsplit(site).netloc for url in asked)
    fits = sum(received) < MOST_BYTES and len(asked) < MOST_REQUESTS and not elsewhere
    return f"{path:<58}{len(asked):>9}{sum(received) / 1000:>8.1f}{elsewhere:>11}   {'ok' if fits else 'OVER'}"


if __name__ == "__main__":
    main()
