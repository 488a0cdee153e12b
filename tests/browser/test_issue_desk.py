"""The admin's pages about issues, full of strings that try to be more than words: nothing runs, all can use them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Dialog
from playwright.sync_api import Page as BrowserPage

from blog.models import Correction
from newsletter.letter_kinds import LETTER_KINDS
from newsletter.models import (
    Approval,
    CheckRun,
    Delivery,
    Dispatch,
    IssueLink,
    IssuePage,
    LetterText,
    NewsletterPage,
    Segment,
)
from tests.browser.conftest import check_accessible
from tests.browser.test_ways import log_in
from tests.factories import ArticlePageFactory, IssuePageFactory, SubscriberFactory
from tests.fakes.hostile import HOSTILE
from tests.newsletter.gate import be_alive
from users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]  # Wagtail's own colours reach AA
STATES = [state for state in Delivery.State if state != Delivery.State.HANDED_OVER]
PHONE = 390


@pytest.fixture
def watched(page: BrowserPage, served: str, no_foreign_requests: list[str]) -> Iterator[BrowserPage]:
    """A browser in which nothing may run that is not the site's own."""
    ran: list[str] = []

    def note(dialog: Dialog) -> None:
        ran.append(f"dialog {dialog.message} at {page.url}")
        dialog.dismiss()

    page.on("dialog", note)
    page.on("pageerror", lambda error: ran.append(f"{error} at {page.url}"))
    page.on("popup", lambda popup: ran.append(f"popup {popup.url}"))
    yield page
    assert ran == []
    assert no_foreign_requests == []


def odd_issue(words: str, number: int) -> IssuePage:
    """Every field that holds words holds these."""
    text = [("text", {"title": words[:100], "text": "<p>One.</p>"}), ("quote", {"text": words, "said_by": words[:80]})]
    article = ("article", {"article": ArticlePageFactory(title=words[:200]), "words": words})
    line = " ".join(words.split())
    return IssuePageFactory(
        number=number,
        title=line[:150],
        slug=f"odd-{number}",
        subject=line[:150],
        preview_line=line[:150],
        summary=line[:200],
        change_note=line[:250],
        sender_name=line[:80],
        body=[*text, article],
    )


def sent(issue: IssuePage, words: str) -> Dispatch:
    """A dispatch with an outcome of each kind; mail servers say these words."""
    now = timezone.now()
    about: dict[str, Any] = {"reason": words[:250], "doubts": [words], "pause_reason": words[:250]}
    about |= {"segment_name": words[:80], "segment_words": words, "subject": words[:150], "html": "<body></body>"}
    readers = SubscriberFactory.create_batch(len(STATES) + 1, name=words[:80])
    dispatch = Dispatch.objects.create(
        issue=issue, state="done", launched_at=now, finished_at=now, candidates=len(readers), **about
    )
    for state, reader in zip([*STATES, Delivery.State.HANDED_OVER], readers, strict=True):
        Delivery.objects.create(dispatch=dispatch, subscriber=reader, state=state, reply=words[:250], doubts=1)
    IssueLink.objects.create(dispatch=dispatch, number=1, url="https://example.org/?<b>", title=words[:255])
    return dispatch


def a_desk_full(editor: User) -> list[str]:
    """Rows with each of the strings; the addresses of the pages that show them."""
    NewsletterPage.objects.update(needs_approval=True)
    be_alive()
    SubscriberFactory(may_count=True)
    paths = ["newsletter/dispatches/", "newsletter/dispatches/compare/", "newsletter/monthly/", "newsletter/segments/"]
    for number, words in enumerate(HOSTILE):
        Segment.objects.create(name=f"{number}{words}"[:80], slug=f"odd-{number}")
    texts = list(LetterText.objects.filter(kind__in=LETTER_KINDS))
    for text, words in zip(texts, HOSTILE, strict=False):
        fields = {"subject": words[:150], "preview_line": words[:150], "heading": words[:120]}
        LetterText.objects.filter(pk=text.pk).update(**fields, before=f"<p>{words}</p>", after=f"<p>{words}</p>")
    waiting = odd_issue(HOSTILE[2], 100)
    for words in HOSTILE:
        Approval.objects.create(
            issue=waiting, state="sent_back", asked_by=editor, decided_by=editor, words=words[:500], answer=words,
            digest="0" * 64, decided_at=timezone.now(),
        )  # fmt: skip
    asked = Approval.objects.create(issue=waiting, words=HOSTILE[0], digest="1" * 64)
    answers = {f"https://example.org/{number}": ["gone", words] for number, words in enumerate(HOSTILE)}
    CheckRun.objects.create(
        issue=waiting, state="done", finished_at=timezone.now(), answers=answers, fault=HOSTILE[1][:250]
    )
    paths += [f"newsletter/issues/{waiting.pk}/send/", f"newsletter/approvals/{asked.pk}/"]
    for number, words in enumerate(HOSTILE[:3]):
        dispatch = sent(odd_issue(words, number + 1), words)
        paths += [f"newsletter/dispatches/{dispatch.pk}/", f"newsletter/dispatches/{dispatch.pk}/readers/?show=all"]
    article = ArticlePageFactory(title=HOSTILE[0][:200])
    for words in HOSTILE:
        Correction.objects.create(article=article, text=words)
    return [*paths, f"newsletter/articles/{article.pk}/corrections/"]


def test_nothing_runs_at_the_desk_of_issues_and_all_can_use_it_on_a_phone_and_in_the_dark(
    watched: BrowserPage, served: str, editor: User
) -> None:
    paths = a_desk_full(editor)
    log_in(watched, served, "editor")
    watched.set_viewport_size({"width": PHONE, "height": 844})
    for path in paths:
        for scheme in ("light", "dark"):
            watched.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            answer = watched.goto(f"{served}/admin/{path}")
            assert answer
            assert answer.ok, path
            assert "alert(1)" in watched.locator("main").text_content(), path
            check_accessible(watched, rules=AA)
            assert watched.evaluate("document.documentElement.scrollWidth") <= PHONE, path
    for kind in list(LETTER_KINDS)[:6]:
        text = LetterText.objects.get(kind=kind)
        watched.goto(f"{served}/admin/snippets/newsletter/lettertext/edit/{text.pk}/")
        watched.set_content(text.serve_preview(None, "").content.decode())  # type: ignore[arg-type]
        watched.wait_for_timeout(20)
