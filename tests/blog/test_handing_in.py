"""Handing an article to the medical reviewers from the list of what is due."""

from typing import Any

import pytest
from django.test import Client
from wagtail.models import GroupApprovalTask, Workflow, WorkflowPage, WorkflowState, WorkflowTask

from blog.models import ArticleIndexPage, ArticlePage
from tests.factories import ArticlePageFactory
from users.models import User

pytestmark = pytest.mark.django_db
LIST = "/admin/reports/review-due-report/"


@pytest.fixture
def article(home: Any) -> ArticlePage:
    """Never reviewed, below an index whose articles go through a workflow."""
    workflow, task = Workflow.objects.create(name="Reading"), GroupApprovalTask.objects.create(name="Read")
    WorkflowTask.objects.create(workflow=workflow, task=task)
    page = ArticlePageFactory(title="Unread")
    WorkflowPage.objects.update_or_create(page=ArticleIndexPage.objects.get(), defaults={"workflow": workflow})
    return page


def hand_in(client: Client, article: ArticlePage, **data: str) -> Any:
    return client.post(f"{LIST}{article.pk}/hand-in/", data)


def states() -> list[str]:
    return list(WorkflowState.objects.values_list("status", flat=True))


def test_the_button_starts_the_workflow_and_comes_back(client: Client, editor: User, article: ArticlePage) -> None:
    client.force_login(editor)
    address = f"{LIST}{article.pk}/hand-in/"
    assert f'action="{address}"' in client.get(LIST).text
    response = hand_in(client, article, next=f"{LIST}?state=never")
    assert response.url == f"{LIST}?state=never"
    assert states() == ["in_progress"]
    state = WorkflowState.objects.get()
    assert (state.requested_by, state.object_id) == (editor, str(article.pk))
    page = client.get(LIST).text
    assert f'action="{address}"' not in page
    assert "Handed in: look at it" in page


def test_what_was_handed_in_is_not_handed_in_twice(client: Client, editor: User, article: ArticlePage) -> None:
    client.force_login(editor)
    hand_in(client, article)
    hand_in(client, article)
    assert states() == ["in_progress"]


def test_looking_at_the_address_starts_nothing(client: Client, editor: User, article: ArticlePage) -> None:
    client.force_login(editor)
    assert client.get(f"{LIST}{article.pk}/hand-in/").status_code == 405
    assert states() == []


def test_without_a_workflow_it_says_so(client: Client, editor: User, article: ArticlePage) -> None:
    WorkflowPage.objects.all().delete()
    client.force_login(editor)
    assert "/hand-in/" not in client.get(LIST).text
    response = client.post(f"{LIST}{article.pk}/hand-in/", follow=True)
    assert "Articles go through no workflow here" in response.text
    assert states() == []


@pytest.mark.parametrize("who", ["moderator", "stranger"])
def test_who_may_not_edit_hands_nothing_in(
    client: Client, article: ArticlePage, who: str, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(who))
    assert hand_in(client, article).status_code in {302, 403}
    assert states() == []
