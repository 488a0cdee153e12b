"""Whatever somebody writes, in whatever field: wherever it is shown it is words, and the page is the same page."""

import csv
import io
import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from blog.actions import comments
from blog.actions.commenters import ask_for_my_comments, ask_for_proof
from blog.actions.crisis_alerts import alert_about
from blog.actions.moderator_mails import tell_moderators, warn_of_backlog
from blog.actions.reports import report_comment
from blog.commenting.links import Purpose, make_own_token, make_status_token
from blog.models import AkismetCheck, AkismetStatus, Ban, Comment, CommentReport, RefusalReason
from blog.moderation.mail_links import decision_path
from guard.forms import make_token
from guard.models import Turn
from letters.actions import hand_over_letter
from letters.models import Letter
from tests.factories import ArticlePageFactory, CommentFactory
from tests.fakes.hostile import HOSTILE, skeleton
from tests.fakes.smtp import Sink
from users.models import User

pytestmark = pytest.mark.django_db
QUEUE, PLAIN = "/admin/comments/", "Harmless words"
HEADERS = {
    *("Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted"),
    *("List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID"),
}
FINDING = {"search", "search for nothing", "search at the desk"}  # other words find other things
# Django takes such an address, mail servers would; no letter goes there, but the desk shows it.
ODD_ADDRESS = '"<svg/onload=alert(1)>"@example.com'


class World:
    """Rows with the words in every field that a stranger or a colleague fills, and who looks at them."""

    def __init__(self, words: str, editor: User) -> None:
        self.words, self.editor = words, editor
        self.public, self.desk = Client(), Client()
        self.desk.force_login(editor)
        self.article = ArticlePageFactory(title="Plain title")
        facts = self.facts = {"article": self.article, "author_name": words[:80], "text": words}
        origin: dict[str, Any] = {"user_agent": words[:250], "reasons": [{"code": "learnt", "words": words}]}
        self.first = CommentFactory(email="joan@example.com", proven_at=timezone.now(), **facts, **origin)
        self.reply = CommentFactory(parent=self.first, email="ruth@example.com", **facts)
        self.deep = CommentFactory(parent=self.first, answers=self.reply, **facts)
        self.held = CommentFactory(parent=self.first, state="held", crisis=True, personal_data=True, **facts, **origin)
        self.unsure = CommentFactory(state="held", verdict="unsure", **facts, **origin)
        self.refused = CommentFactory(state="refused", refusal_reason=words[:250], **facts)
        self.spam = CommentFactory(state="spam", **facts)
        self.odd = CommentFactory(state="held", email=ODD_ADDRESS if words != PLAIN else "ann@example.com", **facts)
        Comment.objects.filter(pk=self.odd.pk).update(commenter=None)
        until = timezone.now() + timedelta(days=1)
        Comment.objects.filter(pk=self.reply.pk).update(original_text=words, original_until=until)
        CommentReport.objects.create(comment=self.first, reason="other", words=words)
        AkismetCheck.objects.create(
            comment=self.held, state="given_up", fault=words[:250], values={"comment_content": words}
        )
        AkismetStatus.objects.update_or_create(
            pk=1, defaults={"alert": words[:250], "last_fault": words[:250], "alert_code": "10001"}
        )
        usual = RefusalReason.objects.create(title=words[:60], words=words[:250])
        self.ban = Ban.objects.create(kind="pattern", value=words[:250], note=words[:250])
        decided = CommentFactory(state="held", **facts)
        comments.refuse_comment(decided, by=editor, reason=words, usual=usual)

    def post_comment(self, **more: str) -> Any:
        """From the form below the article."""
        typed = {"text": self.words, "name": self.words[:80], "email": "mary@example.com", "website": ""}
        address = reverse("blog:post_comment", args=[self.article.pk])
        headers = {"User-Agent": self.words.replace("\r\n", " ").encode("ascii", "ignore").decode()}
        return self.public.post(address, {**typed, "form_token": make_token("comment"), **more}, headers=headers)

    def for_readers(self) -> dict[str, Any]:
        """Pages, feeds and answers of forms."""
        article, words, get = self.article.url, self.words, self.public.get
        report = reverse("blog:report_comment", args=[self.first.pk])
        found = {
            "article": get(article),
            "answer": get(f"{article}?reply={self.first.pk}"),
            "thread": get(f"{article}?thread={self.first.pk}&order=newest"),
            "odd address of the page": get(
                article, {"thread": words, "order": words, "comments": words, "reply": words}
            ),
            "search": get("/search/", {"q": words}),
            "search for nothing": get("/search/", {"q": "zzqqzz"}),
            "preview": self.post_comment(preview="yes"),
            "errors": self.post_comment(email="nobody", parent=words),
            "question": self.post_comment(text=f"{words} Ring me on 0161 496 0123."),
            "sent": self.post_comment(keep="yes"),
            "too many": self.post_comment(keep="yes", text=f"{words} and more"),
            "report": get(report),
            "report without a reason": self.public.post(report, {"words": words, "form_token": make_token("report")}),
            "report too long": self.public.post(report, {"reason": words, "words": words * 500}),
            "thanks": get(reverse("blog:comment_reported", args=[self.first.pk])),
            "helpful": get(reverse("blog:helpful", args=[self.first.pk])),
            "place": get(reverse("blog:go_to_comment", args=[self.deep.pk]), follow=True),
            "my comments, no address": self.public.post(reverse("blog:my_comments"), {"email": words}),
            **{path: get(path) for path in ("/feed/", "/feed.json", "/sitemap.xml", "/sitemap-articles-1.xml")},
        }
        assert found["sent"].status_code == 303
        assert found["too many"].status_code == 429
        Turn.objects.all().delete()
        type(self.article).objects.filter(pk=self.article.pk).update(comments_mode="closed")
        found["closed"] = self.post_comment(text=f"{words} Too late.")
        assert found["closed"].status_code == 409
        return found

    def for_writers(self) -> dict[str, Any]:
        """What stands behind the links of letters, and the file to take along."""
        found: dict[str, Any] = {}
        rows = {"published": self.first, "waiting": self.held, "refused": self.refused, "as spam": self.spam}
        for name, comment in {**rows, "odd address": self.odd}.items():
            path = reverse("blog:comment_status", args=[make_status_token(comment)])
            found[f"status, {name}"] = self.public.get(path)
            found[f"edit, {name}"] = self.public.get(f"{path}edit/")
            found[f"edit, {name}, moved"] = self.public.post(f"{path}edit/", {"text": self.words, "version": 7})
            found[f"edit, {name}, too long"] = self.public.post(f"{path}edit/", {"text": f"{self.words} " * 900})
            found[f"proof, {name}"] = self.public.post(f"{path}proof/")
        for purpose, view in (("prove", "prove_address"), ("stop", "stop_letters"), ("mine", "list_my_comments")):
            for comment in (self.first, self.held):
                token = make_own_token(Purpose(purpose), comment.commenter, comment=comment.pk)
                found[f"{view} {comment.state}"] = self.public.get(reverse(f"blog:{view}", args=[token]))
        mine = make_own_token(Purpose.MINE, self.first.commenter)
        found["erase"] = self.public.get(reverse("blog:erase_my_comments", args=[mine]))
        return found

    def for_moderators(self) -> dict[str, Any]:
        """The desk, and deciding from a mail."""
        held, get = self.held, self.desk.get
        bulk = reverse("wagtail_bulk_action", args=["blog", "comment", "refuse"])
        person = f"{QUEUE}from/{self.first.commenter_id}/"
        tabs = ("danger", "waiting", "unsure", "personal", "reported", "spam", "published", "refused", "all")
        shown = (self.first, self.reply, self.deep, held, self.refused, self.odd)
        addresses = [
            QUEUE, *(f"{QUEUE}?tab={tab}" for tab in tabs), *(f"{QUEUE}{row.pk}/" for row in shown),
            person, f"{person}erase/", f"{bulk}?id={held.pk}&id={self.first.pk}", f"{QUEUE}bans/",
            f"{QUEUE}bans/new/?comment={self.odd.pk}&kind=address",
            f"{QUEUE}bans/new/?comment={self.odd.pk}&kind=domain",
            f"{QUEUE}bans/{self.ban.pk}/", f"{QUEUE}bans/{self.ban.pk}/lift/", f"{QUEUE}{self.first.pk}/answer/",
            "/admin/", "/admin/akismet/", "/admin/reports/comments/", "/admin/reports/site-history/",
        ]  # fmt: skip
        found = {address: get(address) for address in addresses}
        found["search at the desk"] = get(QUEUE, {"q": self.words, "tab": self.words, "article": self.words})
        ban = {"kind": "pattern", "value": self.words[:250], "effect": "hold", "note": self.words[:250]}
        found["ban"] = self.desk.post(f"{QUEUE}bans/new/", {**ban, "look": "yes"})
        seen = {"seen": held.mark}
        for decision in ("approve", "refuse", "spam"):
            path = decision_path(held, user=self.editor.pk, decision=decision)
            found[f"by mail: {decision}"] = self.public.get(path)
            found[f"by mail: {decision}, wrong"] = self.public.post(path, {"own_words": self.words * 260})
            Comment.objects.filter(pk=held.pk).update(state="held", decided_by=None, decided_at=None)
        phrases = {"other": f"{self.words} zzz", "shown": "x", **seen}
        found["blank"] = self.desk.post(f"{QUEUE}{held.pk}/blank/", phrases, follow=True)
        answered = {"text": self.words * 2000, **seen}
        found["answer"] = self.desk.post(f"{QUEUE}{self.first.pk}/answer/", answered)
        found["decided"] = self.desk.post(f"{QUEUE}{held.pk}/refuse/", {**seen, "own_words": self.words}, follow=True)
        found["log"] = get(f"{QUEUE}{held.pk}/")
        found["undo"] = get(next(part for part in found["decided"].text.split('"') if "/comments/undo/" in part))
        return found

    def letters(self) -> dict[str, Letter]:
        """One of every kind that is about comments."""
        Letter.objects.all().delete()
        Turn.objects.all().delete()
        Comment.objects.filter(pk=self.first.pk).update(wants_replies=True)
        asked = CommentFactory(state="held", email="eve@example.com", **self.facts)
        ask_for_proof(asked)
        ask_for_my_comments("joan@example.com")
        comments.approve_comment(asked, by=self.editor)
        reply = CommentFactory(parent=Comment.objects.get(pk=self.first.pk), state="held", **self.facts)
        comments.approve_comment(reply, by=self.editor)
        comments.refuse_comment(self.unsure, by=self.editor, reason=self.words)
        danger = CommentFactory(state="held", crisis=True, created_at=timezone.now() - timedelta(days=9), **self.facts)
        alert_about(danger)
        tell_moderators()
        warn_of_backlog()
        for number in range(3):
            report_comment(self.deep, reason="other", words=self.words, ip=f"8.8.{number}.8")
        return {letter.kind: letter for letter in Letter.objects.order_by("pk")}


def shapes_of(words: str, whom: str, editor: User) -> list[tuple[str, Counter[Any]]]:
    """(place, its elements) of everything that such people see of a world with the words in it; nothing is left."""
    with transaction.atomic():
        pages = getattr(World(words, editor), whom)()
        faults = {place: page.status_code for place, page in pages.items() if page.status_code >= 500}
        assert faults == {}
        found = [(place, skeleton(page.text, words)) for place, page in pages.items()]
        transaction.set_rollback(True)
    return found


@pytest.fixture(scope="module")
def harmless() -> dict[str, list[tuple[str, Counter[Any]]]]:
    """What `shapes_of` says of harmless words; asked once."""
    return {}


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("whom", ["for_readers", "for_writers", "for_moderators"])
def test_a_page_with_hostile_words_has_the_elements_of_one_with_harmless_words(
    words: str, whom: str, editor: User, home: Any, harmless: Any
) -> None:
    plain = harmless.get(whom) or harmless.setdefault(whom, shapes_of(PLAIN, whom, editor))
    hostile = shapes_of(words, whom, editor)
    ours = {shape for _, shapes in plain for shape in shapes}
    assert len(hostile) == len(plain)
    for (place, seen), (_, expected) in zip(hostile, plain, strict=True):
        if place in FINDING:
            assert set(seen) <= ours, place
        else:
            assert seen == expected, place


@pytest.mark.parametrize(
    "html", [*HOSTILE[2:6], '<a href=" java\nscript:alert(1)">x</a>', '<script type="application/ld+json">{"</script>']
)
def test_what_acts_would_be_found(html: str) -> None:
    with pytest.raises((AssertionError, json.JSONDecodeError)):
        skeleton(f"<p>{html}</p><a title='{html}'>")


def test_elements_that_nobody_wrote_would_be_found() -> None:
    assert skeleton("<p>words</p><ol start=2><li><em>a</em></ol>") == Counter()
    assert skeleton("<form action=/x><p class=a></p></form>") == {("form", "action"): 1, ("p", "class"): 1}
    assert skeleton('<a href="https://x.example" rel="ugc">x</a>') == {("a", "href", "rel"): 1}


def test_hostile_words_stay_words_in_every_letter(editor: User, home: Any, sink: Sink) -> None:
    shapes: dict[str, dict[str, Counter[Any]]] = {}
    for words in (PLAIN, *HOSTILE):
        with transaction.atomic():
            posted = World(words, editor).letters()
            shapes[words] = {kind: skeleton(letter.html) for kind, letter in posted.items()}
            del sink.raw[:]
            Letter.objects.update(next_try_at=timezone.now())
            for letter in posted.values():
                assert "\n" not in letter.subject
                assert not any("\n" in value or "\r" in value for value in letter.headers.values())
                assert hand_over_letter(letter.pk)
            for mail in sink.messages:
                assert set(mail.keys()) <= HEADERS
                assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
            assert sum(sink.recipients.values()) > 0
            assert len(sink.raw) == len(posted)
            transaction.set_rollback(True)
        assert shapes[words] == shapes[PLAIN], words
    assert set(shapes[PLAIN]) == {
        *("comment_published", "comment_refused", "comment_reply", "prove_address", "my_comments", "crisis"),
        *("comments_waiting", "backlog", "comment_reported"),
    }


@pytest.mark.parametrize("words", HOSTILE)
def test_hostile_words_stay_words_in_every_file_to_take_away(words: str, editor: User, home: Any) -> None:
    world = World(words, editor)
    person = world.first.commenter
    mine = reverse("blog:download_my_comments", args=[make_own_token(Purpose.MINE, person)])
    for answer in (world.public.get(mine), world.desk.get(f"{QUEUE}from/{person.pk}/export/")):
        assert answer["Content-Type"] == "application/json"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert json.loads(answer.text)["comments"][0]["text"] == words
    for address in ("/admin/reports/comments/?format=csv", "/admin/reports/site-history/?export=csv"):
        answer = world.desk.get(address)
        assert answer["Content-Type"].startswith("text/csv")
        text = b"".join(answer.streaming_content).decode() if answer.streaming else answer.text
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        assert cells
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
