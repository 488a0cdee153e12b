"""Sending from the admin: who may, what is asked, what is shown."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.utils import timezone
from wagtail.models import GroupPagePermission

from newsletter.actions.dispatching import order_dispatch, pause_dispatch
from newsletter.actions.outcomes import record_outcome, record_skipped
from newsletter.models import Dispatch, NewsletterPage, Subscriber
from newsletter.report import count_deliveries
from newsletter.senders import Outcome, Result
from tests.factories import IssuePageFactory
from tests.newsletter.dispatches import launched
from tests.newsletter.gate import be_alive, examined

pytestmark = pytest.mark.django_db


NOW = {"when": "now", "step": "send", "expected": "1"}


@pytest.fixture(autouse=True)
def alive(db: None) -> None:
    be_alive()


def send_url(issue: Any) -> str:
    return f"/admin/newsletter/issues/{issue.pk}/send/"


def dispatch_url(dispatch: Dispatch, verb: str = "") -> str:
    return f"/admin/newsletter/dispatches/{dispatch.pk}/{verb}"


def test_the_send_page_shows_the_checks_and_how_many_and_changes_nothing(
    client: Client, editor: Any, subscriber: Subscriber
) -> None:
    client.force_login(editor)
    page = client.get(send_url(IssuePageFactory())).content.decode()
    for words in ("Subject: 16 characters", "Preview line: 66", "Text part:", "KB of at most 100 KB", "Europe/London"):
        assert words in page
    assert "Go on with 1 reader…</button>" in page
    assert not Dispatch.objects.exists()


def test_send_now_orders_a_dispatch(client: Client, editor: Any, subscriber: Subscriber) -> None:
    client.force_login(editor)
    issue = IssuePageFactory()
    response = client.post(send_url(issue), NOW)
    dispatch = Dispatch.objects.get()
    assert response["Location"] == dispatch_url(dispatch)
    assert (dispatch.issue_id, dispatch.ordered_by) == (issue.pk, editor)
    assert dispatch.due_at <= timezone.now()
    assert client.get(send_url(issue))["Location"] == dispatch_url(dispatch)
    client.post(send_url(issue), NOW)
    assert Dispatch.objects.count() == 1


def test_a_schedule_is_read_in_the_editors_time_zone(client: Client, editor: Any, subscriber: Subscriber) -> None:
    client.force_login(editor)
    at = (timezone.localtime() + timedelta(days=2)).replace(hour=7, minute=0, second=0, microsecond=0)
    client.post(send_url(IssuePageFactory()), NOW | {"when": "later", "at": f"{at:%Y-%m-%dT%H:%M}"})
    dispatch = Dispatch.objects.get()
    assert dispatch.due_at == at
    page = client.get(dispatch_url(dispatch)).content.decode()
    assert "Scheduled" in page
    assert f"07:00 ({at:%Z})".replace("(UTC)", "(Europe/London)") in page or "07:00 (Europe/London)" in page


@pytest.mark.parametrize(
    ("at", "words"), [("", "Choose a date and a time."), ("2020-01-01T07:00", "has passed"), ("x", "Enter a valid")]
)
def test_a_bad_moment_is_asked_for_again(
    client: Client, editor: Any, subscriber: Subscriber, *, at: str, words: str
) -> None:
    client.force_login(editor)
    response = client.post(send_url(IssuePageFactory()), {"when": "later", "at": at})
    assert words in response.content.decode()
    assert not Dispatch.objects.exists()


def test_an_issue_that_is_not_ready_cannot_be_sent_and_the_page_says_why(
    client: Client, editor: Any, subscriber: Subscriber
) -> None:
    client.force_login(editor)
    issue = IssuePageFactory(live=False)
    assert "The issue is not published" in client.get(send_url(issue)).content.decode()
    page = client.post(send_url(issue), NOW).content.decode()
    assert "The issue is not published" in page
    assert " disabled " in page
    assert not Dispatch.objects.exists()


@pytest.mark.parametrize("who", ["stranger", "moderator", None])
def test_nobody_without_the_right_to_send_sees_or_sends(
    client: Client, request: Any, subscriber: Subscriber, who: str | None
) -> None:
    dispatch = launched(readers=1)
    other = IssuePageFactory()
    if who:
        client.force_login(request.getfixturevalue(who))
    for url in (send_url(other), dispatch_url(dispatch), "/admin/newsletter/dispatches/"):
        assert client.get(url).status_code == 302
    for url in (send_url(other), dispatch_url(dispatch, "pause/"), dispatch_url(dispatch, "cancel/")):
        client.post(url, NOW)
    dispatch.refresh_from_db()
    assert dispatch.state == Dispatch.State.RUNNING
    assert Dispatch.objects.count() == 1


def test_the_right_to_send_is_another_than_the_right_to_publish(
    client: Client, stranger: Any, subscriber: Subscriber
) -> None:
    issue = IssuePageFactory()
    group = Group.objects.create(name="Newsletter")
    publish = Permission.objects.get(codename="publish_page", content_type__app_label="wagtailcore")
    GroupPagePermission.objects.create(group=group, page=NewsletterPage.objects.get(), permission=publish)
    stranger.groups.add(group)
    client.force_login(stranger)
    client.post(send_url(issue), NOW)
    assert not Dispatch.objects.exists()
    group.permissions.add(Permission.objects.get(codename="send_issue"))
    GroupPagePermission.objects.filter(group=group).delete()
    client.post(send_url(issue), NOW)
    assert Dispatch.objects.get().ordered_by == stranger
    assert client.get("/admin/newsletter/dispatches/").status_code == 200


def test_the_form_needs_its_token(editor: Any, subscriber: Subscriber) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(editor)
    assert client.post(send_url(IssuePageFactory()), NOW).status_code == 403
    assert not Dispatch.objects.exists()


def test_pause_resume_and_cancel_from_the_page(client: Client, editor: Any) -> None:
    dispatch = launched(readers=3)
    client.force_login(editor)
    for verb, state in (("pause/", "paused"), ("resume/", "running"), ("pause/", "paused"), ("cancel/", "cancelled")):
        assert client.get(dispatch_url(dispatch, verb)).status_code == 405
        client.post(dispatch_url(dispatch, verb))
        dispatch.refresh_from_db()
        assert dispatch.state == state
    client.post(dispatch_url(dispatch, "resume/"))
    assert "cannot become running" in client.get(dispatch_url(dispatch)).content.decode()


def test_the_report_shows_every_state_and_who_did_not_get_it(client: Client, editor: Any) -> None:
    dispatch = launched(readers=4)
    first, second, third, _ = Subscriber.objects.order_by("pk")
    record_outcome(dispatch.pk, first.pk, Outcome(Result.HANDED_OVER, code=250), attempts=1)
    record_outcome(dispatch.pk, second.pk, Outcome(Result.REFUSED, code=550, reply="<no> such box"), attempts=1)
    record_outcome(dispatch.pk, third.pk, Outcome(Result.DEFERRED, code=451, reply="later"), attempts=1)
    pause_dispatch(dispatch, reason="By Wilhelmina.")
    client.force_login(editor)
    page = client.get(dispatch_url(dispatch)).content.decode()
    for words in (
        second.email,
        "550 &lt;no&gt; such box",
        third.email,
        "451 later",
        "By Wilhelmina.",
        'value="2"',
    ):
        assert words in page
    assert first.email not in page
    counts = count_deliveries(dispatch)
    assert (counts.handed_over, counts.refused, counts.deferred, counts.waiting, counts.share) == (1, 1, 1, 1, 50)


def part(page: str, heading: str) -> str:
    """One list of readers in the report; empty when it is not there."""
    _, found, rest = page.partition(f"{heading}</h2>")
    return rest.partition("</section>")[0] if found else ""


def test_the_report_lists_who_is_tried_again_apart_from_who_did_not_get_it(client: Client, editor: Any) -> None:
    dispatch = launched(readers=4)
    refused, later, doubtful, gone = Subscriber.objects.order_by("pk")
    record_outcome(dispatch.pk, refused.pk, Outcome(Result.REFUSED, code=550), attempts=1)
    record_outcome(dispatch.pk, later.pk, Outcome(Result.DEFERRED, code=451), attempts=1)
    record_outcome(dispatch.pk, doubtful.pk, Outcome(Result.UNKNOWN), attempts=1)
    record_skipped(dispatch.pk, gone.pk, why="left")
    client.force_login(editor)
    page = client.get(dispatch_url(dispatch)).content.decode()
    missed, again = part(page, "Who did not get it, and why"), part(page, "Tried again")
    assert [reader.email in missed for reader in (refused, later, doubtful, gone)] == [True, False, False, True]
    assert [reader.email in again for reader in (refused, later, doubtful, gone)] == [False, True, True, False]
    assert "Next try" in again
    assert part(page, "Who may have got it twice") == ""


def test_the_report_names_who_may_have_got_it_twice(client: Client, editor: Any) -> None:
    dispatch = launched(readers=2)
    first, second = Subscriber.objects.order_by("pk")
    record_outcome(dispatch.pk, first.pk, Outcome(Result.UNKNOWN), attempts=1)
    for reader in (first, second):
        record_outcome(dispatch.pk, reader.pk, Outcome(Result.HANDED_OVER, code=250), attempts=2)
    client.force_login(editor)
    page = client.get(dispatch_url(dispatch)).content.decode()
    twice = part(page, "Who may have got it twice")
    assert (first.email in twice, second.email in twice) == (True, False)
    assert "1 in doubt before and sent once more" in page
    assert part(page, "Who did not get it, and why") == ""


def test_every_percentage_is_rounded_down(client: Client, editor: Any) -> None:
    dispatch = launched(readers=3)
    for reader in Subscriber.objects.order_by("pk")[:2]:
        record_outcome(dispatch.pk, reader.pk, Outcome(Result.HANDED_OVER, code=250), attempts=1)
    client.force_login(editor)
    page = client.get(dispatch_url(dispatch)).content.decode()
    assert "<b>66%</b> have a final answer" in page
    assert "66% of 3, a mail server accepted it" in page
    assert "67% of" not in page


def test_a_draft_is_told_once_that_it_is_not_published(client: Client, editor: Any, subscriber: Subscriber) -> None:
    client.force_login(editor)
    draft, live = IssuePageFactory(live=False), IssuePageFactory()
    for issue in (draft, live):
        issue.save_revision()
        assert type(issue).objects.get(pk=issue.pk).has_unpublished_changes
    words = "There are changes that are not published"
    assert words not in client.get(send_url(draft)).content.decode()
    assert words in client.get(send_url(live)).content.decode()


@pytest.mark.parametrize(("length", "is_good"), [(0, False), (69, False), (70, True), (90, True), (91, False)])
def test_the_preview_lines_tick_is_where_the_advice_is(subscriber: Subscriber, *, length: int, is_good: bool) -> None:
    (line,) = [
        one for one in examined(IssuePageFactory(preview_line="x" * length)).splitlines() if "review line" in one
    ]
    assert line.startswith("good" if is_good else "note")


def test_the_list_and_the_buttons_lead_to_the_dispatch(client: Client, editor: Any, subscriber: Subscriber) -> None:
    issue = IssuePageFactory()
    client.force_login(editor)
    edit = f"/admin/pages/{issue.pk}/edit/"
    listing = f"/admin/pages/{issue.get_parent().pk}/"
    assert send_url(issue) in client.get(edit).content.decode()
    assert send_url(issue) in client.get(listing).content.decode()
    dispatch = order_dispatch(issue)
    for url in (edit, listing, "/admin/newsletter/dispatches/"):
        assert dispatch_url(dispatch) in client.get(url).content.decode()


def test_an_issue_with_a_report_is_not_deleted(client: Client, editor: Any) -> None:
    dispatch = launched(readers=1)
    client.force_login(editor)
    for page in (dispatch.issue, NewsletterPage.objects.get()):
        assert client.post(f"/admin/pages/{page.pk}/delete/").status_code == 302
    assert Dispatch.objects.filter(pk=dispatch.pk).exists()


def test_the_groups_of_a_new_installation_are_right(client: Client, stranger: Any, subscriber: Subscriber) -> None:
    issue = IssuePageFactory()
    client.force_login(stranger)
    for group, status in (("Moderators", 302), ("Editors", 200)):
        stranger.groups.set([Group.objects.get(name=group)])
        assert client.get(send_url(issue)).status_code == status
