"""“Waiting for you” on the admin's first page: by rights, with counts, and with words when nothing waits."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from wagtail.models import GroupApprovalTask, Workflow, WorkflowTask

from blog.models import ArticlePage, OutwardLink
from tests.factories import ArticlePageFactory, CommentFactory, ReviewFactory
from users.models import User

pytestmark = pytest.mark.django_db


def panel(client: Client) -> str:
    """The words of the panel, in one line; empty if there is none."""
    page = client.get("/admin/").text
    found = re.search(
        r'<section[^>]*id="waiting-for-you-section".*?(?=<section[^>]*class="w-panel |</main>)', page, re.DOTALL
    )
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).split()) if found else ""


def due(title: str, *, in_days: int, **fields: Any) -> ArticlePage:
    article = ArticlePageFactory(title=title, **fields)
    ReviewFactory(article=article, due_on=timezone.localdate() + timedelta(days=in_days))
    return article


def in_workflow(article: ArticlePage, *, by: User, group: Group) -> Any:
    """Hand the article in to a step that the group decides on."""
    workflow, task = Workflow.objects.create(name="Reading"), GroupApprovalTask.objects.create(name="Read")
    task.groups.add(group)
    WorkflowTask.objects.create(workflow=workflow, task=task)
    article.save_revision(user=by)
    return workflow.start(article, by)


@pytest.fixture
def writer(home: Any) -> User:
    """In the group Editors."""
    person = User.objects.create_user("walter", "walter@example.com", "a long passphrase", first_name="Walter")
    person.groups.add(Group.objects.get(name="Editors"))
    return person


def test_when_nothing_waits_it_says_so(client: Client, writer: User) -> None:
    client.force_login(writer)
    assert panel(client).endswith("Nothing waits for you.")


def test_who_has_no_right_to_act_has_no_panel(client: Client, stranger: User) -> None:
    due("Late", in_days=-1)
    CommentFactory(state="held")
    client.force_login(stranger)
    assert panel(client) == ""


def test_a_moderator_sees_comments_and_nothing_of_articles(client: Client, moderator: User) -> None:
    due("Late", in_days=-1)
    CommentFactory(state="held")
    client.force_login(moderator)
    words = panel(client)
    assert "One comment waits for a decision" in words
    assert "Late" not in words
    assert "to be read again" not in words


def test_an_editor_who_does_not_moderate_sees_no_comments(client: Client, writer: User) -> None:
    CommentFactory(state="held")
    client.force_login(writer)
    assert "comment" not in panel(client)


def test_reviews_due_are_there_ones_own_first(client: Client, writer: User, editor: User) -> None:
    due("Somebody else's", in_days=-20, responsible=editor)
    due("Mine", in_days=5, responsible=writer)
    due("Far off", in_days=99, responsible=writer)
    client.force_login(writer)
    words = panel(client)
    assert "2 articles wait to be read again" in words
    assert re.search(r"Mine due on .*, yours Somebody else's was due on ", words)
    assert "Far off" not in words


def test_links_that_are_gone_or_moved_are_there(client: Client, writer: User) -> None:
    article = ArticlePageFactory()
    for n, state in enumerate(["dead", "moved", "failing", "fine"]):
        OutwardLink.objects.create(url=f"https://x.example/{n}", state=state).articles.add(article)
    client.force_login(writer)
    words = panel(client)
    assert "2 outward links are gone or moved" in words
    assert "https://x.example/0 is gone" in words
    assert "https://x.example/2" not in words


def test_an_article_that_was_handed_in_waits_for_those_who_decide(
    client: Client, writer: User, moderator: User, editor: User
) -> None:
    article = ArticlePageFactory(title="Handed in")
    readers = Group.objects.create(name="Readers")
    in_workflow(article, by=editor, group=readers)
    client.force_login(writer)
    assert "Handed in" not in panel(client)
    writer.groups.add(readers)
    client.force_login(writer)
    assert re.search(r"One article waits for your review Handed in handed in 0\sminutes ago by editor", panel(client))
    assert "Awaiting your review" not in client.get("/admin/").text


def test_a_draft_that_was_sent_back_waits_for_who_handed_it_in(client: Client, writer: User, editor: User) -> None:
    state = in_workflow(ArticlePageFactory(title="Sent back"), by=writer, group=Group.objects.create(name="Readers"))
    task_state = state.current_task_state.specific
    task_state.task.specific.on_action(task_state, editor, "reject", comment="Please name the source.")
    client.force_login(writer)
    assert "One draft was sent back to you Sent back by editor: Please name the source." in panel(client)
    client.force_login(editor)
    assert "sent back to you" not in panel(client)


def test_scheduled_pages_are_there_with_their_day(client: Client, writer: User, editor: User) -> None:
    article = ArticlePageFactory(title="Coming", live=False)
    at = timezone.now() + timedelta(days=2)
    article.go_live_at = at
    article.save_revision(user=editor, approved_go_live_at=at)
    client.force_login(writer)
    assert f"One page is scheduled Coming on {timezone.localtime(at):%A}" in panel(client)


def test_the_first_page_asks_as_many_queries_for_many_as_for_one(
    client: Client, writer: User, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    def add(n: int) -> None:
        article = due(f"Late {n}", in_days=-n - 1, responsible=writer)
        OutwardLink.objects.create(url=f"https://x.example/{n}", state="dead").articles.add(article)

    add(0)
    client.force_login(writer)
    client.get("/admin/")
    with django_assert_max_num_queries(80) as first:
        client.get("/admin/")
    for n in range(1, 9):
        add(n)
    with django_assert_num_queries(len(first.captured_queries)):
        client.get("/admin/")
