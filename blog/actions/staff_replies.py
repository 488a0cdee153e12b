"""Our own people answer a reader, in public and under their name."""

from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.utils import timezone

from blog.actions.comments import WAITING, Seen, approve_comment
from blog.actions.history import write_down
from blog.commenting import letters
from blog.commenting.text import clean_text
from blog.errors import AnswerRefusedError, CommentMovedError
from blog.models import AuthorPage, Comment
from pagecache.changes import mark_changed

State = Comment.State
LONGEST = 4000  # signs


def may_answer_as(user: AbstractUser) -> AuthorPage | None:
    """The live profile under which this person answers; None without one."""
    return AuthorPage.objects.live().filter(user=user).first()


def answer_comment(comment: Comment, *, text: str, by: AbstractUser, seen: Seen) -> Comment:
    """Publish an answer, and with it the comment if that still waits; returns the answer.

    The comment's writer is written to as about any reply. Raises AnswerRefusedError, CommentMovedError.
    """
    words = clean_text(text)
    author = may_answer_as(by)
    if author is None:
        raise AnswerRefusedError("Only people with a profile of their own among the authors can answer under a name.")
    if not words or len(words) > LONGEST:
        raise AnswerRefusedError(f"Write an answer of up to {LONGEST} characters.")
    with transaction.atomic():
        if State(seen.state or comment.state) in WAITING:
            approve_comment(comment, by=by, seen=seen)
        locked = Comment.objects.select_for_update(of=("self",)).select_related("article").get(pk=comment.pk)
        if locked.state != State.PUBLISHED or locked.version != (seen.version or comment.version):
            raise CommentMovedError("Nothing was sent: this comment is not published, or its words have changed.")
        return _publish(locked, words, author, by)


def _publish(comment: Comment, words: str, author: AuthorPage, by: AbstractUser) -> Comment:
    now = timezone.now()
    answer = Comment.objects.create(
        article=comment.article,
        parent=comment.parent or comment,
        answers=comment,
        author_name=author.title[:80],
        staff=author,
        text=words,
        state=State.PUBLISHED,
        verdict=Comment.Verdict.CLEAR,
        judged_at=now,
        decided_at=now,
        decided_by_id=by.pk,
    )
    write_down(answer, "comment.answer", by=by)
    letters.post_reply_letter(answer)
    mark_changed()
    return answer
