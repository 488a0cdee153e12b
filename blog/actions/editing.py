"""A writer changes a comment in the first minutes: it is judged anew."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from blog.actions.crisis_alerts import alert_about
from blog.actions.history import write_down
from blog.actions.learning import unlearn
from blog.actions.submitting import read_words, ring_for_judgement
from blog.commenting import letters
from blog.commenting.rules import rules_for
from blog.errors import CommentMovedError, TooLateError
from blog.models import Comment
from letters.actions import take_back_letters
from pagecache.changes import mark_changed

State = Comment.State
MOST_EDITS = 10
CHANGEABLE = (State.PENDING, State.HELD, State.PUBLISHED, State.SPAM)
STAYING_REASONS = {"trap", "disowned"}  # who wrote it does not change with the words


def edit_until(comment: Comment) -> datetime:
    """Until when its writer may change the words."""
    return comment.created_at + timedelta(minutes=rules_for(comment.article).site.edit_minutes)


def can_edit(comment: Comment) -> bool:
    """Whether its writer may change it now. Spam too: to its writer it waits like any other."""
    is_open = comment.state in CHANGEABLE and not comment.staff_id and comment.version <= MOST_EDITS
    return is_open and timezone.now() < edit_until(comment)


def edit_comment(comment: Comment, *, text: str, seen_version: int) -> Comment:
    """Its writer changes the words: it is judged anew and leaves the page until it has been seen again.

    What a person called spam stays there with its new words. The same words change nothing. Raises TooLateError, and
    CommentMovedError where the comment is no more what its writer was shown.
    """
    if comment.state in CHANGEABLE and not can_edit(comment):
        raise TooLateError("The time in which you could change this comment is over.")
    with transaction.atomic():
        as_shown = Comment.objects.filter(pk=comment.pk, version=seen_version, state__in=CHANGEABLE)
        was = as_shown.select_for_update().first()
        if was is None:
            raise CommentMovedError("This comment has changed since this page was opened: look at it once more.")
        if was.text == text:
            return was
        unlearn(was)
        as_shown.update(**_new_words(was, text))
        comment.refresh_from_db()
        _follow_up(comment, was)
    return comment


def _new_words(was: Comment, text: str) -> dict[str, Any]:
    words = read_words(text, was.author_name)
    changes: dict[str, Any] = {
        "text": text,
        "version": was.version + 1,
        "edited_at": timezone.now(),
        "personal_data": words.personal_data,
        "crisis": words.crisis,
        "original_text": "",
        "original_until": None,
    }
    if was.state == State.SPAM and was.decided_at:
        return changes
    nothing_yet = {"verdict": "", "score": None, "judged_at": None, "decided_at": None, "decided_by": None}
    reasons = [reason for reason in was.reasons if reason["code"] in STAYING_REASONS]
    return {**changes, **nothing_yet, "state": State.PENDING, "reasons": reasons, "told_at": None}


def _follow_up(comment: Comment, was: Comment) -> None:
    take_back_letters(letters.about(comment), *letters.DECISIONS, "comment_reply")
    write_down(comment, "comment.edit", by=None, data={"was": was.state})
    if was.is_public:
        mark_changed()
    alert_about(comment)
    if comment.state == State.PENDING:
        ring_for_judgement(comment.pk)
