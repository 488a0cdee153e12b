"""An issue's page in the archive: nothing personal, one address, and a word when it is not what was sent any more."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from newsletter.models import Dispatch, IssuePage
from tests.factories import IssuePageFactory
from tests.newsletter.issues import make_full_issue

pytestmark = pytest.mark.django_db
SAYS = "after the issue had been sent"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def went_out(issue: IssuePage, *, state: str = "done", minutes: int = 0) -> None:
    moment = timezone.now() + timedelta(minutes=minutes)
    Dispatch.objects.create(issue=issue, state=state, launched_at=moment if state != "scheduled" else None)


def publish(issue: IssuePage, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(issue, name, value)
    issue.save_revision().publish()


def test_the_page_of_an_issue_holds_nothing_personal_and_names_its_one_address(client: Client) -> None:
    issue = make_full_issue()
    went_out(issue)
    page = client.get(issue.url)
    assert f'<link rel="canonical" href="{issue.full_url}">' in " ".join(page.text.split())
    for sign in ("/mine/", "/unsubscribe/", "%%", "XXXX"):
        assert sign not in page.text
    assert not page.cookies


def test_a_change_after_the_issue_was_sent_is_told_with_its_day_and_what_it_was(client: Client) -> None:
    issue = IssuePageFactory()
    publish(issue)
    assert SAYS not in client.get(issue.url).text
    went_out(issue)
    assert SAYS not in client.get(issue.url).text
    publish(issue, change_note="The class begins on 8 March.")
    page = " ".join(client.get(issue.url).text.split())
    assert f"{timezone.localdate():%Y-%m-%d}" in page
    assert f"{SAYS}. The class begins on 8 March." in page


@pytest.mark.parametrize(("state", "is_told"), [("scheduled", False), ("running", True), ("cancelled", True)])
def test_whoever_got_some_of_it_is_told_and_a_mere_order_is_no_sending(
    client: Client, state: str, is_told: bool
) -> None:
    issue = IssuePageFactory()
    went_out(issue, state=state)
    publish(issue)
    assert (SAYS in client.get(issue.url).text) == is_told


def test_a_draft_that_nobody_has_published_tells_nothing(client: Client) -> None:
    issue = IssuePageFactory()
    publish(issue)
    went_out(issue)
    issue.save_revision()
    assert SAYS not in client.get(issue.url).text
    assert IssuePage(title="New", number=99).changed_after_sending is None
