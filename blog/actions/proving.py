"""Whose address it is: its owner says yes or no to one comment."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from blog.actions import judging
from blog.actions.history import write_down
from blog.commenting import letters
from blog.models import Comment, Commenter
from blog.spam import Outcome, Reason
from letters.actions import take_back_letters
from pagecache.changes import mark_changed

State = Comment.State
DISOWNED = Reason("disowned", "Whoever owns the email address that was given says that they did not write this")


@transaction.atomic
def prove_address(comment: Comment, *, commenter: Commenter) -> bool:
    """The owner of the mailbox wrote this comment: from now on both count as proven. False if they did already.

    Other comments that were sent with the same address prove nothing by that: anybody may have typed it there.
    """
    now = timezone.now()
    if not Comment.objects.filter(pk=comment.pk, commenter=commenter, proven_at=None).update(proven_at=now):
        return False
    Commenter.objects.filter(pk=commenter.pk, proven_at=None).update(proven_at=now)
    write_down(comment, "comment.prove", by=None)
    judging.reconsider(comment.pk)
    return True


@transaction.atomic
def disown_comment(comment: Comment, *, commenter: Commenter) -> bool:
    """The owner of the mailbox did not write it: it loses the address, and waits for a person with that said to them.

    False if that was done already. No letter about it goes to that mailbox any more.
    """
    own = Comment.objects.select_for_update().filter(pk=comment.pk, commenter=commenter).first()
    if own is None:
        return False
    nobodys: dict[str, Any] = {"commenter": None, "email": "", "proven_at": None, "wants_replies": False}
    reasons = [*own.reasons, DISOWNED.as_json()]
    take_back_letters(letters.about(own), *letters.KINDS)
    Comment.objects.filter(pk=own.pk).update(reasons=reasons, **nobodys)
    open_again = Comment.objects.filter(pk=own.pk, state__in=[State.PENDING, State.HELD, State.PUBLISHED])
    now = timezone.now()
    open_again.update(
        state=State.HELD, verdict=Outcome.UNSURE.value, judged_at=now, decided_at=None, decided_by=None, told_at=None
    )
    if own.is_public:
        mark_changed()
    write_down(comment, "comment.disown", by=None, data={"was": own.state})
    return True
