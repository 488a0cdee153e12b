"""The moderators' desk, through the admin."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from blog.commenting.links import status_path
from blog.models import Comment, RefusalReason
from tests.factories import ArticlePageFactory, CommentFactory
from users.models import User

pytestmark = pytest.mark.django_db
QUEUE = "/admin/comments/"


@pytest.fixture
def desk(client: Client, moderator: User) -> Client:
    client.force_login(moderator)
    return client


@pytest.fixture
def held() -> Any:
    return CommentFactory(
        state="held",
        author_name="Eileen",
        text="My clinic asked me to keep a diary.",
        reasons=[{"code": "link", "words": "Holds a link"}],
    )


def advertising() -> int:
    """The key of a usual reason."""
    return RefusalReason.objects.get_or_create(title="Advertising", defaults={"words": "It advertises something."})[
        0
    ].pk


def decide(client: Client, comment: Comment, decision: str, **data: str) -> Any:
    address = reverse("comments:decide", args=[comment.pk, decision])
    return client.post(address, {"seen": comment.mark, **data}, follow=True)


def state_of(comment: Comment) -> str:
    return Comment.objects.get(pk=comment.pk).state


def said(answer: Any) -> str:
    return unescape(answer.text)


def test_the_queue_shows_what_waits_with_reasons_and_buttons(desk: Client, held: Any) -> None:
    CommentFactory(state="published", text="Out already.", article=held.article)
    CommentFactory(state="spam", text="Buy now.", article=held.article)
    page = said(desk.get(QUEUE))
    assert held.text in page
    assert held.article.title in page
    assert "Holds a link" in page
    for decision in ("approve", "spam"):
        assert f'formaction="/admin/comments/{held.pk}/{decision}/"' in page
    assert f"/admin/comments/{held.pk}/#refuse" in page
    assert "Out already." not in page
    assert "Buy now." not in page
    assert "delete" not in page.lower()


def test_the_menu_counts_those_that_wait(desk: Client, held: Any) -> None:
    CommentFactory(state="pending", article=held.article)
    assert "Comments (2)" in desk.get(QUEUE).text


@pytest.mark.parametrize("tab", ["published", "refused", "spam", "withdrawn"])
def test_each_state_has_a_tab(desk: Client, tab: str) -> None:
    article = ArticlePageFactory()
    for state in Comment.State.values:
        CommentFactory(state=state, text=f"Text of the {state} one.", article=article)
    page = desk.get(QUEUE, {"tab": tab}).text
    assert re.findall(r"Text of the (\w+) one", page) == [tab]
    assert len(set(re.findall(r"Text of the (\w+) one", desk.get(QUEUE, {"tab": "all"}).text))) == 6
    assert set(re.findall(r"Text of the (\w+) one", desk.get(QUEUE, {"tab": "x"}).text)) == {"pending", "held"}


def test_who_waited_longest_comes_first(desk: Client) -> None:
    article = ArticlePageFactory()
    for word in ("First", "Second", "Third"):
        CommentFactory(state="held", text=f"{word} in line", article=article)
    assert re.findall(r"(\w+) in line", desk.get(QUEUE).text) == ["First", "Second", "Third"]
    assert re.findall(r"(\w+) in line", desk.get(f"{QUEUE}results/", {"q": "second"}).text) == ["Second"]


def test_a_longer_queue_costs_no_more_queries(desk: Client, django_assert_max_num_queries: Any) -> None:
    def count() -> int:
        with django_assert_max_num_queries(100) as queries:
            desk.get(QUEUE)
        return len(queries)

    CommentFactory(state="held")
    desk.get(QUEUE)
    few = count()
    for _ in range(5):
        CommentFactory(state="held")
    assert count() == few


def test_one_click_publishes(desk: Client, held: Any) -> None:
    answer = decide(desk, held, "approve", next=f"{QUEUE}?tab=waiting")
    assert answer.redirect_chain == [(f"{QUEUE}?tab=waiting", 302)]
    assert "Readers can see it now" in said(answer)
    assert held.text in Client().get(held.article.url).text
    assert "Your comment is published" in Client().get(status_path(held)).text


def test_a_refusal_asks_why_and_tells_the_writer(desk: Client, held: Any) -> None:
    assert "the writer is told" in said(decide(desk, held, "refuse"))
    assert state_of(held) == "held"
    decide(desk, held, "refuse", reason=advertising())
    assert state_of(held) == "refused"
    assert "It advertises something." in Client().get(status_path(held)).text
    other = CommentFactory(state="held", article=held.article)
    decide(desk, other, "refuse", reason=advertising(), own_words="We know the shop behind this.")
    assert "We know the shop behind this." in Client().get(status_path(other)).text


def test_a_published_comment_can_be_held_again(desk: Client, held: Any) -> None:
    decide(desk, held, "approve")
    held.refresh_from_db()
    page = desk.get(QUEUE, {"tab": "published"}).text
    assert f'formaction="/admin/comments/{held.pk}/hold/"' in page
    decide(desk, held, "hold")
    assert state_of(held) == "held"
    assert held.text not in Client().get(held.article.url).text


def test_a_decision_offers_the_way_back(desk: Client, held: Any) -> None:
    page = said(decide(desk, held, "spam"))
    address = re.search(r'<a href="([^"]+)"[^>]*>\s*Undo\s*</a>', page)[1]
    assert "Each comment becomes what it was before" in said(desk.get(address))
    assert state_of(held) == "spam"
    assert "Undone: the comment is what it was." in said(desk.post(address, follow=True))
    assert state_of(held) == "held"
    assert "Nothing was undone." in said(desk.post(address, follow=True))


def test_the_desk_has_one_word_for_what_waits(desk: Client, held: Any) -> None:
    Comment.objects.filter(pk=held.pk).update(reasons=[], judged_at=held.created_at)
    for address in (f"{QUEUE}?tab=all", f"{QUEUE}{held.pk}/"):
        page = said(desk.get(address))
        assert "waiting" in page
        assert "Nothing that looks like spam" in page
        assert not re.search(r"\bheld\b", re.sub(r"<[^>]*>", "", page))


def test_who_holds_second_is_told_who_was_first(desk: Client, editor: User, held: Any) -> None:
    answer = decide(desk, held, "hold")
    assert "this comment waits for a decision already" in said(answer)
    Comment.objects.filter(pk=held.pk).update(state="spam")
    held.refresh_from_db()
    other = Client()
    other.force_login(editor)
    decide(other, held, "hold")
    assert "editor has put this comment back among those that wait" in said(decide(desk, held, "hold"))


def test_the_first_page_says_how_many_wait(desk: Client, held: Any) -> None:
    Comment.objects.filter(pk=held.pk).update(created_at=timezone.now() - timedelta(days=2))
    page = said(desk.get("/admin/"))
    assert "One comment waits for a decision" in page
    assert re.search(r"It came in 2\sdays ago.", page)
    CommentFactory(state="pending", article=held.article)
    page = said(desk.get("/admin/"))
    assert "2 comments wait for a decision" in page
    assert re.search(r"The oldest came in 2\sdays ago.", page)
    assert f'href="{QUEUE}">Read what waits' in page
    Comment.objects.update(state="published")
    assert "for a decision" not in said(desk.get("/admin/"))


def test_spam_goes_to_the_spam_and_can_come_back(desk: Client, held: Any) -> None:
    decide(desk, held, "spam")
    assert state_of(held) == "spam"
    held.refresh_from_db()
    decide(desk, held, "approve")
    assert state_of(held) == "published"


def test_looking_at_a_decision_changes_nothing(desk: Client, held: Any) -> None:
    answer = desk.get(reverse("comments:decide", args=[held.pk, "approve"]))
    assert answer["Location"] == reverse("comments:inspect", args=[held.pk])
    assert state_of(held) == "held"
    assert desk.post(reverse("comments:decide", args=[held.pk, "publish"])).status_code == 404
    assert desk.post(reverse("comments:decide", args=[98765, "approve"])).status_code == 404


def test_a_decision_needs_a_csrf_token(moderator: User, held: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(moderator)
    address = reverse("comments:decide", args=[held.pk, "approve"])
    assert strict.post(address, {"seen": "held.1"}).status_code == 403
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', strict.get(QUEUE).text)[1]
    strict.post(address, {"seen": "held.1", "csrfmiddlewaretoken": token})
    assert state_of(held) == "published"


def test_the_second_moderator_is_told_that_the_first_was_faster(desk: Client, editor: User, held: Any) -> None:
    other = Client()
    other.force_login(editor)
    decide(other, held, "refuse", reason=advertising())
    answer = decide(desk, held, "approve")
    assert "editor has refused this comment meanwhile" in said(answer)
    assert state_of(held) == "refused"


def test_the_page_of_a_comment_shows_what_is_needed_to_decide(desk: Client, held: Any) -> None:
    reply = CommentFactory(
        state="held", parent=held, article=held.article, text="<b>Reply</b>\n\nto it", ip="203.0.113.9"
    )
    CommentFactory(email=reply.email, text="Earlier words.", article=held.article)
    decide(desk, reply, "spam")
    page = desk.get(reverse("comments:inspect", args=[reply.pk])).text
    assert "&lt;b&gt;Reply&lt;/b&gt;<br><br>to it" in page
    for words in (held.text, reply.email, "203.0.113.9", "Earlier words.", "Marked as spam", "moderator"):
        assert words in page


@pytest.mark.parametrize("decision", ["approve", "refuse", "spam"])
def test_many_are_decided_at_once(desk: Client, decision: str) -> None:
    article = ArticlePageFactory()
    chosen = [CommentFactory(state="held", article=article) for _ in range(3)]
    left = CommentFactory(state="held", article=article)
    query = "&".join(f"id={comment.pk}" for comment in chosen)
    address = f"{reverse('wagtail_bulk_action', args=['blog', 'comment', decision])}?{query}&next={QUEUE}"
    assert address.split("?", maxsplit=1)[0] in desk.get(QUEUE).text
    page = desk.get(address)
    assert all(re.search(rf'name="seen-{comment.pk}"\s+value="held.1"', page.text) for comment in chosen)
    # Somebody else is faster with one of them.
    Comment.objects.filter(pk=chosen[0].pk).update(state="withdrawn")
    data = {f"seen-{comment.pk}": "held.1" for comment in chosen}
    if decision == "refuse":
        assert "the writer of the comment is told" in said(desk.post(address, data))
        data["reason"] = str(advertising())
    answer = desk.post(address, data, follow=True)
    expected = {"approve": "published", "refuse": "refused", "spam": "spam"}[decision]
    assert [state_of(comment) for comment in [*chosen, left]] == ["withdrawn", expected, expected, "held"]
    assert "1 had been decided on by somebody else" in said(answer)


def test_all_is_no_way_to_choose(desk: Client, held: Any) -> None:
    address = reverse("wagtail_bulk_action", args=["blog", "comment", "approve"])
    assert desk.post(f"{address}?id=all&next={QUEUE}").status_code == 404
    assert state_of(held) == "held"


def test_a_stranger_is_kept_out(client: Client, stranger: User, held: Any) -> None:
    client.force_login(stranger)
    first_page = client.get("/admin/").text
    assert "Comments" not in first_page
    assert "for a decision" not in first_page
    for address in (QUEUE, reverse("comments:inspect", args=[held.pk])):
        assert client.get(address).status_code in {302, 403}
    for decision in ("approve", "refuse", "spam", "hold"):
        answer = client.post(
            reverse("comments:decide", args=[held.pk, decision]),
            {"seen": "held.1", "reason": advertising()},
        )
        assert answer.status_code in {302, 403}
    for decision in ("approve", "refuse", "spam", "delete"):
        bulk = reverse("wagtail_bulk_action", args=["blog", "comment", decision])
        client.post(f"{bulk}?id={held.pk}&next={QUEUE}", {"reason": advertising()})
    assert state_of(held) == "held"
    assert held.text not in client.get(reverse("comments:list"), follow=True).text


def test_nobody_is_let_in_without_a_log_in(client: Client, held: Any) -> None:
    assert "/admin/login/" in client.get(QUEUE)["Location"]
    assert client.post(reverse("comments:decide", args=[held.pk, "approve"])).status_code == 302
    assert state_of(held) == "held"


def test_not_even_an_editor_deletes_or_writes_a_readers_comment(client: Client, editor: User, held: Any) -> None:
    client.force_login(editor)
    bulk = reverse("wagtail_bulk_action", args=["blog", "comment", "delete"])
    client.post(f"{bulk}?id={held.pk}&next={QUEUE}")
    assert state_of(held) == "held"
    for part in ("add/", f"edit/{held.pk}/", f"delete/{held.pk}/"):
        assert client.get(f"{QUEUE}{part}").status_code == 404
    assert client.get("/admin/snippets/choose/blog/comment/").status_code == 404


def test_a_new_installation_has_a_group_for_moderators(client: Client, held: Any) -> None:
    person = User.objects.create_user("anna", password="a long passphrase")
    person.groups.add(Group.objects.get(name="Moderators"))
    client.force_login(person)
    assert held.text in client.get(QUEUE).text
    decide(client, held, "approve")
    assert state_of(held) == "published"
