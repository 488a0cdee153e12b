"""Two subjects in the admin: written, checked, tried, approved, watched, chosen, read about."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from letters.models import Letter
from newsletter.actions.choosing_subject import choose_subject
from newsletter.actions.correcting import write_correction
from newsletter.models import Approval, Departure, Dispatch, Lot, SubjectTest, Subscriber
from newsletter.rendering import RenderedIssue, preview_issue, render_issue
from newsletter.report import count_deliveries
from newsletter.reporting.figures import figures_of
from newsletter.reporting.subjects import tell_test
from newsletter.senders.memory import MemorySender
from tests.factories import SubscriberFactory
from tests.newsletter.dispatches import run
from tests.newsletter.gate import be_alive, examined
from tests.newsletter.two_subjects import FIRST, SECOND, keys_in, let_it_be_time, lots_out, two_subjects
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def memory(settings: Any) -> Iterator[None]:
    settings.NEWSLETTER_SENDER = "newsletter.senders.memory.MemorySender"
    MemorySender.reset()
    yield
    MemorySender.reset()


def page_of(client: Client, dispatch: Dispatch) -> str:
    return " ".join(client.get(f"/admin/newsletter/dispatches/{dispatch.pk}/").text.split())


def test_the_page_editor_has_a_place_for_it(client: Client, editor: User) -> None:
    client.force_login(editor)
    page = client.get(f"/admin/pages/{two_subjects().pk}/edit/").text
    for name in ("second_subject", "test_share", "test_hours", "test_choice"):
        assert f'name="{name}"' in page
    assert SECOND in page


def test_the_send_page_shows_both_and_how_far_apart_they_must_be(client: Client, editor: User) -> None:
    client.force_login(editor)
    be_alive()
    issue = two_subjects()
    SubscriberFactory.create_batch(240, may_count=True)
    send = " ".join(client.get(f"/admin/newsletter/issues/{issue.pk}/send/").text.split())
    assert SECOND in send
    assert "About 60 readers get each subject. About 120 wait 1 hour for the better one" in send
    assert "about 60 of those let us count what they press. Where 6 of 60 press a link in one lot" in send
    sure = client.post(f"/admin/newsletter/issues/{issue.pk}/send/", {"when": "now"}).text
    assert SECOND in sure


@pytest.mark.parametrize(
    ("second", "line"),
    [
        ("x" * 61, "note: Second subject: 61 characters; phones show about 60"),
        ("Short", "good: Second subject: 5 characters"),
        ("{name}, hello", "red: Second subject: {name} does not say"),
        ("{nam|reader}, hello", "red: Second subject: there is no field {nam}"),
        ("{hello", "red: Second subject: a curly bracket stands alone"),
    ],
)
def test_the_second_subject_passes_the_checks_of_the_first(second: str, line: str) -> None:
    SubscriberFactory()
    assert line in examined(two_subjects(second_subject=second))


def test_a_list_too_small_is_told_so() -> None:
    SubscriberFactory.create_batch(3)
    assert "So few cannot tell which is better" in examined(two_subjects())


def test_both_subjects_are_in_what_is_approved_and_one_subject_is_approved_as_before() -> None:
    issue = two_subjects()
    both = render_issue(issue)
    issue.second_subject = f"{SECOND}!"
    assert render_issue(issue).digest != both.digest
    issue.second_subject = ""
    one = render_issue(issue)
    assert one.digest != both.digest
    assert one.second_subject == ""
    as_before = RenderedIssue("a", "b", "c", "d", "e")
    assert repr(as_before) == "RenderedIssue(subject='a', sender='b', reply_to='c', html='d', text='e')"
    assert SECOND not in both.html + both.text
    assert FIRST not in both.html  # its title is the issue's: the same for both lots


def test_a_test_mail_comes_twice_and_says_which_it_is(client: Client, editor: User) -> None:
    client.force_login(editor)
    issue = two_subjects(second_subject="{name|reader}, one thing")
    client.post(f"/admin/newsletter/issues/{issue.pk}/test/", {"to": "a@example.org"})
    letters = Letter.objects.order_by("pk")
    assert [letter.subject for letter in letters] == [f"[Test] {FIRST}", "[Test] reader, one thing"]
    assert "with its second subject" in letters[1].text


def test_the_preview_shows_both(client: Client, editor: User) -> None:
    client.force_login(editor)
    issue = two_subjects()
    shown = client.get(f"/admin/pages/{issue.pk}/view_draft/?mode=narrow").text
    assert FIRST in shown
    assert SECOND in shown
    assert preview_issue(issue).second_subject == SECOND


def test_whoever_approves_sees_both(client: Client, editor: User) -> None:
    issue = two_subjects()
    client.force_login(editor)
    approval = Approval.objects.create(issue=issue, digest=render_issue(issue).digest)
    assert f"Or, for a part of the readers: {SECOND}" in client.get(f"/admin/newsletter/approvals/{approval.pk}/").text


def test_the_web_page_has_the_title_of_the_issue_and_neither_subject(client: Client) -> None:
    page = client.get(two_subjects(title="Issue of December").url).text
    assert "Issue of December" in page
    assert SECOND not in page


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_page_of_the_dispatch_says_what_happens_and_lets_a_person_choose(client: Client, editor: User) -> None:
    client.force_login(editor)
    dispatch = lots_out()
    page = page_of(client, dispatch)
    assert "Those who test get it now." in page
    assert "test the two subjects get it now; the others wait" in page
    let_it_be_time(dispatch, minutes=-30)
    page = page_of(client, dispatch)
    assert "The better one is chosen on" in page
    assert "The other readers wait for the better subject, until" in page
    assert "So few let us count that no difference in presses can be told from chance." in page
    client.post(f"/admin/newsletter/dispatches/{dispatch.pk}/second-subject/")
    assert "All others get the second subject, from <b>" in page_of(client, dispatch)
    assert "Chosen by editor." in page_of(client, dispatch)
    late = client.post(f"/admin/newsletter/dispatches/{dispatch.pk}/first-subject/", follow=True).text
    assert "The subject was chosen already" in late
    assert SubjectTest.objects.get().winner == Lot.SECOND


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_choice_that_waits_for_a_person_is_on_the_first_page_of_the_admin(client: Client, editor: User) -> None:
    client.force_login(editor)
    dispatch = lots_out(test_choice="hand")
    let_it_be_time(dispatch, minutes=-30)
    assert "tests two subjects until" in client.get("/admin/").text
    let_it_be_time(dispatch)
    assert "waits for you to choose one of its two subjects" in client.get("/admin/").text
    assert "Choose one of the two subjects" in page_of(client, dispatch)


def test_who_may_not_send_may_not_choose(client: Client, moderator: User) -> None:
    client.force_login(moderator)
    dispatch = lots_out(readers=4)
    assert client.post(f"/admin/newsletter/dispatches/{dispatch.pk}/first-subject/").status_code != 200
    assert SubjectTest.objects.get().winner == ""


def finished() -> Dispatch:
    dispatch = lots_out()
    choose_subject(dispatch, Lot.SECOND, by=None)
    run(Dispatch.objects.get(pk=dispatch.pk))
    dispatch.refresh_from_db()
    return dispatch


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_report_adds_up_by_subject(client: Client, editor: User) -> None:
    client.force_login(editor)
    dispatch = finished()
    first, second, rest = (keys_in(dispatch, lot) for lot in Lot)
    for pk in (first[0], rest[0], rest[1]):
        Departure.objects.create(dispatch=dispatch, subscriber_id=pk)
    page = page_of(client, dispatch)
    assert "All others got the second subject, from <b>" in page
    for words in (f"First: {FIRST}", f"Second, chosen: {SECOND}", f"All others: {SECOND}"):
        assert words in page
    assert "None" not in page[page.index("All others: ") :][:1000]
    (figures,) = figures_of([dispatch])
    told = tell_test(dispatch, count_deliveries(dispatch), figures)
    assert told is not None
    rows = told["rows"]
    assert [row.handed_over for row in rows] == [len(first), len(second), len(rest)]
    assert sum(row.handed_over for row in rows) == figures.counts.handed_over
    assert [row.left for row in rows] == [1, 0, 2]
    assert rows[2].subject == SECOND


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_file_of_outcomes_names_each_readers_subject(client: Client, editor: User) -> None:
    client.force_login(editor)
    dispatch = finished()
    answer = client.get(f"/admin/newsletter/dispatches/{dispatch.pk}/readers.csv")
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode())))
    first = set(Subscriber.objects.filter(pk__in=keys_in(dispatch, Lot.FIRST)).values_list("email", flat=True))
    assert {row["Email"] for row in rows if row["Subject"] == FIRST} == first
    assert {row["Subject"] for row in rows} == {FIRST, SECOND}


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_command_tells_both(editor: User) -> None:
    dispatch = finished()
    out = StringIO()
    call_command("dispatch_status", dispatch.issue.slug, "--json", stdout=out)
    told = json.loads(out.getvalue())["subjects"]
    assert (told["first"]["subject"], told["second"]["subject"], told["chosen"]) == (FIRST, SECOND, "second")
    out = StringIO()
    call_command("dispatch_status", dispatch.issue.slug, stdout=out)
    assert f"Second subject “{SECOND}”" in out.getvalue()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_figures_outlive_the_presses_that_are_forgotten(client: Client, editor: User) -> None:
    dispatch = finished()
    SubjectTest.objects.update(
        figures={
            lot: {"handed_over": 10, "allowed": 9, "pressed": 8, "left": 0, "complained": 0, "lost": 0} for lot in "ab"
        }
    )
    with time_machine.travel(timezone.now() + timedelta(days=500)):
        told = tell_test(Dispatch.objects.get(pk=dispatch.pk), count_deliveries(dispatch))
    assert told is not None
    assert (told["is_frozen"], told["rows"][0].pressed) == (True, 8)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_correction_has_one_subject() -> None:
    dispatch = lots_out()
    assert render_issue(write_correction(dispatch.issue)).second_subject == ""
