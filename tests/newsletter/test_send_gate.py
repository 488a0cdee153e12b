"""What stands between an editor and everybody's inbox: doubts with a reason, the number that was agreed to, locks."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from wagtail.models import GroupApprovalTask, Workflow, WorkflowTask

from letters.models import Letter
from newsletter.actions.dispatching import release_dispatch
from newsletter.actions.ordering import order_through_gate
from newsletter.errors import AlreadyOrdered, CannotSend, ListChanged
from newsletter.models import Dispatch, NewsletterPage, Subscriber
from newsletter.recipients import count_recipients, is_another_list
from newsletter.tasks import launch_due_dispatches
from tests.factories import IssuePageFactory, SubscriberFactory
from tests.newsletter.gate import be_alive
from users.models import User

pytestmark = pytest.mark.django_db
State = Dispatch.State


@pytest.fixture(autouse=True)
def alive(db: None) -> None:
    be_alive()


def doubtful() -> Any:
    """Nobody has asked its link to another site."""
    text = '<p>There is more to read <a href="https://nhs.example/pain">on this page</a>.</p>'
    return IssuePageFactory(body=[("text", {"title": "", "text": text})])


def url(issue: Any, verb: str = "send") -> str:
    return f"/admin/newsletter/issues/{issue.pk}/{verb}/"


def test_what_is_doubtful_goes_out_with_a_reason_which_is_kept(
    client: Client, editor: User, subscriber: Subscriber
) -> None:
    issue = doubtful()
    client.force_login(editor)
    page = client.post(url(issue), {"when": "now"}).content.decode()
    assert "Why it shall go out all the same" in page
    step = {"when": "now", "step": "send", "expected": "1"}
    assert "Say why the issue shall go out" in client.post(url(issue), {**step, "reason": " "}).content.decode()
    assert not Dispatch.objects.exists()
    client.post(url(issue), {**step, "reason": "I opened it myself"})
    dispatch = Dispatch.objects.get()
    assert (dispatch.reason, dispatch.ordered_by, dispatch.expected) == ("I opened it myself", editor, 1)
    assert "https://nhs.example/pain" in dispatch.doubts[0]
    page = client.get(f"/admin/newsletter/dispatches/{dispatch.pk}/").content.decode()
    assert "I opened it myself" in page
    assert "https://nhs.example/pain" in page


def test_the_typed_reason_stays_when_something_else_is_wrong(
    client: Client, editor: User, subscriber: Subscriber
) -> None:
    issue = doubtful()
    client.force_login(editor)
    SubscriberFactory.create_batch(11)
    step = {"when": "now", "step": "send", "expected": "1", "reason": "I opened <it> myself"}
    page = client.post(url(issue), step).content.decode()
    assert "The list has changed since you looked: 1 readers then, 12 now" in page
    assert "I opened &lt;it&gt; myself" in page
    assert 'name="expected" value="12"' in page
    assert not Dispatch.objects.exists()


def test_nothing_is_sent_by_the_first_step(client: Client, editor: User, subscriber: Subscriber) -> None:
    client.force_login(editor)
    page = client.post(url(IssuePageFactory()), {"when": "now"}).content.decode()
    assert "Send to 1 reader\n" in page
    assert not Dispatch.objects.exists()


def test_a_stop_cannot_be_argued_away(editor: User, subscriber: Subscriber) -> None:
    text = '<p>There is more to read <a href="/no/such/page/">on this page</a>.</p>'
    issue = IssuePageFactory(body=[("text", {"title": "", "text": text})])
    with pytest.raises(CannotSend, match="leads nowhere"):
        order_through_gate(issue, by=editor, reason="It will be there tomorrow.")


def test_the_command_asks_for_a_reason_and_names_the_doubts(subscriber: Subscriber) -> None:
    issue = doubtful()
    with pytest.raises(CommandError, match=r"Use --reason\.\n- Links to other sites were not asked yet"):
        call_command("dispatch_issue", issue.slug, stdout=StringIO())
    call_command("dispatch_issue", issue.slug, reason="Opened by hand", stdout=StringIO())
    assert Dispatch.objects.get().reason == "Opened by hand"


def test_the_page_says_who_gets_it_and_who_does_not(client: Client, editor: User) -> None:
    SubscriberFactory.create_batch(3)
    SubscriberFactory(paused_until=timezone.localdate() + timedelta(days=9))
    SubscriberFactory(state=Subscriber.State.PENDING, confirmed_at=None)
    SubscriberFactory(state=Subscriber.State.LEFT, left_at=timezone.now())
    issue = IssuePageFactory()
    found = count_recipients(issue, on=timezone.localdate())
    assert found.number == 3
    assert found.left_out == (("paused by themselves", 1), ("not confirmed yet", 1), ("left", 1))
    assert count_recipients(issue, on=timezone.localdate() + timedelta(days=10)).number == 4
    client.force_login(editor)
    page = client.get(url(issue)).content.decode()
    assert "Paused by themselves" in page
    assert "<b>3</b> readers: " in " ".join(page.split())


@pytest.mark.parametrize(
    ("before", "now", "is_other"),
    [(100, 109, False), (100, 110, True), (2000, 2020, False), (2000, 2021, True), (2000, 1979, True), (0, 9, False)],
)
def test_the_list_is_another_one_by_more_than_ten_readers_and_a_hundredth(
    *, before: int, now: int, is_other: bool
) -> None:
    assert is_another_list(before, now) is is_other


def test_a_list_that_grew_between_order_and_launch_asks_again(editor: User, subscriber: Subscriber) -> None:
    at = timezone.now() + timedelta(hours=1)
    dispatch = order_through_gate(IssuePageFactory(), at=at, by=editor, expected=1)
    SubscriberFactory.create_batch(12)
    Dispatch.objects.update(due_at=timezone.now(), ordered_at=timezone.now() - timedelta(hours=1))
    assert launch_due_dispatches() == []
    dispatch.refresh_from_db()
    assert dispatch.state == State.HELD
    assert "1 readers when it was ordered, 13 now" in dispatch.pause_reason
    assert Letter.objects.get(kind="dispatch_held").to == editor.email
    release_dispatch(dispatch)
    assert launch_due_dispatches() == [dispatch.pk]
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.candidates) == (State.RUNNING, 13)


def test_what_changes_by_a_few_readers_goes_out(editor: User, subscriber: Subscriber) -> None:
    dispatch = order_through_gate(IssuePageFactory(), by=editor, expected=1)
    SubscriberFactory.create_batch(9)
    Dispatch.objects.update(ordered_at=timezone.now() - timedelta(hours=1))
    assert launch_due_dispatches() == [dispatch.pk]


def test_a_number_that_is_not_the_one_shown_is_refused(editor: User, subscriber: Subscriber) -> None:
    with pytest.raises(ListChanged, match="400 readers then, 1 now"):
        order_through_gate(IssuePageFactory(), by=editor, expected=400)


def test_the_second_to_order_is_told_who_was_first(
    client: Client, editor: User, stranger: User, subscriber: Subscriber
) -> None:
    issue = IssuePageFactory()
    order_through_gate(issue, by=stranger)
    with pytest.raises(AlreadyOrdered, match="already scheduled: ordered by stranger"):
        order_through_gate(issue, by=editor)


def test_a_locked_issue_is_refused_to_all_but_whoever_locked_it(
    client: Client, editor: User, stranger: User, subscriber: Subscriber
) -> None:
    issue = IssuePageFactory(locked=True, locked_by=stranger, locked_at=timezone.now())
    client.force_login(editor)
    assert "The issue is locked by stranger" in client.get(url(issue)).content.decode()
    for person in (editor, None):
        with pytest.raises(CannotSend, match="locked by stranger"):
            order_through_gate(issue, by=person)
    assert order_through_gate(issue, by=stranger).state == State.SCHEDULED


def test_an_issue_in_a_workflow_is_refused(editor: User, subscriber: Subscriber) -> None:
    issue = IssuePageFactory()
    flow = Workflow.objects.create(name="Issues")
    WorkflowTask.objects.create(workflow=flow, task=GroupApprovalTask.objects.create(name="Look"))
    issue.save_revision()
    flow.start(issue, editor)
    with pytest.raises(CannotSend, match="in a workflow"):
        order_through_gate(type(issue).objects.get(pk=issue.pk), by=editor)


def test_an_issue_that_expires_before_it_goes_is_refused(editor: User, subscriber: Subscriber) -> None:
    issue = IssuePageFactory(expire_at=timezone.now() + timedelta(hours=1))
    with pytest.raises(CannotSend, match="expires before"):
        order_through_gate(issue, at=timezone.now() + timedelta(hours=2), by=editor)
    dispatch = order_through_gate(issue, by=editor, expected=1)
    assert dispatch.state == State.SCHEDULED


def test_checking_the_links_is_asked_for_by_a_press_and_shown(
    client: Client, editor: User, subscriber: Subscriber
) -> None:
    from newsletter.actions.checking import run_check

    issue = IssuePageFactory()
    client.force_login(editor)
    assert client.get(url(issue, "check")).status_code == 405
    assert not issue.check_runs.exists()
    client.post(url(issue, "check"))
    run = issue.check_runs.get()
    assert run.asked_by == editor
    assert 'data-live="moving"' in client.get(url(issue)).content.decode()
    run_check(run.pk)
    page = client.get(url(issue)).content.decode()
    assert 'data-live="over"' in page
    assert "Check the links again" in page


def test_the_right_to_send_reached_who_could_publish_and_nobody_else(home: Any) -> None:
    from importlib import import_module

    from django.apps import apps
    from django.contrib.auth.models import Group, Permission
    from wagtail.models import GroupPagePermission

    publish = Permission.objects.get(codename="publish_page", content_type__app_label="wagtailcore")
    change = Permission.objects.get(codename="change_page", content_type__app_label="wagtailcore")
    page = NewsletterPage.objects.get()
    for name, where, right in (("Here", page, publish), ("Above", home, publish), ("Writers", page, change)):
        GroupPagePermission.objects.create(group=Group.objects.create(name=name), page=where, permission=right)
    sideways = home.get_children().exclude(pk=page.pk).first()
    GroupPagePermission.objects.create(group=Group.objects.create(name="Beside"), page=sideways, permission=publish)
    import_module("newsletter.migrations.0025_send_gate").share_out_right_to_send(apps, None)
    may = set(Group.objects.filter(permissions__codename="send_issue").values_list("name", flat=True))
    assert may == {"Editors", "Here", "Above"}


def test_the_second_step_keeps_the_moment_whatever_zone_the_editor_looks_from(
    client: Client, editor: User, subscriber: Subscriber
) -> None:
    from wagtail.users.models import UserProfile

    profile = UserProfile.get_for_user(editor)
    profile.current_time_zone = "Asia/Tokyo"
    profile.save()
    client.force_login(editor)
    at = f"{timezone.now() + timedelta(days=3):%Y-%m-%d}T07:00"
    issue = IssuePageFactory()
    page = client.post(url(issue), {"when": "later", "at": at}).content.decode()
    assert f'name="at" value="{at}"' in " ".join(page.split())
    client.post(url(issue), {"when": "later", "at": at, "step": "send", "expected": "1"})
    assert f"{timezone.localtime(Dispatch.objects.get().due_at):%Y-%m-%dT%H:%M}" == at
