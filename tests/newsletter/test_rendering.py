"""An issue as mail, as text and as a web page."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from newsletter.composing import FIRST_NAME, OWN_PAGE, SINCE, UNSUBSCRIBE
from newsletter.models import IssuePage
from newsletter.rendering import preview_issue, render_issue
from newsletter.rich_text import read_rich_text
from tests.factories import ArticlePageFactory, AuthorPageFactory, IssuePageFactory

pytestmark = pytest.mark.django_db

INTRO = (
    "<p>When we asked what you would like this autumn, four in ten of you wrote <b>one</b> word: pain.</p>"
    '<p>See <a href="/articles/">all our articles</a> and <a href="https://other.example/a?b=1&amp;c=2">theirs</a>.</p>'
    "<ol><li>First thing</li><li>Second thing</li></ol>"
)


def make_issue(**fields: Any) -> IssuePage:
    tarn = AuthorPageFactory(title="Wilhelmina Tarn", role="Editor")
    lead = ArticlePageFactory(
        title="What is pain management?", slug="pain-management", deck="The doctors you may meet."
    )
    second = ArticlePageFactory(title="Cold mornings & stiff joints", slug="cold-mornings")
    body = [
        ("intro", {"text": INTRO, "signed_by": tarn}),
        ("divider", None),
        ("article", {"article": lead, "words": ""}),
        ("article", {"article": second, "words": "Own words <for> it"}),
        ("text", {"title": "One small thing", "text": "<p>Two minutes, then stop.</p>"}),
        ("question", {"question": "Bath or ice?", "answer": "<p>Either.</p>", "answered_by": tarn}),
    ]
    return IssuePageFactory(**{"title": "Living with pain", "number": 14, "slug": "issue-14", "body": body, **fields})


@pytest.fixture
def picture(settings: Any, tmp_path: Any) -> Any:
    settings.MEDIA_ROOT = tmp_path
    cache.clear()  # resized copies are remembered there
    with get_test_image_file(size=(1600, 1200)) as file:
        image = get_image_model().objects.create(title="A field", file=file)
    image.file.close()
    return image


def test_every_block_is_in_both_parts() -> None:
    mail = render_issue(make_issue())
    for words in (
        "four in ten of you",
        "First thing",
        "Wilhelmina Tarn",
        "The doctors you may meet.",
        "Two minutes, then",
    ):
        assert words in mail.html
        assert words in mail.text
    for title in ("What is pain management?", "One small thing", "You asked", "Living with pain"):
        assert title in mail.html
        assert title.upper() in mail.text
    assert "Bath or ice?" in mail.html
    assert "“Bath or ice?”" in mail.text
    assert "Cold mornings &amp; stiff joints" in mail.html
    assert "COLD MORNINGS & STIFF JOINTS" in mail.text
    assert "Own words &lt;for&gt; it" in mail.html
    assert "Own words <for> it" in mail.text


def test_what_is_personal_stays_a_placeholder_until_a_reader_is_known() -> None:
    mail = render_issue(make_issue())
    for mark in (FIRST_NAME, SINCE, UNSUBSCRIBE):
        assert mail.html.count(mark) == 1
        assert mail.text.count(mark) == 1
    assert f'href="{UNSUBSCRIBE}"' in mail.html
    for part in (mail.html, mail.text):
        assert part.count(OWN_PAGE) == 2
        assert f"{OWN_PAGE}#counting" in part


def test_links_and_pictures_are_absolute_and_nothing_comes_from_elsewhere(picture: Any) -> None:
    mail = render_issue(make_issue(picture=picture, picture_alt="A field"))
    addresses = re.findall(r'(?:href|src)="([^"]+)"', mail.html)
    assert addresses
    for address in addresses:
        is_own = address in {UNSUBSCRIBE, OWN_PAGE, f"{OWN_PAGE}#counting"}
        assert is_own or address.startswith(("http://testserver/", "https://other.example/")), address
    assert re.search(r'<img [^>]*alt="A field"', mail.html)
    assert re.search(r"http://testserver/media/images/[^\"]+\.jpg", mail.html)
    assert "http://testserver/static/mail/mark.png" in mail.html
    assert "url(" not in mail.html


def test_the_text_part_has_short_lines_and_links_on_lines_of_their_own() -> None:
    lines = render_issue(make_issue()).text.splitlines()
    assert max(len(line) for line in lines if "://" not in line) <= 72
    assert all(line.strip().startswith("http") for line in lines if "://" in line)
    assert "http://testserver/articles/pain-management/" in lines
    assert "http://testserver/articles/" in lines
    assert "http://testserver/newsletter/issue-14/" in lines
    assert "1. First thing" in lines
    assert "2. Second thing" in lines
    assert not any("<" in line for line in lines if "<for>" not in line)


def test_the_mail_is_small_and_has_dark_and_phone_rules() -> None:
    html = render_issue(make_issue()).html
    assert len(html.encode()) < 60_000
    assert "prefers-color-scheme: dark" in html
    assert "max-width:600px" in html
    assert "Clinics, cold mornings" in html  # the preview line
    assert "4 Orchard Yard" in html


def test_a_lost_picture_file_does_not_stop_the_issue(picture: Any) -> None:
    issue = make_issue(picture=picture, picture_alt="A field")
    picture.renditions.all().delete()
    picture.file.storage.delete(picture.file.name)
    assert "A field" not in render_issue(issue).html


def test_nothing_an_editor_writes_is_run() -> None:
    trick = "{{ settings.SECRET_KEY }}{% now %}</mj-text><mj-raw><script>x</script>"
    article = ArticlePageFactory(title=trick)
    mail = render_issue(
        make_issue(title=trick, subject=trick, body=[("article", {"article": article, "words": trick})])
    )
    assert "{{ settings.SECRET_KEY }}" in mail.html
    assert "only-for-tests" not in mail.html
    assert "<script>" not in mail.html


def test_links_that_a_mail_must_not_hold_are_left_out() -> None:
    runs = read_rich_text('<p><a href="javascript:alert(1)">press</a> <a href="mailto:a@example.com">write</a></p>')[
        0
    ].runs
    assert [(run.text, run.url) for run in runs if run.text.strip()] == [
        ("press", ""),
        ("write", "mailto:a@example.com"),
    ]


def test_the_preview_is_what_a_reader_gets() -> None:
    mail = preview_issue(make_issue())
    assert "Dear reader," in mail.html
    assert "%%" not in mail.html + mail.text


@pytest.mark.parametrize(
    ("mode", "words"), [("", "Dear reader"), ("mail", "Leave with one press"), ("text", "LIVING WITH PAIN")]
)
def test_every_preview_mode_shows_the_issue(client: Client, editor: Any, mode: str, words: str) -> None:
    client.force_login(editor)
    issue = make_issue()
    issue.save_revision()
    response = client.get(f"/admin/pages/{issue.pk}/view_draft/", {"mode": mode})
    assert words in response.content.decode()


def test_the_web_page_shows_the_blocks_and_the_neighbours(client: Client) -> None:
    issue = make_issue()
    IssuePageFactory(number=13, title="The long night", slug="issue-13")
    IssuePageFactory(number=15, title="The quiet month", slug="issue-15", live=False)
    page = client.get("/newsletter/issue-14/").content.decode()
    for words in ("Living with pain", "four in ten of you", "The doctors you may meet.", "You asked", "The long night"):
        assert words in page
    assert "The quiet month" not in page
    assert "%%" not in page
    assert "unsubscribe" not in page
    assert issue.live


def test_an_unpublished_article_is_not_on_the_web_page(client: Client) -> None:
    issue = make_issue()
    ArticlePageFactory._meta.model.objects.get(slug="cold-mornings").unpublish()
    assert "Cold mornings" not in client.get(issue.url).content.decode()
