"""Whether a comment may appear before a person has read it: where the rules say so, if nothing speaks against it."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from blog.commenting.rules import rules_for
from blog.models import Comment, CommentReport, Mode
from blog.spam.bans import find_bans
from blog.spam.hosts import read_links

State = Comment.State
GOOD_NAME = timedelta(days=90)  # for so long a refused comment costs its writer's trust
# What a person has to look at whatever a check for spam says: these are no matter of spam.
NEVER_UNREAD = {"ban", "claim", "disowned", "fault", "hold_word", "trap"}


def may_appear_unread(comment: Comment) -> bool:
    """Whether this judged comment may be published by the machine. Reads only.

    Its address must be proven, and an earlier comment from the same mailbox, proven as well, must stand published.
    """
    mode = rules_for(comment.article).mode
    if mode not in {Mode.HOLD_FIRST, Mode.HOLD_LINKS} or not comment.article.live:
        return False
    if comment.crisis or comment.personal_data or comment.proven_at is None or comment.commenter_id is None:
        return False
    if mode == Mode.HOLD_LINKS and read_links(comment.text)[1]:
        return False
    return not _speaks_against(comment) and not find_bans(comment) and _has_good_name(comment)


def _speaks_against(comment: Comment) -> bool:
    """One or two links of somebody known are no reason to wait; where they shall wait, the mode says so."""
    codes = {reason["code"] for reason in comment.reasons}
    is_clear = comment.verdict == Comment.Verdict.CLEAR or codes == {"link"}
    return bool(codes & NEVER_UNREAD) or not is_clear


def _has_good_name(comment: Comment) -> bool:
    """By proven comments only: what somebody else sent with this address says nothing about its owner."""
    others = Comment.objects.filter(commenter=comment.commenter_id).exclude(pk=comment.pk)
    proven = others.exclude(proven_at=None)
    lately = timezone.now() - GOOD_NAME
    bad = proven.filter(state__in=[State.REFUSED, State.SPAM]).filter(
        Q(created_at__gt=lately) | Q(decided_at__gt=lately)
    )
    reported = CommentReport.objects.filter(comment__commenter=comment.commenter_id, state=CommentReport.State.OPEN)
    return proven.published().exists() and not bad.exists() and not reported.exists()
