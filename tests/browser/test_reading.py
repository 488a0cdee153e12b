"""The ways of reading: by keyboard alone, enlarged, without scripts, on paper, in colours of one's own."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import Page as BrowserPage

from blog.models import Comment
from letters.models import Letter
from newsletter.models import SignUpRequest
from tests.browser.conftest import check_accessible
from tests.browser.magazine import make_magazine
from tests.browser.test_access import DESK, PHONE, dress, each_state, show_errors
from tests.factories import TopicFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

# Everything that a keyboard should reach, in the order of the page; of a group of radio buttons, one.
REACHABLE = """() => {
  const seen = new Set(), found = [];
  for (const e of document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")) {
    if (!e.checkVisibility({visibilityProperty: true}) || e.disabled || e.tabIndex < 0) continue;
    if (e.type === "radio") { const key = e.form.action + e.name; if (seen.has(key)) continue; seen.add(key); }
    e.dataset.stop = found.length;
    if (e.type === "radio") e.form.querySelectorAll(`[name="${e.name}"]`).forEach(o => o.dataset.stop = found.length);
    found.push(e.outerHTML.slice(0, 90));
  }
  return found;
}"""
# Which of them has the focus, and whether that is to be seen.
FOCUSED = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const rings = [[e, null], [e, "::after"], [e.nextElementSibling || e, null]];
  const ringed = rings.some(([part, pseudo]) => {
    const style = getComputedStyle(part, pseudo);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  });
  const box = e.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return {stop: Number(e.dataset.stop ?? -1), ringed, inside, html: e.outerHTML.slice(0, 90)};
}"""
# Text that its box cuts off.
CUT = """() => [...document.querySelectorAll("main *, header *, footer *")].filter(e => {
  const style = getComputedStyle(e);
  return ["hidden", "clip"].includes(style.overflowX) && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1
    && e.innerText && e.checkVisibility();
}).map(e => e.outerHTML.slice(0, 120))"""
SPACED = "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }"


def walk(page: BrowserPage, name: str) -> None:
    """Press Tab until the page is left; every stop is met once, in order, with a ring and in sight."""
    stops = page.evaluate(REACHABLE)
    met: list[int] = []
    page.evaluate("document.activeElement.blur(); getSelection().removeAllRanges(); scrollTo(0, 0)")
    for _ in range(len(stops) + 1):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused is None or (met and focused["stop"] == 0):  # round to the beginning
            break
        assert focused["ringed"], f"{name}: no ring around {focused['html']}"
        assert focused["inside"], f"{name}: out of sight {focused['html']}"
        met.append(focused["stop"])
    assert met == list(range(len(stops))), f"{name}: {[stops[n] for n in set(range(len(stops))) - set(met)]}"


def sideways(page: BrowserPage) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))


def test_the_keyboard_alone_reaches_everything_in_order_and_shows_where_it_is(page: BrowserPage, served: str) -> None:
    dress(page, DESK, "light")
    for name in each_state(page, served, make_magazine()):
        if "with errors" not in name:  # there the focus begins at the errors
            walk(page, name)


def test_on_a_phone_the_keyboard_opens_the_menu_and_gets_out_of_it(page: BrowserPage, served: str) -> None:
    dress(page, PHONE, "light")
    page.goto(served)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the main text")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Topics", exact=True)).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Topics", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Topics", exact=True)).to_be_hidden()
    expect(page.get_by_role("button", name="Menu")).to_be_focused()


def test_the_skip_link_leads_past_the_menu(page: BrowserPage, served: str) -> None:
    dress(page, DESK, "light")
    page.goto(f"{served}/search/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#"))  # a slow browser jumps later than a script presses
    page.keyboard.press("Tab")
    expect(page.get_by_role("searchbox")).to_be_focused()


@pytest.mark.parametrize("form", ["contact", "comment"])
def test_an_error_is_a_press_away_from_its_field(page: BrowserPage, served: str, form: str) -> None:
    show_errors(page, served, make_magazine(), form)
    field = page.locator(f"#{form}-text")
    page.get_by_role("alert").locator(f"a[href='#{form}-text']").click()
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    assert (field.get_attribute("aria-describedby") or "").split()[-1] == f"{form}-text_error"


def test_the_focus_is_on_the_errors_of_a_message(page: BrowserPage, served: str) -> None:
    show_errors(page, served, make_magazine(), "contact")
    expect(page.get_by_role("alert")).to_be_focused()


def test_nothing_is_lost_at_twice_the_size_on_the_smallest_phone_in_large_text_or_wide_letters(
    page: BrowserPage, served: str
) -> None:
    dress(page, PHONE, "light")
    for name in each_state(page, served, make_magazine()):
        for width, text in ((1280, ""), (640, ""), (390, ""), (320, ""), (320, "largest")):
            page.set_viewport_size({"width": width, "height": 512})
            page.evaluate("size => document.documentElement.setAttribute('data-text', size)", text)
            assert sideways(page) <= 0, f"{name} at {width} px {text}"
            assert page.evaluate(CUT) == [], f"{name} at {width} px {text}"
        page.evaluate("document.documentElement.setAttribute('data-text', '')")
        page.add_style_tag(content=SPACED)
        assert sideways(page) <= 0, f"{name} with wide letters"
        assert page.evaluate(CUT) == [], f"{name} with wide letters"
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]


def test_on_paper_an_article_is_one_column_with_its_sources_and_without_the_rest(
    page: BrowserPage, served: str
) -> None:
    magazine = make_magazine()
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 between its margins
    page.goto(served + magazine["article"])
    for gone in (".nav", ".signup", ".site-footer", ".comments", ".toc--rail", ".toc--fold", ".skip", ".share"):
        for part in page.locator(gone).all():
            expect(part).to_be_hidden()
    for kept in (".record", ".keypoints", "#sources", ".disclaimer", ".callout"):
        expect(page.locator(kept).first).to_be_visible()
    written_out = page.locator(".prose a[href^='http']").first
    assert "http" in written_out.evaluate("e => getComputedStyle(e, '::after').content")
    assert page.locator(".callout").first.evaluate("e => getComputedStyle(e).breakInside") == "avoid"
    assert page.locator("body").evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 255, 255)"
    assert sideways(page) <= 0
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_on_paper_everything_is_dark_on_white_whatever_the_screen_was(page: BrowserPage, served: str) -> None:
    page.emulate_media(media="print", color_scheme="dark", reduced_motion="reduce")
    magazine = make_magazine()
    for name in ("home", "article", "extreme article", "topic", "author", "search, found", "issue", "contact"):
        page.goto(served + magazine[name])
        check_accessible(page, rules=["color-contrast-enhanced"])


def test_in_forced_colours_what_is_chosen_is_still_to_be_seen(page: BrowserPage, served: str) -> None:
    page.emulate_media(forced_colors="active")
    TopicFactory(slug="pain")
    page.goto(f"{served}/topics/pain/")
    chosen, other = (page.locator(f".seg input{state} + span").first for state in (":checked", ":not(:checked)"))
    colours = [part.evaluate("e => getComputedStyle(e).backgroundColor") for part in (chosen, other)]
    assert colours[0] != colours[1]
    current = page.locator(".nav [aria-current]")
    assert "underline" in current.evaluate("e => getComputedStyle(e).textDecorationLine")


def test_the_colours_and_the_size_that_a_reader_saves_hold_on_every_page(page: BrowserPage, served: str) -> None:
    magazine = make_magazine()
    dress(page, DESK, "light")
    page.goto(f"{served}/contact/")
    page.get_by_role("radio", name="Dark").check()
    page.get_by_role("radio", name="Largest").check()
    page.get_by_role("button", name="Save settings").click()
    expect(page).to_have_url(f"{served}/contact/")
    for name, path in magazine.items():
        page.goto(served + path)
        look = page.evaluate(
            "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).fontSize]"
        )
        assert look == ["rgb(15, 24, 20)", "23.625px"], name
        assert sideways(page) <= 0, name


def test_without_scripts_a_reader_finds_reads_writes_and_joins(browser: Browser, served: str) -> None:
    magazine = make_magazine()
    page = browser.new_context(java_script_enabled=False, viewport=PHONE).new_page()  # type: ignore[arg-type]
    page.goto(served)
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Search").click()
    page.get_by_role("searchbox").fill("mornings")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Cold mornings and stiff joints").click()
    page.locator("summary", has_text="On this page").click()
    page.locator(".toc--fold").get_by_role("link", name="Sources").click()
    expect(page.locator("#sources")).to_be_in_viewport()

    page.get_by_role("textbox", name="Your comment").fill("It helped me to keep my hands warm.")
    page.get_by_label("Name to show").fill("Joan")
    page.locator("#comment-email").fill("joan@example.org")
    page.get_by_role("button", name="Send to the moderator").click()
    expect(page.get_by_text(re.compile("waiting for a moderator", re.IGNORECASE)).first).to_be_visible()
    assert Comment.objects.filter(text__startswith="It helped me").exists()

    page.goto(served + magazine["contact"])
    page.get_by_label("What is it about?").select_option("A mistake in an article")
    page.get_by_label("Your message").fill("The second table has the wrong unit.")
    page.get_by_role("button", name="Send to the editors").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your message is on its way")
    assert Letter.objects.filter(kind="contact").exists()

    page.goto(f"{served}/newsletter/")
    page.get_by_label("Email address").fill("vera@example.org")
    page.get_by_role("button", name="Send me the e-book").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("inbox")
    assert SignUpRequest.objects.filter(email="vera@example.org").exists()


def test_the_front_page_of_an_empty_site_is_whole(page: BrowserPage, served: str, no_foreign_requests: Any) -> None:
    for size in (PHONE, DESK):
        dress(page, size, "light")
        for path in ("/", "/articles/", "/topics/", "/authors/", "/newsletter/", "/search/?q=pain"):
            page.goto(served + path)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            assert sideways(page) <= 0, path
            check_accessible(page)
    page.goto(f"{served}/newsletter/#past-issues")
    expect(page.get_by_text("No issue has gone out yet")).to_be_visible()
    assert no_foreign_requests == []
