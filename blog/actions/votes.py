"""Readers say that a comment helped them. The number on the page follows every few minutes, for all at once."""

from collections import defaultdict

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils.crypto import salted_hmac

from blog.models import Comment, HelpfulVote
from pagecache.changes import mark_changed

COUNTED_AT_ONCE = 1000


def voter_of(comment: Comment, *, ip: str | None, user_agent: str) -> str:
    """A keyed hash that is another one for each comment: it cannot tell what else the same reader found helpful."""
    return salted_hmac("blog.helpful", f"{comment.pk} {ip} {user_agent}", algorithm="sha256").hexdigest()


def vote_helpful(comment: Comment, *, voter: str) -> None:
    """Count this reader once, however often they say so."""
    with transaction.atomic():
        HelpfulVote.objects.get_or_create(comment=comment, voter=voter)
        HelpfulVote.objects.filter(comment=comment, voter=voter).update(is_taken_back=False)


def take_vote_back(comment: Comment, *, voter: str) -> None:
    """Count this reader no longer; nothing for one who was not counted."""
    with transaction.atomic():
        vote = HelpfulVote.objects.select_for_update().filter(comment=comment, voter=voter).first()
        if vote is None:
            return
        if vote.is_counted:
            HelpfulVote.objects.filter(pk=vote.pk).update(is_taken_back=True)
        else:
            vote.delete()


def has_voted(comment: Comment, *, voter: str) -> bool:
    """Whether this reader is counted, or will be in a moment."""
    return HelpfulVote.objects.filter(comment=comment, voter=voter, is_taken_back=False).exists()


def count_now(comment: Comment) -> int:
    """How many found it helpful, with those that the pages do not show yet."""
    waiting = HelpfulVote.objects.filter(comment=comment, is_counted=F("is_taken_back"))
    marks = list(waiting.values_list("is_taken_back", flat=True))
    return max(0, comment.helpful_count + marks.count(False) - marks.count(True))


def count_helpful_votes() -> int:
    """Bring the numbers of all comments up to date and begin one new generation of pages; returns how many votes moved.

    Harmless when rung twice. A vote that is forgotten later stays in the number.
    """
    with transaction.atomic():
        waiting = HelpfulVote.objects.select_for_update().filter(is_counted=F("is_taken_back")).order_by("pk")
        votes = list(waiting[:COUNTED_AT_ONCE])
        if not votes:
            return 0
        for by, comments in _changes(votes).items():
            rows = Comment.objects.filter(pk__in=comments)
            rows.update(helpful_count=Greatest(F("helpful_count") + by, Value(0)))
        chosen = HelpfulVote.objects.filter(pk__in=[vote.pk for vote in votes])
        chosen.filter(is_taken_back=True).delete()
        chosen.update(is_counted=True)
        mark_changed()
    return len(votes)


def _changes(votes: list[HelpfulVote]) -> dict[int, list[int]]:
    """The comments whose number grows by 1, by 2, by -1 …: few numbers, so few statements."""
    by_comment: dict[int, int] = defaultdict(int)
    for vote in votes:
        by_comment[vote.comment_id] += -1 if vote.is_taken_back else 1
    changes: dict[int, list[int]] = defaultdict(list)
    for comment, by in by_comment.items():
        if by:
            changes[by].append(comment)
    return changes
