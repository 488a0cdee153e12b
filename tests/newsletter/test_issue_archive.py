"""An issue's page in the archive: nothing personal, one address, and a word when it is not what was sent any more."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from newsletter.actions.dispatching import cancel_dispatch, order_dispatch
from newsletter.models import Dispatch, IssuePage, Subscriber
from tests.factories import IssuePageFactory
from tests.newsletter.dispatches import launched
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


def test_what_was_sent_can_be_read_after_a_change_by_everybody_alike(client: Client, subscriber: Subscriber) -> None:
    issue = make_full_issue(subject="Living with pain", change_note="The class begins later.")
    IssuePage.objects.filter(pk=issue.pk).update(last_published_at=timezone.now() - timedelta(hours=1))
    dispatch = launched(readers=1, issue=issue)
    assert "as it was sent" not in client.get(issue.url).text
    issue.body = [("text", {"title": "", "text": "<p>Quite another text now.</p>"})]
    publish(issue)
    (link,) = re.findall(r'href="(/newsletter/as-sent/\d+/)"', client.get(issue.url).text)
    page = client.get(link)
    assert "Two minutes, then stop." in page.text
    assert "Quite another text" not in page.text
    assert f'<link rel="canonical" href="{issue.full_url}">' in page.text
    assert "Dear reader," in page.text
    for sign in ("/mine/", "/unsubscribe/", "/c/", "%%", subscriber.name, "Margaret"):
        assert sign not in page.text
    assert page["X-Robots-Tag"] == "noindex"
    assert not page.cookies
    assert dispatch.subject in page.text

    issue.unpublish()
    assert client.get(link).status_code == 404


def test_what_was_not_sent_has_no_such_page(client: Client, subscriber: Subscriber) -> None:
    dispatch = order_dispatch(IssuePageFactory(), at=timezone.now() + timedelta(days=1))
    assert client.get(f"/newsletter/as-sent/{dispatch.pk}/").status_code == 404
    assert client.get(f"/newsletter/as-sent/{10**30}/").status_code == 404


def test_each_text_that_some_got_can_be_read(client: Client, subscriber: Subscriber) -> None:
    issue = IssuePageFactory()
    for words in ("First text.", "Second text.", "Third text."):
        issue = IssuePage.objects.get(pk=issue.pk)
        publish(issue, body=[("text", {"title": "", "text": f"<p>{words}</p>"})])
        if words != "Third text.":
            cancel_dispatch(launched(readers=1, issue=IssuePage.objects.get(pk=issue.pk)))
    links = re.findall(r'href="(/newsletter/as-sent/\d+/)"', client.get(issue.url).text)
    assert ["First text." in client.get(link).text for link in links] == [True, False]
    assert ["Second text." in client.get(link).text for link in links] == [False, True]
