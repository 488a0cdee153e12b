"""What people decide against Akismet's word is told to it: each once, with exactly what was asked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from blog.actions.akismet_feedback import UNDO_TIME, find_due_feedback, send_feedback
from blog.actions.comments import approve_comment, hold_comment, mark_comment_as_spam, refuse_comment, withdraw_comment
from blog.models import AkismetCheck, AkismetFeedback, Comment, CommentSettings
from blog.spam import akismet_line
from pagecache.changes import mark_changed
from tests.fakes.akismet import FAULTS, FakeAkismet
from tests.fakes.asking import ask_due, own_connection, tell_due, unsure_comment, unsure_comments
from users.models import User

pytestmark = pytest.mark.django_db

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(akismet_line, "TIMEOUT", 0.2)


def judged(**fields: Any) -> Comment:
    """A comment that Akismet has answered about."""
    comment = unsure_comment(**fields)
    ask_due()
    comment.refresh_from_db()
    return comment


def told(fake: FakeAkismet) -> list[str]:
    return [call.name for call in fake.calls if call.name.startswith("submit")]


def tell_as_rung() -> None:
    for pk in find_due_feedback():
        send_feedback(pk)


def wait_and_tell(clock: Any) -> int:
    clock.shift(UNDO_TIME)
    return tell_due()


@pytest.mark.parametrize(
    ("author", "decide", "expected"),
    [
        ("Joan", mark_comment_as_spam, ["submit-spam"]),
        ("Joan", approve_comment, []),
        ("akismet-guaranteed-spam", approve_comment, ["submit-ham"]),
        ("akismet-guaranteed-spam", hold_comment, []),
    ],
)
def test_only_what_goes_against_its_word_is_told(
    author: str, decide: Any, expected: list[str], akismet_fake: FakeAkismet, editor: User
) -> None:
    with time_machine.travel(NOON) as clock:
        comment = judged(author_name=author)
        decide(comment, by=editor)
        assert tell_due() == 0  # it may still be undone
        wait_and_tell(clock)
        wait_and_tell(clock)
    assert told(akismet_fake) == expected


def test_it_is_told_exactly_what_was_asked(akismet_fake: FakeAkismet, editor: User) -> None:
    with time_machine.travel(NOON) as clock:
        comment = judged(author_name="akismet-guaranteed-spam")
        Comment.objects.update(ip=None, user_agent="", email="other@example.com")  # forgotten meanwhile
        CommentSettings.objects.update(akismet_gets_email=True)
        mark_changed()
        approve_comment(comment, by=editor)
        wait_and_tell(clock)
    checked, submitted = akismet_fake.calls
    assert submitted.name == "submit-ham"
    assert submitted.fields == checked.fields


def test_a_refusal_and_a_writer_who_takes_it_back_say_nothing_of_spam(akismet_fake: FakeAkismet, editor: User) -> None:
    with time_machine.travel(NOON) as clock:
        refuse_comment(judged(), by=editor, reason="Not about the article.")
        withdraw_comment(judged())
        assert wait_and_tell(clock) == 0
    assert told(akismet_fake) == []


def test_what_is_undone_before_it_was_told_is_never_told(akismet_fake: FakeAkismet, editor: User) -> None:
    with time_machine.travel(NOON) as clock:
        comment = judged()
        mark_comment_as_spam(comment, by=editor)
        assert AkismetFeedback.objects.count() == 1
        hold_comment(comment, by=editor)
        assert not AkismetFeedback.objects.exists()
        assert wait_and_tell(clock) == 0
    assert told(akismet_fake) == []


def test_what_is_undone_afterwards_is_told_the_other_way(akismet_fake: FakeAkismet, editor: User) -> None:
    with time_machine.travel(NOON) as clock:
        comment = judged()
        mark_comment_as_spam(comment, by=editor)
        wait_and_tell(clock)
        hold_comment(comment, by=editor)  # nobody knows yet what it is
        wait_and_tell(clock)
        assert told(akismet_fake) == ["submit-spam"]
        approve_comment(comment, by=editor)
        wait_and_tell(clock)
        assert told(akismet_fake) == ["submit-spam", "submit-ham"]
        mark_comment_as_spam(comment, by=editor)
        wait_and_tell(clock)
        wait_and_tell(clock)
    assert told(akismet_fake) == ["submit-spam", "submit-ham", "submit-spam"]


def test_nothing_is_told_of_what_was_never_asked_or_is_forgotten(akismet_fake: FakeAkismet, editor: User) -> None:
    with time_machine.travel(NOON) as clock:
        unasked = unsure_comment()
        mark_comment_as_spam(unasked, by=editor)
        late = judged()
        mark_comment_as_spam(late, by=editor)
        AkismetCheck.objects.update(values={})
        wait_and_tell(clock)
    assert told(akismet_fake) == []


def test_switched_off_meanwhile_nothing_is_told(akismet_fake: FakeAkismet, editor: User) -> None:
    with time_machine.travel(NOON) as clock:
        mark_comment_as_spam(judged(), by=editor)
        CommentSettings.objects.update(use_akismet=False)
        mark_changed()
        wait_and_tell(clock)
    assert told(akismet_fake) == []
    assert AkismetFeedback.objects.get().state == "given_up"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_person_who_was_faster_than_the_answer_is_reported_as_well(akismet_fake: FakeAkismet, editor: User) -> None:
    def decide_meanwhile(call: Any) -> None:
        if call.name == "comment-check":
            with own_connection():
                mark_comment_as_spam(Comment.objects.get(), by=editor)

    akismet_fake.script = decide_meanwhile
    with time_machine.travel(NOON) as clock:
        judged()
        wait_and_tell(clock)
    assert told(akismet_fake) == ["submit-spam"]


def test_no_decision_is_lost_while_akismet_is_down_for_half_of_them(akismet_fake: FakeAkismet, editor: User) -> None:
    expected = {}
    with time_machine.travel(NOON) as clock:
        comments = unsure_comments(500, every_spam=2)
        ask_due()
        for number, comment in enumerate(comments):
            is_down = number >= 250
            akismet_fake.script = lambda _call, is_down=is_down: FAULTS["500"] if is_down else None
            comment.refresh_from_db()
            expected[comment.text] = "submit-ham" if comment.state == "spam" else "submit-spam"
            (approve_comment if comment.state == "spam" else mark_comment_as_spam)(comment, by=editor)
            if number % 50 == 49:
                clock.shift(UNDO_TIME)
                tell_as_rung()
        failed = len(told(akismet_fake)) - AkismetFeedback.objects.filter(state="done").count()
        akismet_fake.script = lambda _call: None
        for _ in range(60):
            clock.shift(MINUTE)
            tell_as_rung()
    calls = [call for call in akismet_fake.calls if call.name != "comment-check"]
    assert failed > 0
    assert {call.fields["comment_content"]: call.name for call in calls} == expected
    assert len(calls) - failed == 500  # each once
    assert set(AkismetFeedback.objects.values_list("state", flat=True)) == {"done"}
