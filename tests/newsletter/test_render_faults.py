"""An issue that cannot be written as a mail: its pages say why in words, and nothing is sent or asked without end."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from letters.models import Letter
from newsletter.actions.approving import ask_for_approval
from newsletter.actions.campaign_trials import ask_for_trial, due_trials, run_trial
from newsletter.actions.checking import ask_for_check, due_checks, run_check
from newsletter.actions.dispatching import order_dispatch, release_dispatch
from newsletter.errors import CannotRender
from newsletter.mailchimp_desk import tasks
from newsletter.models import CampaignTrial, CheckRun, Dispatch, IssuePage, NewsletterPage, Subscriber
from newsletter.render_faults import rendering
from newsletter.tasks import launch_due_dispatches
from tests.factories import IssuePageFactory
from tests.fakes.mailchimp import FakeMailchimp
from tests.newsletter.campaigns import connect
from tests.newsletter.gate import be_alive
from users.models import User

pytestmark = pytest.mark.django_db
FAULT = "The issue cannot be written as a mail. A fault of the program, "


@pytest.fixture(autouse=True)
def alive(subscriber: Subscriber) -> None:
    be_alive()


def broken(issue: Any = None) -> IssuePage:
    """One of its blocks is no block, in the database and in its newest version."""
    issue = issue or IssuePageFactory()
    body = json.dumps([{"type": "question", "value": "no question at all", "id": "1"}])
    IssuePage.objects.filter(pk=issue.pk).update(body=body)
    for revision in issue.revisions.all():
        revision.content["body"] = body
        revision.save(update_fields=["content"])
    found: IssuePage = IssuePage.objects.get(pk=issue.pk)
    return found


def test_the_page_before_sending_says_what_is_broken_and_what_to_do(client: Client, editor: User) -> None:
    issue = broken()
    client.force_login(editor)
    for send in (client.get, lambda url: client.post(url, {"when": "now"}), lambda url: client.post(url, _sure())):
        answer = send(f"/admin/newsletter/issues/{issue.pk}/send/")
        assert answer.status_code == 422
        assert FAULT in answer.content.decode()
        assert f"/admin/pages/{issue.pk}/edit/" in answer.content.decode()
    assert not Dispatch.objects.exists()


def _sure() -> dict[str, str]:
    return {"when": "now", "step": "send", "expected": "1", "reason": "I want it"}


def test_the_command_says_it_in_one_line() -> None:
    with pytest.raises(CommandError, match=FAULT):
        call_command("dispatch_issue", broken().slug)


def test_a_test_mail_of_it_is_refused_in_words(client: Client, editor: User) -> None:
    issue = broken()
    client.force_login(editor)
    answer = client.post(f"/admin/newsletter/issues/{issue.pk}/test/", {"to": "a@example.org"})
    assert answer.status_code == 302
    assert FAULT in client.get("/admin/").content.decode()
    assert not Letter.objects.exists()


def test_a_held_one_stays_held_and_its_page_says_why(client: Client, editor: User) -> None:
    dispatch = order_dispatch(IssuePageFactory(), by=editor)
    Dispatch.objects.filter(pk=dispatch.pk).update(state=Dispatch.State.HELD)
    broken(dispatch.issue)
    dispatch = Dispatch.objects.get()
    with pytest.raises(CannotRender):
        release_dispatch(dispatch)
    client.force_login(editor)
    answer = client.post(f"/admin/newsletter/dispatches/{dispatch.pk}/release/", follow=True)
    assert FAULT in answer.content.decode()
    assert Dispatch.objects.get().state == Dispatch.State.HELD


def test_a_scheduled_one_waits_and_says_the_same() -> None:
    dispatch = order_dispatch(IssuePageFactory(), at=timezone.now() + timedelta(minutes=1))
    Dispatch.objects.update(due_at=timezone.now())
    broken(dispatch.issue)
    assert launch_due_dispatches() == []
    dispatch.refresh_from_db()
    assert dispatch.state == Dispatch.State.SCHEDULED
    assert "A fault of the program, " in dispatch.pause_reason
    assert ".." not in dispatch.pause_reason


def test_the_second_person_reads_it_too(client: Client, editor: User) -> None:
    second = User.objects.create_user(username="second", email="second@example.org", password="a long passphrase")
    second.groups.set([Group.objects.get(name="Approvers")])
    NewsletterPage.objects.update(needs_approval=True)
    issue = IssuePageFactory()
    asked = ask_for_approval(issue, by=editor)
    broken(issue)
    client.force_login(second)
    page, frame = f"/admin/newsletter/approvals/{asked.pk}/", f"/admin/newsletter/issues/{issue.pk}/mail/"
    for url in (page, frame, f"{frame}?part=text"):
        answer = client.get(url)
        assert answer.status_code == 422
        assert FAULT in answer.content.decode()
    answer = client.post(page, {"answer": "yes", "seen": asked.digest})
    assert FAULT in answer.content.decode()
    asked.refresh_from_db()
    assert asked.state == "asked"


def test_no_worker_looks_at_it_for_ever(mailchimp: FakeMailchimp) -> None:
    issue = IssuePageFactory()
    connect(mailchimp)
    run, trial = ask_for_check(issue), ask_for_trial(issue, to=["a@example.org"])
    broken(issue)
    run_check(run.pk)
    run_trial(trial.pk)
    assert CheckRun.objects.get().state == CheckRun.State.DONE
    assert not due_checks().exists()
    trial = CampaignTrial.objects.get()
    assert (trial.state, trial.to) == (CampaignTrial.State.FAILED, [])
    assert trial.fault.startswith(FAULT)


def test_a_fault_of_another_kind_ends_a_trial_and_is_told(mailchimp: FakeMailchimp) -> None:
    connect(mailchimp)
    trial = ask_for_trial(IssuePageFactory(), to=["a@example.org"])

    def fail(execute: Any, statement: str, *rest: Any) -> Any:
        if 'FROM "newsletter_mailchimpconnection"' in statement:
            raise DatabaseError("malformed")
        return execute(statement, *rest)

    with connection.execute_wrapper(fail):
        tasks.run_trial(trial.pk)
    trial.refresh_from_db()
    assert (trial.state, trial.to, trial.owner) == (CampaignTrial.State.FAILED, [], "")
    assert "its log tells which" in trial.fault
    assert not due_trials().exists()


def test_what_a_database_says_is_no_fault_of_the_issue() -> None:
    with pytest.raises(DatabaseError), rendering("an issue"):
        raise DatabaseError("database is locked")
