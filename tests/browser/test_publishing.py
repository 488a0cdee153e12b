"""An editor who has never seen the admin writes an article, a reviewer signs it, an editor publishes it."""

import io
import re
from typing import Any

import pytest
from django.contrib.auth.models import Group
from PIL import Image as Picture
from playwright.sync_api import Page as BrowserPage
from playwright.sync_api import expect

from blog.models import ArticleIndexPage, ArticlePage, Credential, Review
from tests.browser.conftest import check_accessible
from tests.browser.test_ways import log_in
from tests.factories import AuthorPageFactory, TopicFactory
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
SOURCES = (
    ("Arthritis Society. Cold and joints, 2024.", "https://joints.example/cold"),
    ("Health Service. Warm hands, 2025.", "https://health.example/hands"),
)


def colleague(name: str, group: str) -> User:
    person = User.objects.create_user(name, f"{name}@meadowsweet.example", "a long passphrase")
    person.groups.add(Group.objects.get(name=group))
    return person


def leave(page: BrowserPage, served: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{served}/admin/login/")


def drawn_picture() -> dict[str, Any]:
    file = io.BytesIO()
    Picture.new("RGB", (1200, 800), "#2f6f5e").save(file, "JPEG")
    return {"name": "gloves.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


def choose_author(page: BrowserPage, name: str) -> None:
    page.get_by_role("button", name=re.compile("Choose a page")).first.click()
    page.get_by_role("dialog").get_by_role("link", name=name).first.click()


def upload_picture(page: BrowserPage) -> None:
    page.get_by_role("button", name="Choose an image").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("tab", name="Upload").click()
    dialog.locator("input[type=file]").set_input_files(files=[drawn_picture()])
    dialog.get_by_label("Title").last.fill("Knitted gloves")
    dialog.get_by_role("button", name="Upload").click()
    expect(dialog).to_have_count(0)
    page.locator("#id_picture_alt").fill("Knitted gloves on a windowsill")


def write_article(page: BrowserPage) -> None:
    page.locator("#id_title").fill("Cold mornings")
    page.locator("#id_deck").fill("What helps when fingers are stiff.")
    upload_picture(page)
    choose_author(page, "Hazel Marsh")
    page.get_by_role("button", name="Insert a block").first.click()
    page.get_by_role("option", name="Text", exact=True).first.click()
    page.locator("[contenteditable=true]").last.click()
    page.keyboard.type("Warm the gloves first [1], then the hands [2].")
    for number, (words, address) in enumerate(SOURCES):
        page.get_by_role("button", name="Add source").click()
        page.locator(f"#id_references-{number}-text").fill(words)
        page.locator(f"#id_references-{number}-url").fill(address)
    page.get_by_role("button", name="Choose topic").click()
    page.get_by_role("dialog").get_by_role("link", name="Joints").first.click()


def choose_action(page: BrowserPage, name: str | re.Pattern[str]) -> None:
    """From the menu beside the button at the foot of the editor."""
    page.get_by_role("button", name="More actions").last.click()
    page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name)).first.click()


def test_an_article_is_written_reviewed_published_and_read(page: BrowserPage, served: str) -> None:
    TopicFactory(name="Joints", slug="joints")
    AuthorPageFactory(title="Hazel Marsh", role="Pain nurse")
    colleague("newcomer", "Editors")
    log_in_of_doctor = colleague("doctor", "Medical reviewers")
    doctor = AuthorPageFactory(title="Dr Ada Moss", role="GP", is_reviewer=True, user=log_in_of_doctor)
    Credential.objects.create(author=doctor, degree="MB BS")

    log_in(page, served, "newcomer")
    page.goto(f"{served}/admin/pages/add/blog/articlepage/{ArticleIndexPage.objects.get().pk}/")
    write_article(page)
    choose_action(page, re.compile("Submit to Medical review"))
    expect(page.get_by_text("submitted").first).to_be_visible()
    article = ArticlePage.objects.get()
    assert not article.live

    leave(page, served)
    log_in(page, served, "doctor")
    page.get_by_role("link", name="Cold mornings").first.click()
    page.get_by_role("link", name="Read and sign").last.click()
    expect(page.get_by_text("Warm the gloves first")).to_be_visible()
    page.get_by_label("The whole article").check()
    page.get_by_role("button", name="Sign the review").click()
    expect(page.get_by_text("You have signed")).to_be_visible()

    leave(page, served)
    log_in(page, served, "newcomer")
    page.goto(f"{served}/admin/pages/{article.pk}/edit/")
    approve = page.get_by_role("button", name=re.compile("^Approve and Publish"))
    if not approve.first.is_visible():
        page.get_by_role("button", name="More actions").last.click()
    approve.first.click()
    expect(page.get_by_role("link", name="Current page status: live")).to_be_visible()

    article.refresh_from_db()
    read_it(page, served, article)


def read_it(page: BrowserPage, served: str, article: ArticlePage) -> None:
    """What the reader gets."""
    day = Review.objects.get().reviewed_on
    page.context.clear_cookies()
    page.goto(served + article.get_url())
    record = page.locator(".record").first
    expect(record).to_contain_text("Hazel Marsh")
    expect(record).to_contain_text("Dr Ada Moss")
    expect(record).to_contain_text(f"{day.day} {day:%B %Y}")
    for words, address in SOURCES:
        sources = page.locator(".sources, #sources").first
        expect(sources).to_contain_text(words)
        # In the list alone: a note that opens under the pointer shows a copy of its source.
        expect(sources.locator(f"a[href='{address}']")).to_have_count(1)
    picture = page.get_by_role("img", name="Knitted gloves on a windowsill").first
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    check_accessible(page)
