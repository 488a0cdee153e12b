"""A second person says yes to exactly one text: not their own, and to no other."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from blog.models import ArticlePage
from letters.models import Letter
from newsletter.actions.approving import approve, approvers, ask_for_approval, send_back, why_not_approved
from newsletter.actions.dispatching import release_dispatch
from newsletter.actions.ordering import order_through_gate
from newsletter.errors import NotApproved, WrongState
from newsletter.models import Approval, Dispatch, IssuePage, NewsletterPage, Subscriber
from newsletter.rendering import render_issue
from newsletter.tasks import launch_due_dispatches
from tests.factories import IssuePageFactory
from tests.newsletter.gate import be_alive
from users.models import User

pytestmark = pytest.mark.django_db
State = Approval.State


@pytest.fixture(autouse=True)
def switched_on(home: Any, subscriber: Subscriber) -> None:
    be_alive()
    NewsletterPage.objects.update(needs_approval=True)


def colleague(name: str, *groups: str) -> User:
    person = User.objects.create_user(username=name, email=f"{name}@meadowsweet.example", password="a long passphrase")
    person.groups.set([Group.objects.get(name=group) for group in groups])
    return person


@pytest.fixture
def writer() -> User:
    return colleague("writer", "Editors")


@pytest.fixture
def second() -> User:
    return colleague("second", "Approvers")


@pytest.fixture
def issue(writer: User) -> IssuePage:
    made = IssuePageFactory()
    made.save_revision(user=writer).publish()
    return again(made)


def again(page: Any) -> Any:
    return type(page).objects.get(pk=page.pk)


def approved(issue: IssuePage, writer: User, second: User) -> Approval:
    asked = ask_for_approval(issue, by=writer)
    approve(asked, by=second, seen=asked.digest)
    return asked


def test_without_a_second_persons_yes_it_does_not_go(issue: IssuePage, writer: User, second: User) -> None:
    with pytest.raises(NotApproved, match="second person has to approve it first"):
        order_through_gate(issue, by=writer)
    approved(issue, writer, second)
    assert order_through_gate(issue, by=writer).state == Dispatch.State.SCHEDULED


def test_an_editor_who_works_alone_needs_nobody(issue: IssuePage, writer: User) -> None:
    assert NewsletterPage._meta.get_field("needs_approval").default is False
    NewsletterPage.objects.update(needs_approval=False)
    assert why_not_approved(issue, "anything", by=writer) == ""


def test_approvers_are_asked_by_a_letter_and_the_writer_gets_the_answer(
    issue: IssuePage, writer: User, second: User
) -> None:
    asked = ask_for_approval(issue, by=writer, words="The dose in the second part")
    letter = Letter.objects.get(kind="approval_wanted")
    assert letter.to == second.email
    assert f"/admin/newsletter/approvals/{asked.pk}/" in letter.text
    assert "The dose in the second part" in letter.text
    with pytest.raises(NotApproved, match="what should change"):
        send_back(asked, by=second, words=" ")
    send_back(asked, by=second, words="Half the dose")
    answer = Letter.objects.get(kind="approval_answer")
    assert (answer.to, "Half the dose" in answer.text, "comes back" in answer.subject) == (writer.email, True, True)
    with pytest.raises(WrongState, match="already"):
        approve(asked, by=second, seen=asked.digest)


@pytest.mark.parametrize("change", ["issue", "article", "newsletter"])
def test_any_change_of_the_text_voids_it(issue: IssuePage, writer: User, second: User, change: str) -> None:
    approved(issue, writer, second)
    if change == "issue":
        issue.subject += "."
        issue.save()
    elif change == "article":
        article = issue.body[1].value["article"].specific
        article.title += "s"
        article.save()
    else:
        NewsletterPage.objects.update(postal_address="2 Mill Lane")
    with pytest.raises(NotApproved, match="changed since second approved it"):
        order_through_gate(again(issue), by=writer)


def test_a_draft_that_is_approved_is_approved_when_it_is_published(writer: User, second: User) -> None:
    draft = IssuePageFactory(live=False)
    draft.subject = "Another subject"
    draft.save_revision(user=writer)
    approved(again(draft), writer, second)
    again(draft).latest_revision.publish()
    published = again(draft)
    assert why_not_approved(published, render_issue(published).digest, by=writer) == ""


def test_nobody_approves_their_own_words_or_their_own_request(issue: IssuePage, writer: User, second: User) -> None:
    writer.groups.add(Group.objects.get(name="Approvers"))
    third = colleague("third", "Approvers")
    asked = ask_for_approval(issue, by=second)
    assert Letter.objects.get(kind="approval_wanted").to == third.email
    for person in (writer, second):
        with pytest.raises(NotApproved, match="a second person has to look"):
            approve(asked, by=person, seen=asked.digest)


def test_who_approved_does_not_send_alone(issue: IssuePage, writer: User, second: User) -> None:
    second.groups.add(Group.objects.get(name="Editors"))
    approved(issue, writer, second)
    with pytest.raises(NotApproved, match="You approved it yourself"):
        order_through_gate(issue, by=second)
    third = colleague("third", "Approvers")
    approved(issue, writer, third)
    assert order_through_gate(issue, by=second).ordered_by == second


def test_who_has_no_right_approves_nothing(issue: IssuePage, writer: User, second: User) -> None:
    asked = ask_for_approval(issue, by=writer)
    with pytest.raises(NotApproved, match="do not have the right"):
        approve(asked, by=colleague("other", "Editors"), seen=asked.digest)


def test_what_was_changed_while_somebody_looked_is_not_approved(issue: IssuePage, writer: User, second: User) -> None:
    asked = ask_for_approval(issue, by=writer)
    issue.subject += "!"
    issue.save_revision(user=writer)
    with pytest.raises(NotApproved, match="changed since approval was asked for"):
        approve(asked, by=second, seen=asked.digest)
    renewed = ask_for_approval(again(issue), by=writer)
    asked.refresh_from_db()
    assert (asked.state, renewed.state) == (State.WITHDRAWN, State.ASKED)
    with pytest.raises(WrongState, match="asked for already"):
        ask_for_approval(again(issue), by=writer)


def test_where_nobody_else_may_approve_the_editor_is_told(issue: IssuePage, writer: User) -> None:
    assert approvers() == []
    with pytest.raises(NotApproved, match="Nobody else may approve"):
        ask_for_approval(issue, by=writer)


def test_a_text_that_was_changed_after_the_order_waits_and_the_orderer_is_told(
    issue: IssuePage, writer: User, second: User
) -> None:
    approved(issue, writer, second)
    dispatch = order_through_gate(issue, by=writer, at=timezone.now() + timedelta(minutes=5))
    Dispatch.objects.update(due_at=timezone.now())
    fresh = again(issue)
    ArticlePage.objects.update(deck="Other words")
    assert launch_due_dispatches() == []
    dispatch = again(dispatch)
    assert dispatch.state == Dispatch.State.HELD
    assert "changed since second approved it" in dispatch.pause_reason
    assert Letter.objects.get(kind="dispatch_held").to == writer.email
    with pytest.raises(NotApproved):
        release_dispatch(dispatch)
    approved(fresh, writer, second)
    release_dispatch(again(dispatch))
    assert launch_due_dispatches() == [dispatch.pk]


def test_a_second_look_in_the_admin(client: Client, issue: IssuePage, writer: User, second: User) -> None:
    client.force_login(writer)
    at = f"/admin/newsletter/issues/{issue.pk}/"
    assert "A second person has to approve it first" in client.get(f"{at}send/").content.decode()
    client.post(f"{at}ask-approval/", {"words": "Look at <b>this</b>"})
    page = f"/admin/newsletter/approvals/{Approval.objects.get().pk}/"
    assert client.get(page).status_code == 302
    client.force_login(second)
    assert page in client.get("/admin/").content.decode()
    shown = client.get(page).content.decode()
    assert "Look at &lt;b&gt;this&lt;/b&gt;" in shown
    assert "What the checks say of the text" in shown
    mail = client.get(f"{at}mail/")
    assert mail["X-Frame-Options"] == "SAMEORIGIN"
    assert "Welcome." in mail.content.decode()
    assert "Welcome." in client.get(f"{at}mail/?part=text").content.decode()
    assert "Say what should change" in client.post(page, {"answer": "back", "words": ""}).content.decode()
    assert Approval.objects.get().state == State.ASKED
    client.post(page, {"answer": "yes", "seen": Approval.objects.get().digest, "words": "Good"})
    assert Approval.objects.get().state == State.APPROVED
    client.force_login(writer)
    shown = client.get(f"{at}send/").content.decode()
    assert "Exactly this text is approved" in shown
    assert "“Good”" in shown


def test_reading_the_page_of_an_approval_changes_nothing(
    client: Client, issue: IssuePage, writer: User, second: User
) -> None:
    asked = ask_for_approval(issue, by=writer)
    client.force_login(second)
    before = list(Approval.objects.values())
    client.get(f"/admin/newsletter/approvals/{asked.pk}/")
    assert list(Approval.objects.values()) == before
