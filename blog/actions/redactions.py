"""A moderator blanks parts of a comment, and puts the original back as long as it is kept."""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.utils import timezone

from blog.actions.comments import NOT_SAID, WAITING, Seen
from blog.actions.history import write_down
from blog.commenting.rules import settings_for
from blog.commenting.text import BLANK
from blog.errors import CommentMovedError, NothingToBlankError, TooLateError
from blog.models import Comment
from blog.spam.personal_data import find_personal_data
from pagecache.changes import mark_changed

State = Comment.State
Span = tuple[int, int]

NO_NAME = "a reader"
_MOVED = "Nothing was blanked: this comment has changed meanwhile. Look at it once more."
_GONE = "The original of this comment is not kept any more."


def blank_parts(
    comment: Comment,
    *,
    by: AbstractUser,
    spans: Iterable[Span] = (),
    phrases: Iterable[str] = (),
    blank_name: bool = False,
    seen: Seen = NOT_SAID,
) -> Comment:
    """Put the sign `BLANK` in place of each part of `comment.text`, and `NO_NAME` for the name if `blank_name`.

    `spans`: (start, end) in the text that the moderator was shown. `phrases`: each is blanked wherever it stands as
    whole words, in any case and however it is broken into lines; one that never does, wherever it stands inside words.
    The first time, the original is kept for as many days as the site says; a name is not kept. Nobody's words change in
    any other way, so the version stays. Raises NothingToBlankError and CommentMovedError.
    """
    parts = find_parts(comment.text, spans=spans, phrases=phrases)
    if not parts and not blank_name:
        raise NothingToBlankError("Choose what to blank: a part that was found, or words of the comment.")
    changes: dict[str, Any] = {"author_name": NO_NAME} if blank_name else {}
    if parts:
        text = _without(comment.text, parts)
        changes |= {"text": text, "personal_data": bool(find_personal_data(text))}
        if not comment.original_text:
            days = settings_for(comment.article).original_days
            changes |= {"original_text": comment.text, "original_until": timezone.now() + timedelta(days=days)}
    data = {"parts": len(parts), "name": blank_name}
    return _change(comment, by=by, seen=seen, action="comment.blank", data=data, **changes)


def restore_original(comment: Comment, *, by: AbstractUser, seen: Seen = NOT_SAID) -> Comment:
    """Put back the words as they were written. Raises TooLateError once they are forgotten, CommentMovedError."""
    until = comment.original_until
    if not comment.original_text or until is None or until <= timezone.now():
        raise TooLateError(_GONE)
    flagged = bool(find_personal_data(comment.original_text))
    changes = {"text": comment.original_text, "original_text": "", "original_until": None, "personal_data": flagged}
    return _change(comment, by=by, seen=seen, action="comment.unblank", data={}, **changes)


def find_parts(text: str, *, spans: Iterable[Span] = (), phrases: Iterable[str] = ()) -> list[Span]:
    """What is to be blanked, in order and joined where it touches. Raises NothingToBlankError for what is not there."""
    parts = [(start, end) for start, end in spans if 0 <= start < end <= len(text)]
    for phrase in phrases:
        if words := phrase.replace(BLANK, " ").split():
            parts += _find_phrase(text, words)
    joined: list[Span] = []
    for start, end in sorted(parts):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _find_phrase(text: str, words: Sequence[str]) -> list[Span]:
    """Where the words stand in a row: as whole words, or if they never do, anywhere."""
    anywhere = r"\s+".join(re.escape(word) for word in words)
    for pattern in (rf"(?<!\w)(?:{anywhere})(?!\w)", anywhere):
        # Looked for from every sign on: of occurrences that overlap none may stay.
        if found := [match.span(1) for match in re.finditer(f"(?=({pattern}))", text, re.IGNORECASE)]:
            return found
    raise NothingToBlankError(f"These words do not stand in the comment: {' '.join(words)[:80]}")


def _without(text: str, parts: Sequence[Span]) -> str:
    pieces, at = [], 0
    for start, end in parts:
        pieces += [text[at:start], BLANK]
        at = end
    return "".join([*pieces, text[at:]])


def _change(
    comment: Comment, *, by: AbstractUser, seen: Seen, action: str, data: dict[str, Any], **changes: Any
) -> Comment:
    """Only if the comment says what the person was shown; the log tells how much was blanked, never what."""
    was = State(seen.state or comment.state)
    rows = Comment.objects.filter(
        pk=comment.pk,
        state__in=WAITING if was in WAITING else {was},
        version=seen.version or comment.version,
        text=comment.text,
        original_text=comment.original_text,
    )
    with transaction.atomic():
        if not rows.update(**changes):
            raise CommentMovedError(_MOVED)
        comment.refresh_from_db()
        write_down(comment, action, by=by, data=data)
        if comment.is_public:
            mark_changed()
    return comment
