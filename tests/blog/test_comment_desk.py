"""What the desk shows beside a comment, and what can be done there besides deciding."""

import json
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from blog.actions.reports import report_comment
from blog.models import AkismetCheck, Ban, Comment, Commenter, CommentReport, CommentSettings
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
