"""What the desk shows beside a comment, and what can be done there besides deciding."""

import json
import re
from collections import Counter
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from blog.actions.reports import report_comment
from blog.models import AkismetCheck, Ban, Comment, Commenter, CommentReport, CommentSettings, RefusalReason
from tests.factories import ArticlePageFactory, CommentFactory
from users.models import User

pytestmark = pytest.mark.django_db
QUEUE = "/admin/comments/"
XHR = {"headers": {"X-Requested-With": "XMLHttpRequest"}}


@pytest.fixture
def desk(client: Client, moderator: User) -> Client:
    client.force_login(moderator)
    return client


def said(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", "", answer.text)).split())


def page_of(comment: Comment) -> str:
    return reverse("comments:inspect", args=[comment.pk])


def names(answer: Any) -> list[str]:
    """The writers of the rows that are shown, in order."""
    return re.findall(r'data-about="(\w+) on', answer.text)


def counts(answer: Any) -> dict[str, int]:
    return {
        key: int(number) for key, number in re.findall(r'data-tab="(\w+)".*?<span>(\d+)</span>', answer.text, re.DOTALL)
    }


def one_of_each() -> None:
    """Comments whose writers say what they are."""
    article = ArticlePageFactory()
    for name, facts in {
        "Clear": {"state": "held", "verdict": "clear"},
        "Fresh": {"state": "pending"},
        "Doubt": {"state": "held", "verdict": "unsure"},
        "Phone": {"state": "held", "verdict": "clear", "personal_data": True},
        "Danger": {"state": "held", "verdict": "clear", "crisis": True},
        "Settled": {"state": "refused", "crisis": True, "personal_data": True},
        "Advert": {"state": "spam"},
        "Fine": {"state": "published"},
        "Reported": {"state": "published"},
        "Gone": {"state": "withdrawn"},
    }.items():
        comment = CommentFactory(article=article, author_name=name, **facts)
        if name == "Reported":
            report_comment(comment, reason="harm", words="It told my mother to stop.", ip="203.0.113.7")


TABS = {
    "danger": ["Danger"],
    "waiting": ["Danger", "Clear", "Fresh", "Doubt", "Phone"],
    "clear": ["Clear"],
    "unsure": ["Doubt"],
    "personal": ["Phone"],
    "reported": ["Reported"],
    "spam": ["Advert"],
    "published": ["Reported", "Fine"],
    "refused": ["Settled"],
    "withdrawn": ["Gone"],
}


@pytest.mark.parametrize("tab", TABS)
def test_each_tab_holds_its_own_and_says_how_many(desk: Client, tab: str) -> None:
    one_of_each()
    page = desk.get(QUEUE, {"tab": tab})
    assert names(page) == TABS[tab]
    assert counts(page) == {**{key: len(held) for key, held in TABS.items()}, "all": 10}


def test_whoever_may_be_in_danger_stands_on_top_however_late(desk: Client) -> None:
    article = ArticlePageFactory()
    CommentFactory(article=article, state="held", author_name="Early", created_at=timezone.now() - timedelta(days=9))
    CommentFactory(article=article, state="held", author_name="Danger", crisis=True)
    for order in ("created_at", "-created_at"):
        assert names(desk.get(QUEUE, {"ordering": order})) == ["Danger", "Early"]
    assert 'class="desk-tab--danger"' in desk.get(QUEUE).text


def test_a_row_shows_the_whole_comment_and_what_surrounds_it(desk: Client) -> None:
    first = CommentFactory(author_name="Eileen", text="I walk *every* day.")
    for state in ("published", "published", "refused", "spam"):
        CommentFactory(article=first.article, email="joan@example.org", state=state)
    text = "Long. " * 300 + "The end of it. Ring 0161 496 0123."
    CommentFactory(
        article=first.article, parent=first, email="joan@example.org", state="held", verdict="unsure", text=text,
        personal_data=True, reasons=[{"code": "link", "words": "Holds a link"}],
    )  # fmt: skip
    page = desk.get(QUEUE)
    for words in (
        "The end of it.", "In answer to Eileen: I walk every day.", "Holds a link", "Personal data", "Unsure",
        "Address not proven", "Before: 2 published, 1 refused, 1 spam", first.article.title, first.article.deck,
        "0161 496 0123 (phone number)",
    ):  # fmt: skip
        assert words in said(page), words
    commenter = Commenter.objects.get(mailbox="joan@example.org")
    assert f'href="{QUEUE}from/{commenter.pk}/"' in page.text


def test_the_queue_is_narrowed_by_article_day_and_words_and_tabs_go_along(desk: Client) -> None:
    article, other = ArticlePageFactory(), ArticlePageFactory()
    old = timezone.now() - timedelta(days=30)
    for name, where, when in (("Here", article, timezone.now()), ("There", other, timezone.now()), ("Old", other, old)):
        CommentFactory(article=where, author_name=name, state="held", created_at=when, text=f"{name} I am")
    page = desk.get(QUEUE, {"article": article.pk})
    assert (names(page), counts(page)["waiting"], counts(page)["all"]) == (["Here"], 1, 1)
    assert f"article={article.pk}&amp;tab=spam" in page.text
    day = timezone.localdate().isoformat()
    assert names(desk.get(QUEUE, {"created_at_from": day, "created_at_to": day})) == ["Here", "There"]
    page = desk.get(QUEUE, {"q": "old i am"})
    assert (names(page), counts(page)["waiting"]) == (["Old"], 1)
    assert len(names(desk.get(QUEUE, {"article": "x", "created_at_from": "never"}))) == 3


def test_links_of_comments_are_not_live_at_the_desk(desk: Client) -> None:
    comment = CommentFactory(state="held", text="See https://pills.example/now and [this](https://pills.example/2)")
    for address in (QUEUE, page_of(comment), f"{QUEUE}from/{comment.commenter_id}/"):
        page = desk.get(address).text
        assert "pills.example" in page
        assert 'href="https://pills.example' not in page


def test_the_desk_says_how_the_site_publishes(desk: Client, editor: User, home: Any) -> None:
    assert "A person reads every comment first." in said(desk.get(QUEUE)) or CommentFactory(state="held")
    settings = CommentSettings.for_site(home.get_site())
    settings.mode = "hold_first"
    settings.save()
    CommentFactory(state="held")
    assert "later ones from a proven address appear at once" in said(desk.get(QUEUE))
    desk.force_login(editor)
    assert f'href="/admin/settings/blog/commentsettings/{home.get_site().pk}/"' in desk.get(QUEUE).text


def test_the_script_is_answered_with_words_counts_and_the_way_back(desk: Client) -> None:
    comment = CommentFactory(state="held", author_name="Eileen")
    answer = desk.post(f"{page_of(comment)}spam/", {"seen": comment.mark}, **XHR)
    told = answer.json()
    assert told["said"].startswith("Put with the spam: Eileen")
    assert (told["counts"]["waiting"], told["counts"]["spam"]) == (0, 1)
    again = desk.post(f"{page_of(comment)}spam/", {"seen": comment.mark}, **XHR)
    assert (again.status_code, "meanwhile" in again.json()["said"]) == (409, True)
    back = desk.post(told["undo"], **XHR)
    assert (back.json()["said"], back.json()["counts"]["waiting"]) == ("Undone: the comment is what it was.", 1)
    assert desk.post(told["undo"], **XHR).status_code == 409
    refused = desk.post(f"{page_of(comment)}refuse/", {"seen": comment.mark}, **XHR)
    assert (refused.status_code, refused.json()["said"]) == (409, "Say why: the writer is told.")


def test_reports_are_shown_and_settled_when_the_comment_stays(desk: Client) -> None:
    comment = CommentFactory(state="published")
    report_comment(comment, reason="harm", words="It told my mother to stop.", ip="203.0.113.7")
    for address in (f"{QUEUE}?tab=reported", page_of(comment)):
        assert "It gives advice that could harm somebody “It told my mother to stop.”" in said(desk.get(address))
    desk.get(f"{page_of(comment)}stays/")
    assert CommentReport.objects.get().state == "open"
    desk.post(f"{page_of(comment)}stays/")
    assert (CommentReport.objects.get().state, comment.reports.get().decided_by.username) == ("dismissed", "moderator")
    assert counts(desk.get(QUEUE))["reported"] == 0
    assert "Reports looked at: it stays, moderator (1 reported it)" in said(desk.get(page_of(comment)))
    assert "no report is open any more" in said(desk.post(f"{page_of(comment)}stays/", follow=True))


def test_what_a_report_settled_is_open_again_after_undo(desk: Client) -> None:
    comment = CommentFactory(state="published")
    report_comment(comment, reason="harm", ip="203.0.113.7")
    told = desk.post(f"{page_of(comment)}spam/", {"seen": comment.mark}, **XHR).json()
    CommentReport.objects.update(state="upheld", decided_at=timezone.now())
    desk.post(told["undo"], **XHR)
    assert (CommentReport.objects.get().state, counts(desk.get(QUEUE))["reported"]) == ("open", 1)


def test_parts_are_blanked_and_put_back(desk: Client) -> None:
    comment = CommentFactory(state="published", text="Ring me on 0161 496 0123. It helped.", personal_data=True)
    page = desk.get(page_of(comment)).text
    form = dict(re.findall(r'<input type="hidden" name="(shown|seen)" value="([^"]*)"', page))
    chosen = re.search(r'name="parts" value="([\d-]+)"', page)[1]
    desk.get(f"{page_of(comment)}blank/")
    assert "0161" in Comment.objects.get(pk=comment.pk).text
    answer = desk.post(f"{page_of(comment)}blank/", {**form, "parts": chosen, "other": "helped"}, follow=True)
    assert "Blanked. Readers see where something was taken out" in said(answer)
    public = Client().get(comment.article.url).text
    assert "0161" not in public
    page = said(desk.get(page_of(comment)))
    for words in ("Partly blanked", "Parts of it blanked, moderator (2 parts)", "Ring me on 0161 496 0123. It helped."):
        assert words in page
    comment.refresh_from_db()
    again = desk.post(f"{page_of(comment)}blank/", {**form, "parts": chosen}, follow=True)
    assert "changed since you opened the page" in said(again)
    desk.post(f"{page_of(comment)}restore/", {"seen": comment.mark})
    assert Comment.objects.get(pk=comment.pk).text == "Ring me on 0161 496 0123. It helped."
    assert "Original put back, moderator" in said(desk.get(page_of(comment)))


def test_the_page_tells_what_akismet_said(desk: Client) -> None:
    comment = CommentFactory(state="held")
    AkismetCheck.objects.create(comment=comment, state="answered", answer="spam", answered_at=timezone.now())
    AkismetCheck.objects.create(comment=comment, state="given_up", fault="It did not answer")
    page = said(desk.get(page_of(comment)))
    assert "Spam, " in page
    assert "It gave no answer (It did not answer)" in page


def test_a_mailbox_has_a_page_with_all_that_came_from_it(desk: Client) -> None:
    article = ArticlePageFactory()
    for state, text in (("published", "Out already."), ("spam", "Buy now."), ("held", "Still here.")):
        CommentFactory(article=article, email="Joan@Example.org", state=state, text=text)
    CommentFactory(article=article, text="Of somebody else.")
    person = Commenter.objects.get(mailbox="joan@example.org")
    Ban.objects.create(kind="address", value="joan@example.org")
    page = said(desk.get(f"{QUEUE}from/{person.pk}/"))
    for words in (
        "joan@example.org, not proven", "Out already.", "Buy now.", "Still here.", "always hold for a person",
        "3 (1 published, 1 spam, 1 waiting)",
    ):  # fmt: skip
        assert words in page, words
    assert "Of somebody else." not in page
    file = desk.get(f"{QUEUE}from/{person.pk}/export/")
    assert file["Content-Disposition"].startswith("attachment")
    assert [row["text"] for row in json.loads(file.text)["comments"]] == ["Out already.", "Buy now.", "Still here."]


def test_all_from_a_mailbox_is_erased_after_a_second_press(desk: Client) -> None:
    comment = CommentFactory(email="joan@example.org", state="published", text="Out already.")
    address = f"{QUEUE}from/{comment.commenter_id}/erase/"
    assert "This cannot be undone" in said(desk.get(address))
    assert Comment.objects.count() == 1
    assert "The address is forgotten. 1 comment erased." in said(desk.post(address, follow=True))
    assert not Comment.objects.exists()
    assert not Commenter.objects.exists()
    assert desk.get(address).status_code == 404


def test_published_ones_can_be_held_again_together(desk: Client) -> None:
    chosen = [CommentFactory(state="published") for _ in range(2)]
    bulk = reverse("wagtail_bulk_action", args=["blog", "comment", "hold"])
    assert bulk in desk.get(QUEUE, {"tab": "published"}).text
    assert bulk not in desk.get(QUEUE).text
    query = "&".join(f"id={comment.pk}" for comment in chosen)
    answer = desk.post(
        f"{bulk}?{query}&next={QUEUE}", {f"seen-{comment.pk}": comment.mark for comment in chosen}, follow=True
    )
    assert "2 waiting for a decision again." in said(answer)
    assert set(Comment.objects.values_list("state", flat=True)) == {"held"}
    undo = re.search(r'href="(/admin/comments/undo/[^"]+)"', answer.text)[1]
    assert "Undone: 2 comments are what they were." in said(desk.post(undo, follow=True))
    assert set(Comment.objects.values_list("state", flat=True)) == {"published"}


def test_a_stranger_is_kept_out_of_all_of_it(client: Client, stranger: User) -> None:
    comment = CommentFactory(state="published", email="joan@example.org", text="Ring 0161 496 0123.")
    report_comment(comment, reason="harm", ip="203.0.113.7")
    client.force_login(stranger)
    undo = "undo/6f2f2b52-7b2e-4c5c-8a50-1f052d383a7c/"
    person = f"from/{comment.commenter_id}/"
    for part in (f"{comment.pk}/stays/", f"{comment.pk}/blank/", f"{comment.pk}/restore/", undo, person,
                 f"{person}export/", f"{person}erase/"):  # fmt: skip
        for answer in (client.get(f"{QUEUE}{part}"), client.post(f"{QUEUE}{part}")):
            assert answer.status_code in {302, 403, 405}, part
            assert answer.headers.get("Location", "/admin/") in {"/admin/", "/admin/login/"}, part
    assert Comment.objects.get().text == comment.text
    assert CommentReport.objects.get().state == "open"


class Skeleton(HTMLParser):
    """Counts the elements of a page with the names of their attributes, but for the marks that words may get."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: Counter[Any] = Counter()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"mark", "br", "span"}:
            self.seen[(tag, *sorted(name for name, _ in attrs))] += 1
        for name, value in attrs:
            assert not name.startswith("on"), (tag, attrs)
            leads = name in {"href", "src", "action", "formaction", "data-src", "srcset"}
            assert not (leads and re.match(r"\s*(javascript|data|vbscript):", value or "", re.IGNORECASE)), (tag, attrs)


def skeleton(answer: Any) -> Counter[Any]:
    parser = Skeleton()
    parser.feed(answer.text)
    return parser.seen


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "[x](javascript:alert(1)) ![x](data:text/html,x)",
    "</textarea></title></script><svg onload=alert(1)>",
    "{{ 7|add:7 }}{% csrf_token %}<!--",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "%3Cscript%3E\u2028\u202ealert(1)",
]


def everything_with(words: str) -> list[str]:
    """Rows that hold the words in every field that a stranger or a colleague fills; where the desk shows them."""
    article = ArticlePageFactory(title="Plain title")
    facts: dict[str, Any] = {"author_name": words[:80], "text": words, "user_agent": words[:250]}
    reasons = [{"code": "learnt", "words": words}]
    first = CommentFactory(article=article, state="published", **facts)
    held = CommentFactory(article=article, parent=first, state="held", reasons=reasons, crisis=True, **facts)
    refused = CommentFactory(article=article, state="refused", refusal_reason=words[:250], **facts)
    blanked = CommentFactory(article=article, state="published", original_text=words, **facts)
    Comment.objects.filter(pk=blanked.pk).update(original_until=timezone.now() + timedelta(days=1))
    CommentReport.objects.create(comment=first, reason="other", words=words)
    AkismetCheck.objects.create(comment=held, state="given_up", fault=words[:250])
    RefusalReason.objects.create(title=words[:60], words=words[:250])
    ban = Ban.objects.create(kind="pattern", value=words[:250], note=words[:250])
    bulk = reverse("wagtail_bulk_action", args=["blog", "comment", "refuse"])
    return [
        QUEUE, *(f"{QUEUE}?tab={tab}" for tab in ("danger", "reported", "published", "refused", "all")),
        *(page_of(comment) for comment in (first, held, refused, blanked)),
        f"{QUEUE}from/{held.commenter_id}/", f"{QUEUE}from/{held.commenter_id}/erase/",
        f"{bulk}?id={held.pk}&id={first.pk}",
        f"{QUEUE}bans/", f"{QUEUE}bans/{ban.pk}/", f"{QUEUE}bans/{ban.pk}/lift/", "/admin/",
        f"{QUEUE}{first.pk}/answer/",
    ]  # fmt: skip


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_stay_words_on_every_page_of_the_desk(desk: Client, editor: User, hostile: str) -> None:
    desk.force_login(editor)
    from django.db import transaction

    seen = []
    for words in ("Harmless words", hostile):
        with transaction.atomic():
            addresses = everything_with(words)
            pages = [skeleton(desk.get(address)) for address in addresses]
            comment = Comment.objects.filter(state="held").get()
            decided = desk.post(f"{page_of(comment)}refuse/", {"seen": comment.mark, "own_words": words}, follow=True)
            undo = re.search(r'href="(/admin/comments/undo/[^"]+)"', decided.text)[1]
            log = [desk.get(page_of(comment)), desk.get(undo), desk.get("/admin/reports/site-history/")]
            pages += [skeleton(page) for page in (decided, *log)]
            seen.append(dict(zip([*addresses, "decided", "page", "undo", "log"], pages, strict=True)))
            transaction.set_rollback(True)
    for (address, plain), (_, with_hostile) in zip(*(page.items() for page in seen), strict=True):
        assert with_hostile == plain, address


def test_rows_cost_no_more_queries_however_many(desk: Client, django_assert_max_num_queries: Any) -> None:
    def count(address: str) -> int:
        with django_assert_max_num_queries(60) as queries:
            desk.get(address)
        return len(queries)

    def add(number: int) -> None:
        for _ in range(number):
            root = CommentFactory(state="published")
            report_comment(root, reason="other")
            CommentFactory(state="held", parent=root, article=root.article, crisis=True, personal_data=True)

    add(2)
    addresses = [QUEUE, f"{QUEUE}?tab=reported", f"{QUEUE}?tab=all"]
    [desk.get(address) for address in addresses]
    few = [count(address) for address in addresses]
    add(5)
    assert [count(address) for address in addresses] == few
