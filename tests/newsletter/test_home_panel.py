"""The newsletter on the admin's first page."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from newsletter.actions.dispatching import cancel_dispatch, order_dispatch, pause_dispatch
from newsletter.models import Dispatch, Subscriber
from tests.factories import IssuePageFactory
from tests.newsletter.dispatches import launched

pytestmark = pytest.mark.django_db

PANEL = 'id="newsletter-waits-section"'


def panel(client: Client) -> str:
    page = client.get("/admin/").content.decode()
    return page.partition(PANEL)[2].partition("All dispatches")[0]


def test_a_draft_waits_there(client: Client, editor: Any) -> None:
    draft, live = IssuePageFactory(live=False), IssuePageFactory()
    client.force_login(editor)
    words = panel(client)
    assert f"/admin/pages/{draft.pk}/edit/" in words
    assert "waits as a draft" in words
    assert f"/admin/pages/{live.pk}/edit/" not in words


def test_a_dispatch_is_there_until_it_is_over(client: Client, editor: Any) -> None:
    dispatch = launched(readers=1)
    client.force_login(editor)
    link = f"/admin/newsletter/dispatches/{dispatch.pk}/"
    assert link in panel(client)
    assert "is being sent" in panel(client)
    pause_dispatch(dispatch, reason="lunch")
    assert "is paused half-way" in panel(client)
    cancel_dispatch(dispatch)
    assert link not in panel(client)


def test_a_scheduled_issue_is_there_with_its_day(client: Client, editor: Any, subscriber: Subscriber) -> None:
    at = timezone.localtime() + timedelta(days=3)
    order_dispatch(IssuePageFactory(), at=at)
    client.force_login(editor)
    assert f"goes out on {at:%A} {at.day} {at:%B %Y, %H:%M}" in panel(client)


def test_an_issue_that_went_out_and_was_taken_down_is_no_draft(client: Client, editor: Any) -> None:
    dispatch = launched(readers=1)
    Dispatch.objects.update(state=Dispatch.State.DONE)
    dispatch.issue.unpublish()
    client.force_login(editor)
    assert f"/admin/pages/{dispatch.issue.pk}/edit/" not in panel(client)


def test_who_may_not_send_has_no_panel(client: Client, editor: Any, moderator: Any) -> None:
    IssuePageFactory(live=False)
    client.force_login(editor)
    assert PANEL in client.get("/admin/").content.decode()
    client.force_login(moderator)
    response = client.get("/admin/")
    assert response.status_code == 200
    assert PANEL not in response.content.decode()
