"""In a real browser: whatever readers write, nothing of it runs, leads away by itself or asks another machine."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Dialog, expect
from playwright.sync_api import Page as BrowserPage

from blog.actions import comments
from blog.actions.commenters import ask_for_proof
from blog.actions.moderator_mails import tell_moderators
from blog.commenting.links import Purpose, make_own_token, make_status_token
from blog.models import Ban, Comment, CommentReport
from blog.moderation.mail_links import decision_path
from letters.models import Letter
from tests.factories import ArticlePageFactory, CommentFactory
from tests.fakes.hostile import HOSTILE
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def watched(page: BrowserPage, served: str, no_foreign_requests: list[str]) -> Iterator[BrowserPage]:
    """A browser in which nothing may run that we did not write."""
    ran: list[str] = []

    def note(dialog: Dialog) -> None:
        ran.append(f"dialog {dialog.message} at {page.url}")
        dialog.dismiss()

    page.on("dialog", note)
    page.on("pageerror", lambda error: ran.append(f"{error} at {page.url}"))
    page.on("framenavigated", lambda frame: None if frame.url.startswith((served, "about:")) else ran.append(frame.url))
    page.on("popup", lambda popup: ran.append(f"popup {popup.url}"))
    yield page
    assert ran == []
    assert no_foreign_requests == []


@pytest.fixture
def article(served: str) -> Any:
    """With each of the strings as a comment's name and words, as reply, as report and as what waits."""
    article = ArticlePageFactory()
    for number, words in enumerate(HOSTILE):
        facts: dict[str, Any] = {"article": article, "author_name": words[:80], "text": words}
        origin = {"user_agent": words[:250], "reasons": [{"code": "learnt", "words": words}]}
        email = f"r{number}@example.com"
        first = CommentFactory(email=email, proven_at=timezone.now(), wants_replies=True, **facts, **origin)
        CommentFactory(parent=first, state="published", **facts)
        CommentFactory(parent=first, state="held", verdict="unsure", refusal_reason=words[:250], **facts, **origin)
        CommentReport.objects.create(comment=first, reason="other", words=words)
        Ban.objects.create(kind="pattern", value=words[:250], note=words[:250])
    return article


def visit(page: BrowserPage, address: str) -> None:
    answer = page.goto(address)
    assert answer
    assert answer.ok, address
    # What a picture that is not there or a focus would set off comes a moment later.
    page.evaluate("new Promise((done) => setTimeout(done, 50))")
    assert page.url.partition("#")[0].partition("?")[0] == address.partition("#")[0].partition("?")[0]


def test_nothing_runs_on_the_pages_of_readers(watched: BrowserPage, served: str, article: Any) -> None:
    visit(watched, f"{served}{article.url}")
    shown = watched.locator(".comment__body").all_inner_texts()
    assert sum("alert(1)" in words for words in shown) > len(HOSTILE)
    for comment in Comment.objects.filter(article=article, parent=None).select_related("commenter"):
        visit(watched, f"{served}{reverse('blog:report_comment', args=[comment.pk])}")
        visit(watched, f"{served}{reverse('blog:comment_status', args=[make_status_token(comment)])}")
        visit(watched, f"{served}{reverse('blog:edit_comment', args=[make_status_token(comment)])}")
        mine = make_own_token(Purpose.MINE, comment.commenter)
        visit(watched, f"{served}{reverse('blog:list_my_comments', args=[mine])}")


@pytest.mark.parametrize("words", HOSTILE[:6])
def test_nothing_runs_in_the_form_and_its_preview(watched: BrowserPage, served: str, article: Any, words: str) -> None:
    reply = Comment.objects.filter(article=article, text=words, parent=None).get()
    watched.goto(f"{served}{article.url}?reply={reply.pk}#comment-form")
    watched.fill("#comment-text", words)
    watched.fill("#comment-name", words[:80])
    watched.fill("#comment-email", "nobody")
    watched.locator("[name=preview]").click()
    expect(watched.get_by_text("This is how it will look")).to_be_visible()
    watched.evaluate("new Promise((done) => setTimeout(done, 100))")


def test_nothing_runs_at_the_desk_and_in_letters(watched: BrowserPage, served: str, article: Any, editor: User) -> None:
    watched.goto(f"{served}/admin/login/")
    watched.fill("[name=username]", editor.username)
    watched.fill("[name=password]", "a long passphrase")
    watched.press("[name=password]", "Enter")
    queue = f"{served}/admin/comments/"
    held = list(Comment.objects.filter(state="held").select_related("commenter").order_by("pk"))
    parts = ["", "?tab=unsure", "?tab=reported", "?tab=all", "bans/", *(f"{comment.pk}/" for comment in held)]
    parts += [f"from/{held[0].commenter_id}/", f"{held[0].pk}/answer/", f"bans/new/?comment={held[0].pk}"]
    for part in parts:
        visit(watched, f"{queue}{part}")
    for address in ("/admin/", "/admin/akismet/", "/admin/reports/comments/"):
        visit(watched, f"{served}{address}")
    visit(watched, f"{served}{decision_path(held[0], user=editor.pk, decision='refuse')}")
    watched.goto(queue)
    for _ in range(3):  # the script says what was done, with the name of the writer
        watched.keyboard.press("j")
        watched.keyboard.press("a")
        expect(watched.locator("[data-desk-said]")).to_contain_text("Readers can see it now")
    for comment in held[5:10]:
        ask_for_proof(comment)
        comments.refuse_comment(Comment.objects.get(pk=comment.pk), by=editor, reason=comment.text)
    tell_moderators()
    assert Letter.objects.exclude(html="").count() > 8
    for letter in Letter.objects.exclude(html=""):
        watched.set_content(letter.html)
        watched.evaluate("new Promise((done) => setTimeout(done, 20))")
